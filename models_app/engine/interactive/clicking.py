"""Clicks and scribbles to a region, by the study's own network that takes clicks."""

import threading
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import nn

from access.errors import Conflict, InvalidInput
from annotation.models import Volume
from models_app.engine.app import device_best
from models_app.engine.boxes import Box
from models_app.engine.clicked import probability_near
from models_app.engine.files import input_files, weights_file
from models_app.engine.guidance import Clicks
from models_app.engine.interactive.answers import Region
from models_app.engine.interactive.hints import Hints
from models_app.engine.kept import KeptByBytes
from models_app.engine.networks import network_build
from models_app.engine.preparing import SourceImage, image_read, on_working_grid
from models_app.engine.resampling import WorkingGrid
from models_app.engine.weights import weights_load
from models_app.models import ModelVersion
from models_app.selectors.interactive import model_version_clicked
from models_app.specification import Specification

MOST_VOXELS = 4_000_000
"""Of the box around all clicks, in voxels of the image."""

MOST_CLICKS = 300
"""Of a scribble so many voxels are kept: the network sees a Gaussian around each, and they overlap."""

WEIGHTS_BYTES = 512 * 1024**2


@dataclass(frozen=True, eq=False)
class _Loaded:
    network: nn.Module
    specification: Specification


class Clicking:
    """Networks and prepared cases of this process."""

    def __init__(self) -> None:
        self._networks: KeptByBytes[_Loaded] = KeptByBytes(WEIGHTS_BYTES)
        self._sources: KeptByBytes[SourceImage] = KeptByBytes()
        self._device = device_best()
        self._busy = threading.Lock()

    def prepare(self, volume: Volume) -> None:
        """Read and normalise a case and load the network, where the study has one: so that a first click is quick."""
        version = model_version_clicked(volume.case.study)
        if version is not None:
            self._source(volume, self._loaded(version).specification)

    def region(self, volume: Volume, hints: Hints) -> Region:
        """What the network says of the structure that is marked.

        Raises
        ------
        Conflict
            If the study has no such network.
        InvalidInput
            If the marks lie too far apart.
        """
        version = model_version_clicked(volume.case.study)
        if version is None:
            raise Conflict("This study has no network that takes clicks: train the architecture 'deepedit' first.")
        marked = hints.box()
        if marked is None or not len(hints.positive):
            return Region.empty()
        loaded = self._loaded(version)
        source = self._source(volume, loaded.specification)
        box = _box(marked, source, loaded.specification)
        near = on_working_grid(source.cropped(box), loaded.specification)
        inner = hints.within(box)
        clicks = Clicks(_worked(inner.positive, near.working), _worked(inner.negative, near.working))
        # One network at a time on a device: two would share its cores, and neither would be faster.
        with self._busy:
            part, probability = probability_near(
                loaded.network, near.voxels, clicks, loaded.specification, self._device
            )
        whole = torch.zeros(near.working.shape)
        whole[part.slices()] = probability
        inside = near.working.image_to_source(whole).numpy() > 0.5
        return Region(box, _kept(inside, inner)).tight()

    def _loaded(self, version: ModelVersion) -> _Loaded:
        def load() -> tuple[_Loaded, int]:
            specification = Specification.from_json(version.specification)
            network = network_build(specification)
            path = weights_file(version.weights_id)
            weights_load(path, network)
            return _Loaded(network.to(self._device).eval(), specification), path.stat().st_size

        return self._networks.get(version.weights_id, load)

    def _source(self, volume: Volume, specification: Specification) -> SourceImage:
        files = input_files(volume, specification.other_roles)

        def read() -> tuple[SourceImage, int]:
            source = image_read(files, specification)
            return source, source.voxels.numel() * source.voxels.element_size()

        return self._sources.get((*files, specification.normalisations, specification.roles), read)


def _box(marked: Box, source: SourceImage, specification: Specification) -> Box:
    """Around the marks, a patch wide at least: what the network looks at."""
    spacing = [side or own for side, own in zip(specification.spacing_mm, sorted(source.grid.spacing_mm), strict=True)]
    margin_mm = float(np.median(np.array(specification.patch) * spacing)) / 2
    box = marked.widened(margin_mm, source.grid)
    if box.voxels > MOST_VOXELS:
        raise InvalidInput(
            f"The marks span {box.voxels} voxels; up to {MOST_VOXELS} can be looked at. Accept what there is, go on."
        )
    return box


def _worked(places: NDArray[np.int64], working: WorkingGrid) -> NDArray[np.int64]:
    """Voxels of the image as voxels of the network's grid; of many, some in equal steps."""
    chosen = places[:: max(1, -(-len(places) // MOST_CLICKS))]
    along = []
    for axis in range(3):
        size = working.source_shape[working.order[axis]]
        place = chosen[:, working.order[axis]].astype(np.float64)
        place = size - 1 - place if working.flipped[axis] else place
        moved = (place - (size - 1) / 2) / working.step[axis] + (working.shape[axis] - 1) / 2
        along.append(np.clip(np.rint(moved), 0, working.shape[axis] - 1))
    return np.unique(np.stack(along, axis=1).astype(np.int64), axis=0)


def _kept(inside: NDArray[np.bool_], hints: Hints) -> NDArray[np.bool_]:
    """The pieces that were marked; what a person marked stands, whatever the network says."""
    inside = inside.copy()
    inside[tuple(hints.positive.T)] = True
    inside[tuple(hints.negative.T)] = False
    pieces, _ = ndimage.label(inside, structure=np.ones((3, 3, 3), dtype=bool))
    wanted = np.unique(pieces[tuple(hints.positive.T)])
    return np.isin(pieces, wanted[wanted > 0])
