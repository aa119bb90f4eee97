"""How unsure a model is about an image: class probabilities of one or many passes, summed up, and an embedding."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from jobs.running import JobFailed
from models_app.engine.files import weights_file
from models_app.engine.networks import Cascade, network_build
from models_app.engine.predicting import box_locate, probabilities_on_work_grid
from models_app.engine.preparing import SourceImage, image_read, on_working_grid
from models_app.engine.resampling import WorkingGrid
from models_app.engine.weights import weights_load
from models_app.models import ModelVersion
from models_app.specification import FLIP_AXES, LEFT_RIGHT, Specification
from selection.region import SURROUNDINGS_MM
from selection.summary import CaseSummary, Sampling, case_summary
from selection.uncertainty import PredictionSamples

PASSES = {Sampling.PLAIN: 1, Sampling.DROPOUT: 8, Sampling.AUGMENTATION: 6, Sampling.ENSEMBLE: 0}
"""How many predictions go in; an ensemble has one of each of its members."""

INJECTED_DROPOUT = 0.1
"""For networks that were trained without dropout: Ledda, Fumera, Roli 2023, doi:10.1016/j.ins.2023.119356."""

WIDE_SHARE = 0.5
"""It goes behind convolutions with at least this share of the features of the widest one."""

SCALE_SD, NOISE_SD = 0.1, 0.1
"""Of varied images, in units of the network's own intensity scale: within what training varies."""

MOST_MEMBERS = 5


@dataclass(frozen=True)
class Member:
    """A network that is asked, and what it sees."""

    network: nn.Module
    specification: Specification


@dataclass(frozen=True)
class CaseUncertainty:
    """What is found about a case.

    Attributes
    ----------
    summary : CaseSummary
        In numbers.
    uncertainty : numpy.ndarray of float32, shape (I, J, K)
        On the image's own grid: the map of the sampling's first score.
    embedding : numpy.ndarray of float32, shape (D,)
        Mean activation of the first member's widest layer.
    """

    summary: CaseSummary
    uncertainty: NDArray[np.float32]
    embedding: NDArray[np.float32]


def member_load(version: ModelVersion, device: torch.device) -> Member:
    """The network of a model version, ready to be asked.

    Raises
    ------
    JobFailed
        If its weights are refused.
    """
    specification = Specification.from_json(version.specification)
    network = network_build(specification)
    weights_load(weights_file(version.weights_id), network)
    return Member(network.to(device).eval(), specification)


def case_uncertainty(
    members: Sequence[Member],
    files: Callable[[Specification], Sequence[Path]],
    sampling: Sampling,
    *,
    device: torch.device,
    seed: int = 0,
    passes: int | None = None,
    margin_mm: float = SURROUNDINGS_MM,
    cancelled: Callable[[], None] = lambda: None,
) -> CaseUncertainty:
    """Ask a model, or several, about a case.

    Parameters
    ----------
    members : sequence of Member
        One; for an ensemble two or more that tell the same labels apart, on the grid of the same role.
    files : callable
        The images of the case that a specification asks for; see `models_app.engine.files.input_files`.
    sampling : Sampling
        What varies: nothing, dropout, the image, or the member.
    device : torch.device
        Where the networks are.
    seed : int
        Of dropout and of the image's variations.
    passes : int, optional
        How many, in the place of `PASSES`.
    margin_mm : float
        How far around the predicted foreground uncertainty counts.
    cancelled : callable
        Called before each window; what it raises ends it.

    Raises
    ------
    ImageError
        If a file can't be read.
    JobFailed
        If an ensemble has fewer than two members, or there is no layer to drop out.
    """
    if sampling is Sampling.ENSEMBLE and len(members) < 2:
        raise JobFailed("An ensemble needs two model versions of the same labels; train another one first.")
    first = members[0]
    source = image_read(files(first.specification), first.specification)
    samples = PredictionSamples()
    with _widest_layer(first.network) as seen:
        predictions = (
            _of_members(members, source, files, device, cancelled)
            if sampling is Sampling.ENSEMBLE
            else _of_passes(first, source, sampling, passes or PASSES[sampling], seed, device, cancelled)
        )
        embedding = np.zeros(0, dtype=np.float32)
        for probabilities in predictions:
            if samples.count == 0:
                embedding = seen.mean()
            samples.add(probabilities)
    summary, uncertainty = case_summary(samples, sampling, source.grid.spacing_mm, margin_mm)
    return CaseUncertainty(summary, uncertainty, embedding)


