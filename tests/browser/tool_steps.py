"""What each tool is used for in the tests, and in numpy what it should leave; each step builds on the last."""

from collections.abc import Callable
from itertools import product

import nibabel as nib
import numpy as np

from tests.browser import numpy_tools as nt
from tests.browser.conftest import wait_until
from tests.browser.tool_bench import DOWN, LABELS, MAIN, OTHER, RIGHT, Bench

Step = Callable[[Bench], None]
CORNERS_APART_PIXELS = 13


def under(bench: Bench, way: list[nt.Voxel], size: float, form: str, unit: str, *, solid: bool) -> nt.Mask:
    """What a brush passed over."""
    return nt.swept(bench.volume, bench.plane, way, size, form, unit, solid=solid)


def pencil(bench: Bench) -> None:
    bench.keys("p")
    for voxel in bench.stroke(bench.at(-6, -4), (RIGHT, 4), (DOWN, 2)):
        bench.expected[voxel] = MAIN


def round_brush(bench: Bench) -> None:
    bench.keys("b")
    way = bench.stroke(bench.at(-3, -2), (RIGHT, 4), (DOWN, 3))
    bench.paint(under(bench, way, 4.0, "disc", "mm", solid=False))


def sphere_brush(bench: Bench) -> None:
    bench.keys("Shift+B")
    way = bench.stroke(bench.at(3, 2, 2), (RIGHT, 2))
    bench.paint(under(bench, way, 4.0, "disc", "mm", solid=True))


def cube_brush_in_voxels_over_background(bench: Bench) -> None:
    """By mouse, the other label, and not over the first."""
    bench.keys("Shift+S", "Shift+U", str(OTHER), "Shift+O")
    start, end = bench.at(-2, 3), bench.at(4, 3)
    bench.drag(start, end)
    touched = under(bench, nt.steps_between(start, end), 3, "square", "voxels", solid=True)
    bench.paint(touched & (bench.expected == 0), OTHER)


def eraser_of_one_label(bench: Bench) -> None:
    bench.keys(str(MAIN), "e")
    way = bench.stroke(bench.at(-1, 1), (RIGHT, 3))
    bench.paint(under(bench, way, 3, "square", "voxels", solid=True) & (bench.expected == MAIN), 0)


def brush_in_an_intensity_range(bench: Bench) -> None:
    """The brush with its range as a mask, and the threshold brush, which has it always."""
    start = bench.at(-5, 0, -2)
    way = [bench.plane.moved(start, n, 0) for n in range(9)]
    beneath = under(bench, way, 3, "square", "voxels", solid=True)
    inside = bench.volume.image[beneath]
    bench.keys("b", "Shift+T")
    values = {"Lowest intensity": f"{np.median(inside):.6f}", "Highest intensity": f"{inside.max():.6f}"}
    bench.range = (lowest, highest) = tuple(bench.fill("Tool options", values))
    bright = (bench.volume.image >= lowest) & (bench.volume.image <= highest)
    assert 0 < bright[beneath].sum() < beneath.sum()
    assert bench.stroke(start, (RIGHT, 8)) == way
    bench.paint(beneath & bright & (bench.expected == 0))
    bench.check("a brush with the intensity mask")
    bench.keys("Shift+T", "t")
    way = bench.stroke(bench.at(-5, 2, -2), (RIGHT, 3))
    bench.paint(under(bench, way, 3, "square", "voxels", solid=True) & bright & (bench.expected == 0))


PAINTING: tuple[Step, ...] = (
    pencil,
    round_brush,
    sphere_brush,
    cube_brush_in_voxels_over_background,
    eraser_of_one_label,
    brush_in_an_intensity_range,
)


def scissors(bench: Bench) -> None:
    bench.keys("s")
    bench.options("Circle", "Fill")
    centre = bench.at(-6, 3, 1)
    way = bench.stroke(centre, (RIGHT, 3))
    radius = float(np.linalg.norm(np.subtract(way[-1], centre) * bench.volume.spacing_mm))
    bench.paint(nt.in_circle(bench.volume, bench.plane, centre, radius) & (bench.expected == 0))
    bench.check("scissors: a circle")
    bench.options("Sphere", "Outside", "Erase", "All labels")
    way = bench.stroke(bench.middle, (RIGHT, 9))
    radius = float(np.linalg.norm(np.subtract(way[-1], bench.middle) * bench.volume.spacing_mm))
    bench.paint(~nt.in_sphere(bench.volume, bench.middle, radius), 0)
    bench.check("scissors: a sphere")
    bench.options("Inside", "Box", "All slices")
    low, high = bench.at(1, -1), bench.at(2, 1)
    bench.stroke(low, (RIGHT, 1), (DOWN, 2))
    box = [slice(None)] * 3
    for axis in (bench.plane.x, bench.plane.y):
        box[axis] = slice(min(low[axis], high[axis]), max(low[axis], high[axis]) + 1)
    bench.expected[tuple(box)] = 0
    bench.options("This slice")


