"""The editing tools once more, in numpy and scipy: what each has to leave, worked out on whole arrays.

Arrays are indexed (i, j, k) as NIfTI stores them. A `Plane` says how a slice lies in them. Nothing here is shared with
the viewer: where it walks along lines and boxes, this asks of every voxel whether it belongs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import nibabel as nib
import numpy as np
import numpy.typing as npt
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

Labels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Voxel = tuple[int, int, int]
FACES = ndimage.generate_binary_structure(3, 1)
CORNERS = ndimage.generate_binary_structure(3, 3)
# Radiological: what the right and the lower side of the screen show.
SCREEN = {"axial": ("S", "L", "P"), "sagittal": ("L", "P", "I"), "coronal": ("A", "L", "I")}
OPPOSITE = dict(zip("LRAPSI", "RLPAIS", strict=True))


@dataclass(frozen=True)
class Plane:
    """A family of slices: the array axis across it, those along the screen, and their direction."""

    name: str
    across: int
    x: int
    y: int
    right: int
    down: int

    @classmethod
    def of(cls, name: str, affine: npt.NDArray[np.float64]) -> "Plane":
        """The plane of this name on a grid."""
        codes = nib.aff2axcodes(affine)
        through, right, down = SCREEN[name]

        def axis(letter: str) -> int:
            return codes.index(letter) if letter in codes else codes.index(OPPOSITE[letter])

        return cls(
            name, axis(through), axis(right), axis(down), 1 if right in codes else -1, 1 if down in codes else -1
        )

    def moved(self, voxel: Voxel, right: int, down: int) -> Voxel:
        """The voxel so many steps to the right and down on screen."""
        at = list(voxel)
        at[self.x] += right * self.right
        at[self.y] += down * self.down
        return (at[0], at[1], at[2])


@dataclass(frozen=True)
class Volume:
    """A grid with its intensities."""

    image: npt.NDArray[np.float64]
    spacing_mm: npt.NDArray[np.float64]

    def distance_to(self, at: Sequence[float]) -> npt.NDArray[np.float64]:
        """Of each voxel the distance to a place given in voxels, in mm."""
        axes = np.ogrid[tuple(slice(n) for n in self.image.shape)]
        steps = ((axis - a) * mm for axis, a, mm in zip(axes, at, self.spacing_mm, strict=True))
        return np.asarray(np.sqrt(sum(step**2 for step in steps)))

    def box_about(self, mask: Mask, reach_mm: float) -> tuple[slice, ...]:
        """What holds the mask and all that is within a distance of it, and a voxel more."""
        places = np.argwhere(mask)
        reach = np.ceil(reach_mm / self.spacing_mm).astype(int) + 1
        low = np.maximum(places.min(axis=0) - reach, 0)
        high = np.minimum(places.max(axis=0) + reach + 1, mask.shape)
        return tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))


def steps_between(start: Voxel, end: Voxel) -> list[Voxel]:
    """The voxels of a straight walk along one axis, both ends included."""
    count = int(np.abs(np.subtract(end, start)).max())
    walk = [np.round(np.add(start, np.subtract(end, start) * n / max(count, 1))).astype(int) for n in range(count + 1)]
    return [(int(a), int(b), int(c)) for a, b, c in walk]


def swept(volume: Volume, plane: Plane, way: Sequence[Voxel], size: float, form: str, unit: str, solid: bool) -> Mask:
    """The voxels under a brush that went from one voxel to the next along an axis: those under it at any of them."""
    spacing = np.ones(3) if unit == "voxels" else volume.spacing_mm
    radius = size / 2 if unit == "mm" else (size - 1) / 2 + (0.25 if form == "disc" else 0.0)
    reach = np.ceil(radius / spacing).astype(int) + 1
    found = np.zeros(volume.image.shape, bool)
    for at in way:
        near = [slice(max(0, a - r), a + r + 1) for a, r in zip(at, reach, strict=True)]
        places = np.stack(
            np.meshgrid(*(np.arange(n)[part] for n, part in zip(found.shape, near, strict=True)), indexing="ij")
        )
        off = np.abs(places - np.reshape(at, (3, 1, 1, 1))) * spacing.reshape(3, 1, 1, 1)
        flat, depth = off[[plane.x, plane.y]], off[plane.across]
        far = np.maximum(*flat) if form == "square" else np.sqrt((flat**2).sum(axis=0) + (depth**2 if solid else 0.0))
        within = depth <= radius * (1 + 1e-9) if solid else depth == 0
        found[tuple(near)] |= within & (far <= radius * (1 + 1e-9))
        found[at] = True
    return found


def in_sphere(volume: Volume, at: Voxel, radius_mm: float) -> Mask:
    """Centres within a radius."""
    return np.asarray(volume.distance_to(at) <= radius_mm * (1 + 1e-9))


def in_circle(volume: Volume, plane: Plane, at: Voxel, radius_mm: float) -> Mask:
    """Centres within a radius, on one slice."""
    return in_sphere(volume, at, radius_mm) & on_slice(volume, plane, at[plane.across])


def on_slice(volume: Volume, plane: Plane, *slices: int) -> Mask:
    """The voxels of some slices."""
    found = np.zeros(volume.image.shape, bool)
    np.moveaxis(found, plane.across, 0)[list(slices)] = True
    return found


def component(mask: Mask, at: Voxel, structure: npt.NDArray[np.bool_] = FACES) -> Mask:
    """The connected part of a mask that holds a voxel."""
    parts, _ = ndimage.label(mask, structure)
    return np.asarray(mask & (parts == parts[at]))


def filled_on_slice(labels: Labels, volume: Volume, plane: Plane, at: Voxel) -> Mask:
    """What a paint fill covers: of one value, on one slice, and hanging together over sides."""
    return component((labels == labels[at]) & on_slice(volume, plane, at[plane.across]), at)


def grown_region(volume: Volume, at: Voxel, tolerance: float, reach_mm: float, may: Mask) -> Mask:
    """Region growing by intensity."""
    alike = np.abs(volume.image - volume.image[at]) <= tolerance
    return component(alike & in_sphere(volume, at, reach_mm) & may, at)


def dilated(mask: Mask, volume: Volume, mm: float) -> Mask:
    """Within a distance of the mask."""
    if not mask.any():
        return mask
    box = volume.box_about(mask, mm)
    result = np.zeros_like(mask)
    result[box] = ndimage.distance_transform_edt(~mask[box], sampling=volume.spacing_mm) <= mm + 1e-9
    return result


def eroded(mask: Mask, volume: Volume, mm: float) -> Mask:
    """Further than a distance from all that is outside the mask; beyond the scan nothing is."""
    box = volume.box_about(mask, mm)
    result = mask.copy()
    result[box] &= ndimage.distance_transform_edt(mask[box], sampling=volume.spacing_mm) > mm + 1e-9
    return result


def closed(mask: Mask, volume: Volume, mm: float) -> Mask:
    """Closing by a ball; what lies beyond the scan takes nothing away."""
    return eroded(dilated(mask, volume, mm), volume, mm) if mask.any() else mask


def opened(mask: Mask, volume: Volume, mm: float) -> Mask:
    """Opening by a ball, and what the ball's grown rim adds beyond the mask is not of it."""
    return dilated(eroded(mask, volume, mm), volume, mm) & mask


