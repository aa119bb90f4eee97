"""Segmenting by marks: the cut itself, what goes back, and sessions that never touch each other."""

import gzip
import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import nibabel as nib
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage
from starlette.testclient import TestClient

from access.errors import InvalidInput, NotFound
from models_app.engine.boxes import Box
from models_app.engine.interactive.answers import Region, changed, decode, encode, runs_of
from models_app.engine.interactive.graphcut import (
    MOST_VOXELS,
    Reach,
    box_of,
    inside_likelihood,
    least_energy,
    region_cut,
)
from models_app.engine.interactive.hints import Hints
from models_app.engine.interactive.sessions import LEASE_SECONDS, MOST, MOST_OF_USER, AllTaken, Sessions
from models_app.engine.kept import KeptByBytes
from models_app.engine.server import application
from mri.geometry import Grid
from tests.engine.cohort import SHAPE, Cohort
from tests.factories.images import nifti_bytes

TOKEN = "a token of the site"
RNG = np.random.default_rng(3)


def runs(mask: NDArray[np.bool_]) -> list[int]:
    """A mask as the API takes it: first voxel, number of voxels, ..."""
    lengths = runs_of(mask)
    starts = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    return [int(n) for pair in zip(starts[1::2], lengths[1::2], strict=True) for n in pair]


def hints_of(inside: NDArray[np.bool_], outside: NDArray[np.bool_]) -> Hints:
    return Hints.from_runs(runs(inside), runs(outside), inside.shape)


