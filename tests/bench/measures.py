"""All labels of two label maps at once, beside MONAI's metrics and SimpleITK's filters; and all pairs of six raters."""

import itertools
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import SimpleITK as sitk  # noqa: N813 - its own documentation calls it so
import torch
from monai.metrics import compute_average_surface_distance, compute_dice, compute_hausdorff_distance
from monai.metrics import compute_surface_dice as monai_surface_dice
from numpy.typing import NDArray

from measures.compare import compare_label_maps
from measures.pairs import compare_all_pairs

SHAPE, SPACING = (320, 320, 64), (0.5, 0.5, 2.0)
LABELS = tuple(range(1, 9))
RATERS = 6
TOLERANCE_MM = 1.0
REPEATS = 7
MEASURES = ("dice", "hd95_mm", "assd_mm", "surface_dice")
Found = dict[int, dict[str, float]]


def table() -> str:
    """Time all three in one run, after their values were found equal."""
    torch.set_num_threads(1)
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    a, b = label_map(0), label_map(1)
    ours, monai, itk = _ours(a, b), _monai(a, b), _simpleitk(a, b)
    _require_equal(ours, monai, ("dice", "hd95_mm", "assd_mm", "surface_dice"), "MONAI")
    _require_equal(ours, itk, ("dice", "hausdorff_mm"), "SimpleITK")
    own = _seconds(lambda: _ours(a, b), REPEATS)
    with_monai, with_itk = _seconds(lambda: _monai(a, b), 1), _seconds(lambda: _simpleitk(a, b), 1)
    eight, sixteen = (_seconds(lambda n=n: _ours(*_dense(n)), 3) for n in (8, 64))
    raters = {str(i): label_map(i) for i in range(RATERS)}
    pair = _seconds(lambda: compare_all_pairs({k: raters[k] for k in ("0", "1")}, SPACING), REPEATS)
    pairs = _seconds(lambda: compare_all_pairs(raters, SPACING), REPEATS)
    return "\n".join(
        [
            "| what | median | |",
            "|---|---|---|",
            (
                f"| overlap, distances, location and detection of {len(LABELS)} labels, `compare_label_maps` "
                f"| {own * 1000:.0f} ms | |"
            ),
            (
                f"| MONAI's metrics, one at a time: Dice, HD95, ASSD, surface Dice | {with_monai:.2f} s "
                f"| {with_monai / own:.0f} times as long |"
            ),
            (
                f"| SimpleITK's filters, label by label: overlap, Hausdorff, surface distances | {with_itk:.2f} s "
                f"| {with_itk / own:.0f} times as long |"
            ),
            (
                f"| the same voxels cut into 8 and into 64 labels | {eight * 1000:.0f} and {sixteen * 1000:.0f} ms "
                f"| {sixteen / eight:.1f} times for 8 times the labels |"
            ),
            (
                f"| one pair, and all 15 pairs of {RATERS} raters, `compare_all_pairs` | {pair * 1000:.0f} and "
                f"{pairs * 1000:.0f} ms | {pairs / pair:.1f} times for 15 times the pairs |"
            ),
        ]
    )


def label_map(rater: int) -> NDArray[np.uint8]:
    """Eight ellipsoids down the image, each drawn a little differently by each rater."""
    rng = np.random.default_rng(rater)
    labels = np.zeros(SHAPE, np.uint8)
    for value in LABELS:
        centre = np.array([160.0, 20 + 35 * value, 32.0]) + rng.normal(0, 1, 3)
        size = np.array([9.0, 14.0, 5.0]) + rng.normal(0, 0.4, 3)
        low = np.maximum((centre - size - 2).astype(int), 0)
        high = np.minimum((centre + size + 3).astype(int), SHAPE)
        grid = np.ogrid[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
        inside = sum(((g - c) / s) ** 2 for g, c, s in zip(grid, centre, size, strict=True)) <= 1
        labels[tuple(slice(a, b) for a, b in zip(low, high, strict=True))][inside] = value
    return labels


def _dense(pieces: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A long block cut into pieces of one size, and the same block moved by a voxel."""
    block = np.zeros(SHAPE, np.uint8)
    edges = np.linspace(0, 256, pieces + 1).astype(int)
    for value, (start, stop) in enumerate(itertools.pairwise(edges), start=1):
        block[150:170, 20 + start : 20 + stop, 20:40] = value
    return block, np.roll(block, 1, axis=0)


def _seconds(work: Callable[[], Any], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _ours(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> Found:
    compared = compare_label_maps(a, b, SPACING, tolerance_mm=TOLERANCE_MM)
    names = (*MEASURES, "hausdorff_mm")
    return {value: {name: getattr(one, name) for name in names} for value, one in compared.labels.items()}


def _monai(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> Found:
    """One-hot maps, as its metrics take them; distances from the candidate's surface and back."""
    hot = [torch.from_numpy(np.stack([m == v for v in (0, *LABELS)])[None].astype(np.float32)) for m in (b, a)]
    dice = compute_dice(*hot, include_background=False)[0]
    hd95 = compute_hausdorff_distance(*hot, include_background=False, percentile=95, spacing=SPACING)[0]
    assd = compute_average_surface_distance(*hot, include_background=False, symmetric=True, spacing=SPACING)[0]
    surface = monai_surface_dice(*hot, class_thresholds=[TOLERANCE_MM] * len(LABELS), spacing=SPACING)[0]
    columns = zip(LABELS, dice, hd95, assd, surface, strict=True)
    return {v: dict(zip(MEASURES, map(float, numbers), strict=True)) for v, *numbers in columns}


def _simpleitk(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> Found:
    """What its users write: overlap and Hausdorff filters, and surface distances from distance maps of contours."""
    first, second = (sitk.GetImageFromArray(m.transpose(2, 1, 0)) for m in (a, b))
    for image in (first, second):
        image.SetSpacing(SPACING)
    overlap, hausdorff = sitk.LabelOverlapMeasuresImageFilter(), sitk.HausdorffDistanceImageFilter()
    overlap.Execute(first, second)
    found: Found = {}
    for value in LABELS:
        one, other = sitk.LabelContour(first == value), sitk.LabelContour(second == value)
        hausdorff.Execute(one, other)
        distances = [_itk_surface_distances(*pair) for pair in ((one, other), (other, one))]
        both = np.concatenate(distances)
        found[value] = {
            "dice": overlap.GetDiceCoefficient(value),
            "hausdorff_mm": hausdorff.GetHausdorffDistance(),
            "hd95_mm": max(float(np.percentile(d, 95)) for d in distances),
            "assd_mm": float(both.mean()),
            "surface_dice": float((both <= TOLERANCE_MM).mean()),
        }
    return found


def _itk_surface_distances(of: sitk.Image, to: sitk.Image) -> NDArray[np.float32]:
    field = sitk.Abs(sitk.SignedMaurerDistanceMap(to, squaredDistance=False, useImageSpacing=True))
    return sitk.GetArrayFromImage(field)[sitk.GetArrayViewFromImage(of) > 0]


def _require_equal(ours: Found, theirs: Found, names: tuple[str, ...], whose: str) -> None:
    for value, found in theirs.items():
        for name in names:
            if abs(ours[value][name] - found[name]) > 1e-5:
                raise SystemExit(f"label {value}: {name} is {ours[value][name]} here and {found[name]} by {whose}")