def probabilities_predict(
    member: Member,
    source: SourceImage,
    *,
    device: torch.device,
    mirror: bool | None = None,
    cancelled: Callable[[], None] = lambda: None,
) -> NDArray[np.float32]:
    """Class probabilities on the image's own grid, shape (classes, I, J, K); they sum to one.

    Parameters
    ----------
    member : Member
        Who is asked.
    source : SourceImage
        From `image_read`.
    device : torch.device
        Where the network is.
    mirror : bool, optional
        Whether the mirror image is asked about too; as for a proposal without it.
    cancelled : callable
        Called before each window.
    """
    network, specification = member.network, member.specification
    if specification.plans is not None:
        from models_app.engine.nnunet.predicting import probabilities_by_plans

        return probabilities_by_plans(network, source, specification, device)
    if isinstance(network, Cascade):
        box, _ = box_locate(network, source, specification, device=device, cancelled=cancelled)
        part = probabilities_predict(
            Member(network.fine, specification), source.cropped(box), device=device, mirror=mirror, cancelled=cancelled
        )
        whole = np.zeros((part.shape[0], *source.grid.shape), dtype=np.float32)
        whole[0] = 1.0  # nothing was looked for outside of the box
        whole[(slice(None), *box.slices())] = part
        return whole
    image = on_working_grid(source, specification)
    mirror = LEFT_RIGHT in specification.flips if mirror is None else mirror
    on_work = probabilities_on_work_grid(
        network, image, specification, device=device, mirror=mirror, cancelled=cancelled
    )
    return _on_source_grid(on_work, image.working)


def _on_source_grid(on_work: Tensor, working: WorkingGrid) -> NDArray[np.float32]:
    rows = np.stack([working.image_to_source(row).numpy() for row in on_work])
    total = rows.sum(axis=0)
    rows /= np.maximum(total, np.finfo(np.float32).tiny)
    return rows.astype(np.float32, copy=False)


def _of_passes(
    member: Member,
    source: SourceImage,
    sampling: Sampling,
    passes: int,
    seed: int,
    device: torch.device,
    cancelled: Callable[[], None],
) -> Iterator[NDArray[np.float32]]:
    random = np.random.default_rng(seed)
    for number in range(passes):
        varied = _Variation.draw(sampling, number, member.specification, random)
        with _dropout(member.network, seed + number) if sampling is Sampling.DROPOUT else nullcontext():
            seen = probabilities_predict(
                member,
                varied.of(source),
                device=device,
                # The average with the mirror image would hide what the passes disagree about.
                mirror=None if sampling is Sampling.PLAIN else False,
                cancelled=cancelled,
            )
        yield varied.undone(seen, source)


def _of_members(
    members: Sequence[Member],
    source: SourceImage,
    files: Callable[[Specification], Sequence[Path]],
    device: torch.device,
    cancelled: Callable[[], None],
) -> Iterator[NDArray[np.float32]]:
    first = members[0].specification
    for place, member in enumerate(members):
        if member.specification.label_values != first.label_values:
            raise JobFailed("The members of an ensemble tell different labels apart; they have no common vote.")
        own = source if place == 0 else image_read(files(member.specification), member.specification)
        yield probabilities_predict(member, own, device=device, cancelled=cancelled)