def lasso_by_corners(bench: Bench) -> None:
    """By mouse: four clicks on voxels' corners, and Enter."""
    bench.keys("l")
    bench.options("Fill", "Inside")
    first, after = np.array(bench.points(bench.at(-7, -7, 3), bench.at(-6, -6, 3)))
    step = after - first
    # A corner less than 9 pixels from the first one closes the polygon: where voxels are small it spans more of them.
    wide, high = np.maximum((5, 4), np.ceil(CORNERS_APART_PIXELS / np.abs(step)).astype(int))
    # On whole pixels, as pointers are; where a voxel is few pixels wide that is not quite its corner.
    corners = np.round(first + step * (0.5 + np.array([(0, 0), (wide, 0), (wide, high), (0, high)])))
    for corner in corners:
        bench.page.mouse.click(*corner)
    bench.keys("Enter")
    left, up = (corners[0] - first) / step - 7
    right, down = (corners[2] - first) / step - 7
    for x, y in product(range(-7, wide - 5), range(-7, high - 5)):
        if left < x < right and up < y < down:
            bench.put(bench.at(x, y, 3))


def paint_fill(bench: Bench) -> None:
    bench.keys("p")
    start = bench.at(2, -8, 3)
    for voxel in (*bench.stroke(start, (RIGHT, 4), (DOWN, 4)), *bench.stroke(start, (DOWN, 4), (RIGHT, 4))):
        bench.put(voxel)
    bench.keys("f")
    within = bench.plane.moved(start, 2, 2)
    bench.stroke(within)
    bench.paint(nt.filled_on_slice(bench.expected, bench.volume, bench.plane, within))


def grow_region_and_relabel_it(bench: Bench) -> None:
    bench.keys("g", str(OTHER))
    bench.options("3-D")
    bench.fill("Tool options", {"No further than (mm)": "7"})
    seed, grown = region_to_grow(bench)
    bench.stroke(seed)
    bench.page.get_by_text(f"would become label {OTHER}").wait_for()
    bench.keys("Enter")
    wait_until(bench.page, f"window.__radicula.labelAt({list(seed)}) === {OTHER}")
    bench.paint(grown, OTHER)
    bench.check("a region grown")
    bench.keys("c", str(MAIN))
    bench.stroke(seed)
    bench.paint(nt.component(bench.expected == OTHER, seed, nt.CORNERS))


def region_to_grow(bench: Bench) -> tuple[nt.Voxel, nt.Mask]:
    """A seed near the middle from which there is something to grow, and what grows."""
    may = (bench.expected == 0) | (bench.expected == OTHER)
    tolerance = bench.window_width() / 20
    best = (bench.middle, np.zeros(may.shape, bool))
    for down, right in product((0, -4, 4, -8, 8), repeat=2):
        seed = bench.at(right, down)
        grown = nt.grown_region(bench.volume, seed, tolerance, 7.0, may) if may[seed] else np.zeros(may.shape, bool)
        best = max(best, (seed, grown), key=lambda found: found[1].sum())
        if best[1].sum() > 20:
            break
    assert best[1].sum() > 1, "Nothing grows on this image."
    return best


SHAPES: tuple[Step, ...] = (scissors, lasso_by_corners, paint_fill, grow_region_and_relabel_it)


def margins(bench: Bench) -> None:
    mm = f"{1.3 * bench.volume.spacing_mm.min():.2f}"
    bench.operate("grow", {"Distance (mm)": mm})
    bench.paint(nt.dilated(bench.expected == MAIN, bench.volume, float(mm)) & (bench.expected == 0))
    bench.check("a margin grown")
    bench.operate("shrink", {"Distance (mm)": mm}, preview=True)
    bench.paint((bench.expected == MAIN) & ~nt.eroded(bench.expected == MAIN, bench.volume, float(mm)), 0)


