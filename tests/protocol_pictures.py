"""`python -m tests.protocol_pictures`: draw the small picture of each protocol from its phantom, and all in one."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from measures.clinical.slices import rpi_order
from mri.phantom.case import PhantomImage
from mri.phantom.makers import MAKERS
from protocols import loader

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "frontend" / "public" / "protocols"
SHEET = ROOT / "docs" / "images" / "phantoms.webp"
COLUMNS = 3
SIZE = (224, 168)
SEED = 3
MARGIN_MM = 14.0
OPACITY = 0.75


def main() -> None:
    """Draw all of them; the same code gives the same picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    pictures = []
    for name, maker in MAKERS.items():
        case = maker.make(SEED, maker.scan)
        shown = max(
            (one for one in case.images if one.labels is not None), key=lambda one: np.count_nonzero(one.labels)
        )
        colours = {label.value: label.colour for label in loader.load(name).labels}
        pictures.append(draw(shown, colours))
        pictures[-1].save(FOLDER / f"{name}.webp", quality=80)
    sheet = Image.new("RGB", (COLUMNS * SIZE[0], -(-len(pictures) // COLUMNS) * SIZE[1]))
    for place, picture in enumerate(pictures):
        sheet.paste(picture, (place % COLUMNS * SIZE[0], place // COLUMNS * SIZE[1]))
    sheet.save(SHEET, quality=85)


def draw(shown: PhantomImage, colours: dict[int, str]) -> Image.Image:
    """The slice with the most labels, cut to what is labelled, patient's right on the left."""
    order = rpi_order(shown.grid)
    voxels = shown.voxels if shown.voxels.ndim == 3 else shown.voxels[..., 0]
    image, labels = order.apply(voxels).astype(np.float64), order.apply(shown.labels.voxels)
    spacing = order.spacing_mm
    axis = int(np.argmax(spacing)) if spacing.max() > 1.5 * spacing.min() else best_axis(labels)
    at = int(np.argmax([len(np.unique(part)) * 1e6 + np.count_nonzero(part) for part in np.moveaxis(labels, axis, 0)]))
    grey, drawn = (np.take(array, at, axis=axis) for array in (image, labels))
    rows, columns = (int(one) for one in (1, 0))
    plane = [spacing[a] for a in range(3) if a != axis]
    grey, drawn = grey.T[::-1], drawn.T[::-1]
    low, high = np.percentile(grey, (2, 99))
    rgb = np.repeat(np.clip((grey - low) / max(high - low, 1e-9), 0, 1)[..., None], 3, axis=2)
    for value, colour in colours.items():
        tint = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        where = drawn == value
        rgb[where] = (1 - OPACITY) * rgb[where] + OPACITY * tint
    box = cut(drawn > 0, (plane[rows], plane[columns]))
    picture = Image.fromarray(np.rint(rgb[box] * 255).astype(np.uint8))
    height, width = picture.size[1] * plane[rows], picture.size[0] * plane[columns]
    scale = max(SIZE[0] / width, SIZE[1] / height)
    picture = picture.resize((round(width * scale), round(height * scale)), Image.Resampling.LANCZOS)
    left, top = (picture.size[0] - SIZE[0]) // 2, (picture.size[1] - SIZE[1]) // 2
    return picture.crop((left, top, left + SIZE[0], top + SIZE[1]))


def best_axis(labels: NDArray[Any]) -> int:
    """Across which a single slice shows the most of what is labelled."""
    return int(np.argmax([max(np.count_nonzero(part) for part in np.moveaxis(labels, a, 0)) for a in range(3)]))


def cut(mask: NDArray[np.bool_], spacing: tuple[float, float]) -> tuple[slice, slice]:
    """The rows and columns around a mask, in the proportions of the picture where the image allows."""
    rows, columns = (np.flatnonzero(mask.any(axis=a)) for a in (1, 0))
    half = [(r[-1] - r[0] + 1) * s / 2 + MARGIN_MM for r, s in ((rows, spacing[0]), (columns, spacing[1]))]
    half = [max(half[0], half[1] * SIZE[1] / SIZE[0]), max(half[1], half[0] * SIZE[0] / SIZE[1])]
    parts = []
    for found, reach, step, size in zip((rows, columns), half, spacing, mask.shape, strict=True):
        middle = (found[0] + found[-1]) / 2
        parts.append(slice(max(0, int(middle - reach / step)), min(size, int(middle + reach / step) + 1)))
    return parts[0], parts[1]


if __name__ == "__main__":
    main()