@dataclass(frozen=True)
class _Variation:
    """How an image is changed before it is looked at; it is undone in the answer."""

    axes: tuple[int, ...]
    swapped: tuple[int, ...]
    scale: float
    noise_seed: int | None

    @classmethod
    def draw(cls, sampling: Sampling, number: int, seen: Specification, random: np.random.Generator) -> "_Variation":
        if sampling is not Sampling.AUGMENTATION or number == 0:
            return cls((), (), 1.0, None)
        # Only what training mirrored too: else the answer would be about images that the network has never seen.
        axes = tuple(FLIP_AXES[name] for name in seen.flips if random.random() < 0.5)
        swapped = tuple(seen.mirrored_classes()) if FLIP_AXES[LEFT_RIGHT] in axes else ()
        return cls(axes, swapped, float(1.0 + random.normal(0.0, SCALE_SD)), int(random.integers(2**31)))

    def of(self, source: SourceImage) -> SourceImage:
        """The changed image, on the same grid: a mirror image in the place of the image."""
        voxels = source.voxels.flip(self._along(source)) if self.axes else source.voxels
        if self.scale != 1.0:
            voxels = voxels * self.scale
        if self.noise_seed is not None:
            noise = torch.randn(voxels.shape, generator=torch.Generator().manual_seed(self.noise_seed))
            voxels = voxels + noise * NOISE_SD
        return SourceImage(voxels, source.grid)

    def undone(self, probabilities: NDArray[np.float32], source: SourceImage) -> NDArray[np.float32]:
        """The answer about the image as it is."""
        if not self.axes:
            return probabilities
        back: NDArray[np.float32] = np.flip(probabilities, tuple(self._along(source)))
        return np.ascontiguousarray(back[list(self.swapped)] if self.swapped else back)

    def _along(self, source: SourceImage) -> list[int]:
        """The array axes, counted behind the first one, that lie nearest to the mirrored ones."""
        working = WorkingGrid.between(source.grid.shape, source.grid.affine, (0.0, 0.0, 0.0))
        return [working.order[axis] + 1 for axis in self.axes]


@contextmanager
def _dropout(network: nn.Module, seed: int) -> Iterator[None]:
    """Let dropout act while the network predicts: its own layers, else injected behind its widest convolutions."""
    own = [module for module in network.modules() if isinstance(module, nn.modules.dropout._DropoutNd) and module.p > 0]
    layers = [(module, float(module.p)) for module in own] or [
        (module, INJECTED_DROPOUT) for module in _wide(_convolutions(network))
    ]
    if not layers:
        raise JobFailed(f"{type(network).__name__} has no layer to drop out; choose another strategy.")
    hooks = [module.register_forward_hook(_dropping(share)) for module, share in layers]
    try:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            yield
    finally:
        for hook in hooks:
            hook.remove()


def _dropping(share: float) -> Callable[[nn.Module, Any, Tensor], Tensor]:
    def drop(_: nn.Module, __: Any, out: Tensor) -> Tensor:
        return nn.functional.dropout(out, share, training=True)

    return drop


class _Seen:
    """The mean activation of a layer over all that it saw."""

    def __init__(self) -> None:
        self._sum: Tensor | None = None
        self._count = 0

    def take(self, _: nn.Module, __: Any, out: Tensor) -> None:
        """Take in what the layer says about a batch, (B, features, ...)."""
        mean = out.detach().float().flatten(2).mean(dim=2).sum(dim=0).cpu()
        self._sum = mean if self._sum is None else self._sum + mean
        self._count += out.shape[0]

    def mean(self) -> NDArray[np.float32]:
        """The mean so far, shape (features,)."""
        if self._sum is None:
            return np.zeros(0, dtype=np.float32)
        return (self._sum / self._count).numpy()


def _widest_layer(network: nn.Module) -> AbstractContextManager[_Seen]:
    @contextmanager
    def watch() -> Iterator[_Seen]:
        seen, layers = _Seen(), _convolutions(network.fine if isinstance(network, Cascade) else network)
        widest = max(layers, key=lambda layer: layer.out_channels) if layers else None
        hook = widest.register_forward_hook(seen.take) if widest is not None else None
        try:
            yield seen
        finally:
            if hook is not None:
                hook.remove()

    return watch()


def _convolutions(network: nn.Module) -> list[Any]:
    return [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Conv3d)]


def _wide(layers: Sequence[Any]) -> list[Any]:
    most = max((layer.out_channels for layer in layers), default=0)
    return [layer for layer in layers if layer.out_channels >= WIDE_SHARE * most]