def smoothing(bench: Bench) -> None:
    near, far = (f"{factor * bench.volume.spacing_mm.min():.2f}" for factor in (1.5, 2.6))
    bench.operate("median", {"Distance (mm)": near})
    bench.expected = nt.majority(bench.expected, MAIN, bench.volume, float(near))
    bench.check("median")
    bench.operate("closing", {"Distance (mm)": far})
    bench.paint(nt.closed(bench.expected == MAIN, bench.volume, float(far)) & (bench.expected == 0))
    bench.check("closing")
    bench.operate("opening", {"Distance (mm)": near})
    bench.paint((bench.expected == MAIN) & ~nt.opened(bench.expected == MAIN, bench.volume, float(near)), 0)


def interpolation(bench: Bench) -> None:
    """Two small squares on slices apart, and the rest of the label on others."""
    bench.keys("b", "Shift+B")
    first, second = bench.at(-8, 5, -7), list(bench.at(-5, 7, -7))
    second[bench.plane.across] += min(3, bench.middle[bench.plane.across])
    for start in (first, (second[0], second[1], second[2])):
        way = bench.stroke(start, (RIGHT, 3))
        bench.paint(under(bench, way, 3, "square", "voxels", solid=False) & (bench.expected == 0))
    bench.operate("interpolate")
    bench.paint(nt.interpolated(bench.expected == MAIN, bench.plane, bench.volume) & (bench.expected == 0))


def holes_and_small_islands(bench: Bench) -> None:
    """A ring is filled, and the smallest component goes to the other label."""
    bench.keys("p")
    corner = empty_square(bench, 4)
    for voxel in (*bench.stroke(corner, (RIGHT, 3), (DOWN, 3)), *bench.stroke(corner, (DOWN, 3), (RIGHT, 3))):
        bench.put(voxel)
    bench.check("a ring")
    bench.operate("fillHoles", switch="Slice by slice")
    bench.paint(nt.holes(bench.expected == MAIN, bench.plane.across) & (bench.expected == 0))
    bench.check("holes filled")
    parts, sizes = nt.components(bench.expected == MAIN, nt.CORNERS)
    assert len(sizes) > 1
    mm3 = sizes * np.prod(bench.volume.spacing_mm)
    bench.operate(
        "removeSmall", {"Smaller than (mm³)": f"{mm3.min() + 0.01:.2f}"}, choose={"The others become": str(OTHER)}
    )
    bench.paint(np.isin(parts, 1 + np.flatnonzero(sizes == sizes.min())), OTHER)


def empty_square(bench: Bench, size: int) -> nt.Voxel:
    """The upper left voxel of a square that has no label and does not touch the first one, on this slice or another."""
    for slices, right, down in product((1, -1, 3, -3, 6, -6, 9), range(-10, 10 - size), range(-10, 10 - size)):
        corner, last = bench.at(right, down, slices), bench.at(right + size - 1, down + size - 1, slices)
        ends = [sorted(pair) for pair in zip(corner, last, strict=True)]
        around = tuple(slice(max(low - 1, 0), high + 2) for low, high in ends)
        within = tuple(slice(low, high + 1) for low, high in ends)
        if not bench.expected[within].any() and not (bench.expected[around] == MAIN).any():
            return corner
    raise AssertionError("There is no room on any slice.")


def threshold_of_a_slice(bench: Bench) -> None:
    """Live: shown while the range stands, written by Enter; the range is the brush's of before."""
    lowest, highest = bench.range
    bright = (bench.volume.image >= lowest) & (bench.volume.image <= highest) & (bench.expected == 0)
    # Not the last one: it is copied on.
    counts = np.moveaxis(bright, bench.plane.across, 0)[:-1].sum(axis=(1, 2))
    at = list(bench.middle)
    at[bench.plane.across] = int(np.flatnonzero(counts)[0])
    bench.keys(str(OTHER))
    bench.look_at((at[0], at[1], at[2]))
    bench.operate("threshold", preview=True)
    bench.paint(nt.on_slice(bench.volume, bench.plane, at[bench.plane.across]) & bright, OTHER)