def dice(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float(2 * (one & other).sum() / (one.sum() + other.sum()))


# Marks and answers


def test_runs_are_voxels_with_the_first_axis_fastest() -> None:
    mask = RNG.random((5, 4, 3)) < 0.4
    hints = hints_of(mask, np.zeros_like(mask))
    found = np.zeros_like(mask)
    found[tuple(hints.positive.T)] = True
    assert np.array_equal(found, mask)
    # 7 is (2, 1, 0) in a volume of 5 x 4 x 3.
    assert Hints.from_runs([7, 2], [], (5, 4, 3)).positive.tolist() == [[2, 1, 0], [3, 1, 0]]
    box = Box((1, 0, 1), (4, 2, 3))
    inner = np.zeros((3, 2, 2), bool)
    inner[tuple(hints.within(box).positive.T)] = True
    assert np.array_equal(inner, mask[box.slices()])


@pytest.mark.parametrize(
    ("positive", "negative"),
    [([1], []), ([0, 0], []), ([59, 2], []), ([-1, 1], []), ([0, 3], [2, 1]), ([10**12, 1], []), ([0, 2**62], [])],
    ids=["odd", "empty", "beyond", "before", "both", "far", "endless"],
)
def test_marks_that_make_no_sense_are_refused(positive: list[int], negative: list[int]) -> None:
    with pytest.raises(InvalidInput):
        Hints.from_runs(positive, negative, (5, 4, 3))


@pytest.mark.parametrize("seed", range(8))
def test_an_answer_carries_the_box_that_changed_and_no_more(seed: int) -> None:
    random = np.random.default_rng(seed)
    shape = (9, 8, 7)
    held = np.zeros(shape, bool)
    before = Region.empty()
    for number in range(1, 5):
        mask = np.zeros(shape, bool)
        if number != 3:  # once to nothing, and back
            start = random.integers(0, 4, 3)
            stop = start + random.integers(1, 5, 3)
            part = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
            mask[part] = random.random(mask[part].shape) < 0.6
        region = Region(Box.whole(shape), mask).tight()
        sequence, whole, told = decode(encode(changed(before, region), sequence=number, whole=False))
        assert (sequence, whole) == (number, False)
        differ = held != mask
        around = Box.around(differ)
        assert told.box.voxels == (around.voxels if around is not None else 0)
        held[told.box.slices()] = told.inside
        assert np.array_equal(held, mask)
        before = region


# The cut


def test_the_cut_is_the_labelling_of_least_energy() -> None:
    """Against all labellings of a small box, with voxels that are longer along one axis."""
    image = RNG.random((2, 3, 2)).astype(np.float32)
    inside = RNG.uniform(0.1, 0.9, image.shape).astype(np.float32)
    spacing, smoothness = (1.0, 1.0, 3.0), 0.7
    cut = least_energy(image, np.stack([1 - inside, inside]), spacing, smoothness)

    def energy(labels: NDArray[np.bool_]) -> float:
        total = float(-np.log(np.where(labels, inside, 1 - inside).astype(np.float64)).sum())
        for axis in range(3):
            weights = smoothness / spacing[axis] * np.exp(-(np.diff(image, axis=axis) ** 2) / (2 * 0.1**2))
            total += float((weights * (np.diff(labels.astype(int), axis=axis) != 0)).sum())
        return total

    every = (np.array(bits).reshape(image.shape) for bits in itertools.product((False, True), repeat=image.size))
    best = min(every, key=energy)
    assert energy(cut) == pytest.approx(energy(best), abs=1e-9)


def test_with_cubic_voxels_the_cut_is_monai_labels() -> None:
    """Edges and cut against MONAI Label's own transforms, on the same box and its unary term."""
    from monailabel.scribbles.transforms import (
        ApplyGraphCutOptimisationd,
        MakeISegUnaryd,
        MakeLikelihoodFromScribblesHistogramd,
    )

    image, truth = tube((20, 16, 12))
    low, high = np.percentile(image, (1, 99))
    scaled = np.clip((image - low) / (high - low), 0, 1).astype(np.float32)
    inside, outside = scribbles(truth)
    marks = np.zeros(image.shape, np.float32)
    marks[outside], marks[inside] = 2, 3
    data: dict[str, Any] = {"image": scaled[None], "label": marks[None]}
    named = {"scribbles_bg_label": 2, "scribbles_fg_label": 3}
    for step in (
        MakeLikelihoodFromScribblesHistogramd(
            image="image", scribbles="label", post_proc_label="prob", num_bins=64, normalise=False, **named
        ),
        MakeISegUnaryd(image="image", logits="prob", scribbles="label", unary="unary", **named),
        ApplyGraphCutOptimisationd(unary="unary", pairwise="image", post_proc_label="pred", lamda=1.0, sigma=0.1),
    ):
        data = step(data)
    theirs = np.asarray(data["pred"])[0] > 0
    assert np.array_equal(least_energy(scaled, data["unary"], (1.0, 1.0, 1.0), 1.0), theirs)
    # Theirs has the second tube too: ours keeps the piece that was marked.
    pieces, count = ndimage.label(theirs, structure=np.ones((3, 3, 3)))
    assert count > 1
    ours = region_cut(image, hints_of(inside, outside), (1.0, 1.0, 1.0))
    assert dice(ours, pieces == pieces[inside][0]) > 0.99


def test_what_nobody_marked_tells_nothing() -> None:
    """Inside 0.2, outside 0.8, the rim like outside; 0.5 was never marked, however many voxels either side has."""
    image = np.full((12, 12, 12), 0.8, np.float32)
    image[3:9, 3:9, 3:9] = 0.2
    image[10, 10, 10] = 0.5
    inside, outside = np.zeros(image.shape, bool), np.zeros(image.shape, bool)
    inside[5, 5, 4:6], outside[1, 1:-1, 1:-1] = True, True
    likely = inside_likelihood(image, hints_of(inside, outside))
    assert likely[10, 10, 10] == pytest.approx(0.5, abs=0.01)
    assert likely[4, 4, 4] > 0.97
    assert likely[0, 0, 0] < 0.03


@pytest.mark.parametrize("marked_outside", [True, False])
def test_fluid_that_was_not_marked_stays_outside_of_a_cord(marked_outside: bool) -> None:
    """Grey in bright in grey: a cord in its fluid, marked along one plane; the fluid beside it was not marked."""
    i, j, k = np.indices((40, 40, 30))
    distance = np.hypot(i - 20, j - 20)
    image = np.select([distance < 5, distance < 9], [300.0, 600.0], 200.0)
    image = (ndimage.gaussian_filter(image, 0.7) + np.random.default_rng(0).normal(0, 30, image.shape)).astype("f4")
    truth, inside, outside = distance < 5, np.zeros(image.shape, bool), np.zeros(image.shape, bool)
    inside[20, 20, 2:-2] = True
    outside[20, 11, 2:-2] = outside[20, 29, 2:-2] = marked_outside
    assert dice(region_cut(image, hints_of(inside, outside), (1.0, 1.0, 1.0)), truth & (k >= 0)) > 0.9


@pytest.mark.real_data
def test_a_line_along_a_real_cord_gives_the_cord(real_data: Path) -> None:
    """60 mm of a cervical cord, marked in one sagittal slice: along it, in front of it and behind it."""
    folder = real_data / "sct-cervical-t2" / "sub-errsm18" / "anat"
    image = nib.as_closest_canonical(nib.load(folder / "sub-errsm18_T2w.nii.gz"))
    manual = nib.as_closest_canonical(nib.load(folder / "sub-errsm18_T2w_label-SC_desc-manual_seg.nii.gz"))
    voxels, truth = np.asarray(image.dataobj).astype(np.float32), np.asarray(manual.dataobj) > 0
    levels = np.flatnonzero(truth.any(axis=(0, 1)))
    middle = int(levels[len(levels) // 2])
    x = int(np.argwhere(truth[..., middle])[:, 0].mean().round())
    inside, outside = np.zeros(truth.shape, bool), np.zeros(truth.shape, bool)
    for z in range(middle - 29, middle + 31):
        along = np.flatnonzero(truth[x, :, z])
        inside[x, round(along.mean()), z] = True
        outside[x, [along[0] - 3, along[-1] + 3], z] = True
    hints, grid = hints_of(inside, outside), Grid(truth.shape, image.affine)
    box = box_of(hints, grid, Reach())
    assert box is not None
    found = region_cut(voxels[box.slices()], hints.within(box), grid.spacing_mm)
    between = slice(middle - 29 - box.start[2], middle + 31 - box.start[2])
    assert dice(found[..., between], truth[box.slices()][..., between]) > 0.8


def tube(shape: tuple[int, int, int]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """A bright tube with a second one beside it, in noise."""
    i, j, k = np.indices(shape)
    first = (i - shape[0] * 0.35) ** 2 + (j - shape[1] / 2) ** 2 <= (shape[0] * 0.14) ** 2
    second = (i - shape[0] * 0.85) ** 2 + (j - shape[1] / 2) ** 2 <= (shape[0] * 0.08) ** 2
    image = 100 + 120 * (first | second) + np.random.default_rng(0).normal(0, 15, shape)
    return image.astype(np.float32), first & (k >= 0)


def scribbles(truth: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """A line along the middle of the tube, and one around it in two slices."""
    inside, outside = np.zeros_like(truth), np.zeros_like(truth)
    centre = np.argwhere(truth[:, :, 0]).mean(axis=0).round().astype(int)
    inside[centre[0], centre[1], 1:-1] = True
    outside[1, 2:-2, 2] = outside[2:-2, 1, -3] = True
    return inside, outside & ~truth


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (0.5, 0.5, 3.0)])
def test_a_line_inside_and_one_outside_give_the_tube(spacing: tuple[float, float, float]) -> None:
    image, truth = tube((24, 20, 12))
    inside, outside = scribbles(truth)
    assert dice(region_cut(image, hints_of(inside, outside), spacing), truth) > 0.97
    alone = region_cut(image, hints_of(inside, np.zeros_like(inside)), spacing)
    assert dice(alone, truth) > 0.9, "the rim of the box stands in for marks outside"
    assert not region_cut(image, hints_of(np.zeros_like(inside), outside), spacing).any()


def test_a_negative_mark_cuts_off_what_it_lies_on() -> None:
    image, truth = tube((24, 20, 12))
    inside, outside = scribbles(truth)
    outside[:, :, 8] = True
    inside[:, :, 8] = False
    cut = region_cut(image, hints_of(inside, outside), (1.0, 1.0, 1.0), smoothness=0.2)
    assert not cut[:, :, 8].any()
    assert cut[:, :, 7].any()


def test_the_box_is_around_the_marks_in_mm_and_in_the_slice() -> None:
    grid = Grid((40, 40, 40), np.diag([1.0, 2.0, 4.0, 1.0]))
    mask = np.zeros((40, 40, 40), bool)
    mask[20:22, 20, 20] = True
    hints = hints_of(mask, np.zeros_like(mask))
    assert box_of(hints, grid, Reach(8.0)) == Box((12, 16, 18), (30, 25, 23))
    assert box_of(hints, grid, Reach(8.0, axis=2, index=20)) == Box((12, 16, 20), (30, 25, 21))
    assert box_of(hints_of(mask & False, mask & False), grid, Reach()) is None
    with pytest.raises(InvalidInput):
        box_of(hints, grid, Reach(8.0, axis=2, index=40))


def test_a_large_box_gets_a_smaller_margin_and_marks_over_too_much_are_refused() -> None:
    grid = Grid((300, 300, 100), np.eye(4))
    corner = np.array([[10, 10, 10], [100, 90, 30]])
    box = box_of(Hints(corner, corner[:0]), grid, Reach(60.0))
    assert box is not None
    assert box.voxels <= MOST_VOXELS
    assert Box((10, 10, 10), (101, 91, 31)).voxels < box.voxels
    far = np.array([[0, 0, 0], [299, 299, 99]])
    with pytest.raises(InvalidInput, match="one slice"):
        box_of(Hints(far, far[:0]), grid, Reach())


# Sessions


def test_a_session_lasts_while_it_is_used_and_belongs_to_one_user() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    mine = sessions.open(user="1", study="cord", volume=uuid4())
    for user, study in (("2", "cord"), ("1", "elsewhere")):
        with pytest.raises(NotFound):
            sessions.get(mine.id, user=user, study=study)
    with pytest.raises(NotFound):
        sessions.close(mine.id, user="2", study="cord")
    for _ in range(3):
        now[0] += LEASE_SECONDS * 0.9
        assert sessions.get(mine.id, user="1", study="cord") is mine
    now[0] += LEASE_SECONDS * 1.1
    with pytest.raises(NotFound):
        sessions.get(mine.id, user="1", study="cord")
    assert len(sessions) == 0


def test_one_more_session_ends_the_users_own_oldest_and_nobody_elses() -> None:
    now = [0.0]
    sessions = Sessions(lambda: now[0])
    others = sessions.open(user="other", study="cord", volume=uuid4())
    own = []
    for _ in range(MOST_OF_USER + 1):
        now[0] += 1
        own.append(sessions.open(user="own", study="cord", volume=uuid4()))
    with pytest.raises(NotFound):
        sessions.get(own[0].id, user="own", study="cord")
    assert sessions.get(own[-1].id, user="own", study="cord") is own[-1]
    assert sessions.get(others.id, user="other", study="cord") is others
    for number in range(MOST - len(sessions)):
        sessions.open(user=f"user {number}", study="cord", volume=uuid4())
    with pytest.raises(AllTaken):
        sessions.open(user="one too many", study="cord", volume=uuid4())


def test_a_case_is_read_once_whoever_asks_and_the_oldest_goes() -> None:
    kept: KeptByBytes[str] = KeptByBytes(most_bytes=10)
    made: list[str] = []

    def get(key: str, size: int = 6) -> str:
        return kept.get(key, lambda: (made.append(key) or key.upper(), size))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(get, ["a"] * 16)) == {"A"}
    assert made == ["a"]
    assert (get("b", 3), get("a"), get("c", 3), get("a")) == ("B", "A", "C", "A")
    assert made == ["a", "b", "c"]
    get("b", 3)
    assert made == ["a", "b", "c", "b"]


# The process


@pytest.fixture
def server() -> Iterator[TestClient]:
    with TestClient(application(TOKEN), headers={"X-Radicula-Token": TOKEN}) as client:
        yield client


@pytest.mark.django_db(transaction=True)
def test_two_users_at_once_get_their_own_answers(server: TestClient) -> None:
    cohort = Cohort(("01", "02"))
    page = "/studies/cord/interactive"
    truths = {label: cohort.truth[label] == 1 for label in cohort.truth}

    def marks(truth: NDArray[np.bool_], step: int) -> dict[str, Any]:
        places = np.argwhere(truth)
        inside, outside = np.zeros(SHAPE, bool), np.zeros(SHAPE, bool)
        inside[tuple(places[:: max(1, len(places) // (step + 2))].T)] = True
        outside[1:-1:4, 1:-1:5, ::3] = True
        return {"method": "graph-cut", "positive": runs(inside), "negative": runs(outside & ~truth)}

    def work(label: str, user: str) -> NDArray[np.bool_]:
        opened = server.post(page, json={"user": user, "volume": str(cohort.volumes[label].pk)})
        assert opened.status_code == 200, opened.text
        held, since = np.zeros(SHAPE, bool), 0
        for step in range(5):
            asked = {"user": user, "since": since, **marks(truths[label], step)}
            answer = server.post(f"{page}/{opened.json()['id']}", json=asked)
            assert answer.status_code == 200, answer.text
            assert "work;dur=" in answer.headers["server-timing"]
            since, whole, region = decode(answer.content)
            assert (since, whole) == (step + 1, step == 0)
            held[region.box.slices()] = region.inside
        return held

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(work, ["01", "02"], ["1", "2"]))
    for held, label in zip(found, ("01", "02"), strict=True):
        assert dice(held, truths[label]) > 0.9
    _refusals(server, cohort, page)
    _scribbles_of_slicer(server, cohort)


def _scribbles_of_slicer(server: TestClient, cohort: Cohort) -> None:
    """As its plug-in sends them: all segments numbered in their order, the scribbles too, and a box in voxels."""
    volume, truth = cohort.volumes["02"], cohort.truth["02"] == 1
    page = f"/studies/cord/infer/graph-cut?image={volume.pk}"
    drawn = np.zeros(SHAPE, np.uint8)
    drawn[truth] = 1  # what the segment holds so far does not count
    drawn[1:-1:4, 1:-1:5, ::3] = 2
    drawn[tuple(np.argwhere(truth)[::37].T)] = 3
    names = ("Spinal cord", "background_scribbles", "foreground_scribbles")
    info = {"label_info": [{"name": name, "id": number} for number, name in enumerate(names, 1)]}
    affine = np.array(volume.affine).reshape(4, 4)

    def ask(params: dict[str, Any], voxels: NDArray[np.uint8] = drawn, output: str = "image") -> Any:
        files = {"label": ("scribbles.nii.gz", nifti_bytes(voxels, affine))}
        return server.post(f"{page}&output={output}", data={"params": json.dumps(params)}, files=files)

    def region(params: dict[str, Any]) -> NDArray[np.bool_]:
        answer = ask(params)
        assert answer.status_code == 200, answer.text
        made = nib.Nifti1Image.from_bytes(gzip.decompress(answer.content))
        assert np.allclose(made.affine, affine, atol=1e-5)
        return np.asarray(made.dataobj) == 1

    chosen = {**info, "selected_label_name": "Spinal cord", "margin_mm": 30.0}
    assert dice(region({**chosen, "roi": []}), truth) > 0.9
    assert ask(chosen, output="json").json()["label_names"] == {"Spinal cord": 1}
    # Corners of a flipped axis come the other way round; nothing is found outside of them.
    inner = region({**chosen, "roi": [SHAPE[0] - 1, 0, 0, SHAPE[1] - 1, 12, 5]})
    assert not inner[..., :5].any()
    assert not inner[..., 13:].any()
    assert dice(inner[..., 5:13], truth[..., 5:13]) > 0.9
    for wrong in (
        {**chosen, "roi": [1, 2]},
        {**chosen, "smoothness": -1},
        {"label_info": []},
        {**chosen, "roi": "all"},
    ):
        refused = ask(wrong)
        assert refused.status_code == 400, wrong
        assert refused.json()["detail"].endswith((".", "!"))
    assert "foreground" in ask(chosen, np.where(drawn == 3, 0, drawn)).json()["detail"]
    assert ask(chosen, drawn[1:]).status_code == 400


def _refusals(server: TestClient, cohort: Cohort, page: str) -> None:
    """What nobody gets; in the same test, for a cohort takes a while to make."""
    volume = str(cohort.volumes["01"].pk)
    opened = server.post(page, json={"user": "1", "volume": volume}).json()["id"]
    cut = {"method": "graph-cut", "positive": [3000, 3], "negative": [0, 20]}
    assert server.post(f"{page}/{opened}", json={"user": "2", **cut}).status_code == 404
    assert server.post(f"/studies/other/interactive/{opened}", json={"user": "1", **cut}).status_code == 404
    assert server.post(page, json={"user": "1", "volume": str(uuid4())}).status_code == 404
    assert server.post("/studies/other/interactive", json={"user": "1", "volume": volume}).status_code == 404
    assert server.post(f"{page}/{opened}", json={"user": "1", **cut, "method": "magic"}).status_code == 400
    assert server.post(f"{page}/{opened}", json={"user": "1", **cut, "positive": [10**9, 1]}).status_code == 400
    # A client that lost an answer is told all of the next one.
    for since in (0, 1, 1):
        answer = server.post(f"{page}/{opened}", json={"user": "1", "since": since, **cut})
    sequence, whole, _ = decode(answer.content)
    assert (sequence, whole) == (3, True)
    assert server.delete(f"{page}/{opened}", params={"user": "2"}).status_code == 404
    assert server.delete(f"{page}/{opened}", params={"user": "1"}).status_code == 200
    assert server.post(f"{page}/{opened}", json={"user": "1", **cut}).status_code == 404
    assert server.post(page, json={"user": "1", "volume": volume}, headers={"X-Radicula-Token": "x"}).status_code == 403