def box_of(mask: Mask) -> tuple[slice, ...]:
    """The smallest box that holds a mask, which holds something."""
    return next(iter(ndimage.find_objects(mask.astype(np.uint8))))


def holes(mask: Mask, across: int | None) -> Mask:
    """What a mask encloses, in the volume or slice by slice."""
    box = box_of(mask)
    near = mask[box]
    if across is None:
        filled = ndimage.binary_fill_holes(near)
    else:
        slices = [ndimage.binary_fill_holes(each) for each in np.moveaxis(near, across, 0)]
        filled = np.moveaxis(np.array(slices), 0, across)
    result = np.zeros_like(mask)
    result[box] = filled & ~near
    return result


def components(mask: Mask, structure: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The connected parts of a mask, numbered from 1 as their first voxels come in a NIfTI file, and their sizes."""
    box = box_of(mask)
    parts, count = ndimage.label(mask[box].T, structure)
    found, first = np.unique(parts, return_index=True)
    rank = np.zeros(count + 1, np.intp)
    rank[found[found > 0][np.argsort(first[found > 0])]] = np.arange(1, count + 1)
    numbered = np.zeros(mask.shape, np.intp)
    numbered[box] = rank[parts].T
    return numbered, np.bincount(numbered[box].ravel(), minlength=count + 1)[1:]


def majority(labels: Labels, label: int, volume: Volume, mm: float) -> Labels:
    """Median in a ball in which label and background vote."""
    reach = [int(mm / spacing + 1e-9) for spacing in volume.spacing_mm]
    grid = np.stack(np.meshgrid(*(np.arange(-r, r + 1) for r in reach), indexing="ij"), axis=-1) * volume.spacing_mm
    ball = (np.linalg.norm(grid, axis=-1) <= mm * (1 + 1e-9)).astype(int)
    box = volume.box_about(labels == label, 2 * mm)
    near = labels[box]
    # Beyond the scan nobody votes; beyond the box the background does, which is nowhere near enough to matter.
    votes = ndimage.convolve((near == label).astype(int) - (near == 0).astype(int), ball, mode="constant")
    result = labels.copy()
    result[box] = np.where((near == label) & (votes < 0), 0, np.where((near == 0) & (votes > 0), label, near))
    return result


def interpolated(mask: Mask, plane: Plane, volume: Volume) -> Mask:
    """Shape-based interpolation between slices that hold something, shapes moved to the line between their centres."""
    stack = np.moveaxis(mask, (plane.across, plane.y, plane.x), (0, 1, 2))
    spacing = volume.spacing_mm[[plane.y, plane.x]]
    result = stack.copy()
    holding = [int(n) for n in np.flatnonzero(stack.any(axis=(1, 2)))]
    for first, last in pairwise(holding):
        for between in range(first + 1, last):
            t = (between - first) / (last - first)
            ends = [(stack[n], np.array(ndimage.center_of_mass(stack[n]))) for n in (first, last)]
            centre = (1 - t) * ends[0][1] + t * ends[1][1]
            blend = np.zeros(stack.shape[1:])
            for weight, (shape, own) in zip((1 - t, t), ends, strict=True):
                blend += weight * _signed_at(shape, spacing, own - centre)
            result[between] = blend <= 1e-9
    return np.moveaxis(result, (0, 1, 2), (plane.across, plane.y, plane.x))


def _signed_at(
    shape: Mask, spacing: npt.NDArray[np.float64], shift: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Signed distance to a shape, each voxel asking at a shifted place; outside the slice the way there is added."""
    outside = ndimage.distance_transform_edt(~shape, sampling=spacing)
    inside = ndimage.distance_transform_edt(shape, sampling=spacing)
    places = np.indices(shape.shape) + shift[:, None, None]
    limits = np.array(shape.shape)[:, None, None] - 1
    clipped = np.clip(places, 0, limits)
    beyond = np.linalg.norm((places - clipped) * spacing[:, None, None], axis=0)
    return np.asarray(ndimage.map_coordinates(outside - inside, clipped, order=1, mode="nearest") + beyond)


def propagated(labels: Labels, label: int, plane: Plane, volume: Volume, start: int, end: int, reach: int = 4) -> Mask:
    """A label's shape on one slice carried to another: moved to where the image fits best, its rim by intensity."""
    order = (plane.across, plane.y, plane.x)
    maps, images = (np.moveaxis(array, order, (0, 1, 2)) for array in (labels, volume.image))
    shape = maps[start] == label
    moved = ndimage.shift(shape.astype(np.uint8), _best_shift(shape, images[start], images[end], reach), order=0) > 0
    ring = moved ^ ndimage.binary_dilation(moved, np.ones((3, 3)))
    rim = ring | (moved & ndimage.binary_dilation(~moved, np.ones((3, 3))))
    cross = np.zeros((5, 5), bool)
    cross[2, :] = cross[:, 2] = True
    interior, around = moved & ~rim, ~moved & ndimage.binary_dilation(moved, cross)
    if interior.any() and around.any():
        to_inside, to_outside = (np.abs(images[end] - images[end][part].mean()) for part in (interior, around))
        moved = np.where(rim & (to_inside != to_outside), to_inside < to_outside, moved)
    found = np.zeros(maps.shape, bool)
    found[end] = moved & (maps[end] != label)
    return np.moveaxis(found, (0, 1, 2), order)


def _best_shift(
    shape: Mask, start: npt.NDArray[np.float64], end: npt.NDArray[np.float64], reach: int
) -> tuple[int, int]:
    """The whole-voxel shift with the largest correlation of the two slices about the shape; of equal ones the least."""
    low, high = (np.array([pick(part) for part in np.nonzero(shape)]) for pick in (np.min, np.max))
    scores = {}
    for shift in np.ndindex(2 * reach + 1, 2 * reach + 1):
        by = np.subtract(shift, reach)
        first = np.maximum(np.maximum(low - reach - 2, 0), -by)
        last = np.minimum(np.minimum(high + reach + 2, np.array(shape.shape) - 1), np.array(shape.shape) - 1 - by)
        here = start[tuple(slice(a, b + 1) for a, b in zip(first, last, strict=True))].ravel()
        there = end[tuple(slice(a, b + 1) for a, b in zip(first + by, last + by, strict=True))].ravel()
        if np.ptp(here) > 0 and np.ptp(there) > 0:
            scores[int(by[0]), int(by[1])] = float(np.corrcoef(here, there)[0, 1])
    best = max(scores.values(), default=0.0)
    return min(
        (by for by, score in scores.items() if score > best - 1e-9), key=lambda by: np.hypot(*by), default=(0, 0)
    )


def grown_from_seeds(
    labels: Labels, volume: Volume, seeds: Sequence[int], contrast: float, locality: float, margin_mm: float
) -> tuple[Labels, Mask]:
    """Each empty voxel to the seed label with the cheapest way (scipy's Dijkstra), and where two are as cheap."""
    reach = np.ceil(margin_mm / volume.spacing_mm + 1e-9).astype(int)
    places = np.argwhere(np.isin(labels, seeds))
    low = np.maximum(places.min(axis=0) - reach, 0)
    high = np.minimum(places.max(axis=0) + reach + 1, labels.shape)
    box = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    result, ties = labels.copy(), np.zeros(labels.shape, bool)
    near = Volume(volume.image[box], volume.spacing_mm)
    result[box], ties[box] = _grown_in_box(labels[box], near, seeds, contrast, locality)
    return result, ties


def _grown_in_box(
    labels: Labels, volume: Volume, seeds: Sequence[int], contrast: float, locality: float
) -> tuple[Labels, Mask]:
    held = np.isin(labels, seeds)
    number = np.arange(labels.size).reshape(labels.shape)
    rows, columns, weights = [], [], []
    for axis in range(3):
        a = tuple(slice(None, -1) if n == axis else slice(None) for n in range(3))
        b = tuple(slice(1, None) if n == axis else slice(None) for n in range(3))
        step = np.abs(volume.image[a] - volume.image[b]) / contrast + volume.spacing_mm[axis] * locality
        for start, end in ((a, b), (b, a)):
            # Ways lead through empty voxels, and from seeds into them.
            open_way = ((labels[start] == 0) | held[start]) & (labels[end] == 0)
            rows.append(number[start][open_way])
            columns.append(number[end][open_way])
            weights.append(step[open_way])
    graph = coo_array(
        (np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))), shape=(labels.size, labels.size)
    ).tocsr()
    costs = np.stack([dijkstra(graph, indices=number[labels == seed], min_only=True) for seed in seeds])
    costs = costs.reshape(len(seeds), *labels.shape)
    taken = (labels == 0) & np.isfinite(costs.min(axis=0))
    result = labels.copy()
    result[taken] = np.asarray(seeds)[np.argmin(costs, axis=0)[taken]]
    first, second = np.sort(costs, axis=0)[:2]
    # Two sums of the same steps may differ in their last digits.
    return result, taken & np.isfinite(second) & (np.where(np.isfinite(second), second, 0) - first < 1e-9)