def copy_mirror_and_subtract(bench: Bench) -> None:
    at = bench.page.evaluate("window.__radicula.cursor()")[bench.plane.across]
    bench.keys("Shift+D")
    source, target = (np.moveaxis(bench.expected, bench.plane.across, 0)[n] for n in (at, at + 1))
    target[(source == OTHER) & (target == 0)] = OTHER
    bench.check("copied to the next slice")
    bench.operate("mirror")
    axis = nt.Plane.of("sagittal", bench.affine).across
    bench.paint(np.flip(bench.expected == OTHER, axis) & (bench.expected == 0), OTHER)
    bench.check("mirrored")
    mm = f"{1.6 * bench.volume.spacing_mm.min():.2f}"
    bench.operate("combine", {"Distance (mm)": mm}, choose={"How": "subtract", "Other label": str(MAIN)})
    bench.paint((bench.expected == OTHER) & nt.dilated(bench.expected == MAIN, bench.volume, float(mm)), 0)


def propagation(bench: Bench) -> None:
    """A disc is carried to the next slice: shown first, dropped by Escape, written by Enter."""
    bench.keys(str(MAIN), "b", "Shift+S")
    last = bench.volume.image.shape[bench.plane.across] - 1
    start = bench.at(4, 5, -1 if bench.middle[bench.plane.across] == last else 0)
    way = bench.stroke(start, (RIGHT, 2))
    bench.paint(under(bench, way, 3, "disc", "voxels", solid=False) & (bench.expected == 0))
    bench.check("a disc to carry on")
    at = start[bench.plane.across]
    carried = nt.propagated(bench.expected, MAIN, bench.plane, bench.volume, at, at + 1) & (bench.expected == 0)
    done, sliced = bench.steps(), f"window.__radicula.cursor()[{bench.plane.across}]"
    # Where the next slice of a real image has the shape already, there is nothing to be asked.
    for answer, steps in (("Escape", done), ("Enter", done + 1)) if carried.any() else ():
        bench.keys("Control+g")
        wait_until(bench.page, f"{sliced} === {at + 1}")
        np.testing.assert_array_equal(bench.shown(), bench.expected)
        bench.keys(answer)
        assert bench.steps() == steps
        wait_until(bench.page, f"{sliced} === {at if answer == 'Escape' else at + 1}")
    bench.paint(carried)
    bench.check("carried to the next slice")
    bench.keys("Shift+S", str(OTHER))


def keep_largest(bench: Bench) -> None:
    bench.operate("keepLargest", choose={"The others become": "0"})
    parts, sizes = nt.components(bench.expected == OTHER, nt.CORNERS)
    bench.paint((parts > 0) & (parts != 1 + np.argmax(sizes)), 0)


def seeds(bench: Bench) -> None:
    bench.operate("growSeeds", {"No further than (mm beyond the seeds)": "2"}, preview=True)
    labels = [value for value in LABELS if (bench.expected == value).any()]
    grown, ties = nt.grown_from_seeds(bench.expected, bench.volume, labels, bench.window_width(), 0.02, 2.0)
    shown = bench.shown()
    # Of two ways that cost the same either may win by the last digit of a sum.
    assert np.isin(shown[ties], labels).all()
    assert ties.sum() <= 0.02 * (grown > 0).sum()
    bench.expected = np.where(ties, shown, grown)


def split(bench: Bench) -> None:
    """The larger components of the first label become the labels of the protocol from it on, from head to foot."""
    bench.keys(str(MAIN), "p")
    for size in (2, 1):
        corner = empty_square(bench, size)
        for voxel in bench.stroke(corner, (RIGHT, size - 1)):
            bench.put(voxel)
    parts, sizes = nt.components(bench.expected == MAIN, nt.CORNERS)
    least = np.sort(sizes)[-3:].min()
    mm3 = (least - 0.5) * np.prod(bench.volume.spacing_mm)
    bench.operate("split", {"Smaller than (mm³)": f"{mm3:.2f}"})
    axial = nt.Plane.of("axial", bench.affine).across
    head = 1 if nib.aff2axcodes(bench.affine)[axial] == "S" else -1
    centres = {int(n): float(np.mean(np.nonzero(parts == n)[axial])) for n in 1 + np.flatnonzero(sizes >= least)}
    ranked = sorted(centres, key=lambda n: (-head * centres[n], n))
    for value, part in zip(LABELS, ranked, strict=False):
        bench.paint(parts == part, value)


OPERATIONS: tuple[Step, ...] = (
    margins,
    smoothing,
    interpolation,
    holes_and_small_islands,
    threshold_of_a_slice,
    copy_mirror_and_subtract,
    propagation,
    keep_largest,
    split,
    seeds,
)

STEPS = (*PAINTING, *SHAPES, *OPERATIONS)
