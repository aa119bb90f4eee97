"""`python -m tests.example_report`: write the example report in docs/examples from the phantom study."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from results.readers import Reader, ReaderType
from results.reporting.mosaic import Reading, mosaic
from results.reporting.overlap import worst_rows
from results.reporting.report import report_files
from results.reporting.source import CasePicture, ReportSource
from tests.results.phantom_study import GRID, LABELS, RATERS, SHAPE, phantom_maps, phantom_study

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "examples"
PICTURES = 4


def main() -> None:
    """Make the study, draw its worst cases, and keep the page and the PDF."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    source = phantom_study(resamples=2000)
    files = report_files(replace(source, pictures=_pictures(source)))
    for name in ("report.html", "report.pdf"):
        (FOLDER / f"dentate-phantoms-{name}").write_bytes(files[name])


def _pictures(source: ReportSource) -> tuple[CasePicture, ...]:
    maps = phantom_maps(tuple(Reader(ReaderType.RATER, name) for name in RATERS), len(source.document["cases"]))
    places = {one["volume"]: n for n, one in enumerate(source.document["cases"])}
    worst = list(dict.fromkeys(row["volume"] for row in worst_rows(source.rows, most=len(source.rows))))[:PICTURES]
    found = []
    for volume in worst:
        n = places[volume]
        readings = [Reading(RATERS[i], i, one.voxels) for i, one in maps[n].items()]
        noise = np.random.default_rng(n).normal(60, 12, SHAPE)
        image = noise + 50.0 * np.mean([one.voxels > 0 for one in readings], axis=0)
        made = mosaic(image, GRID, readings, {one.value: one.name for one in LABELS}, (20.0, 160.0))
        name = source.document["cases"][n]["volume_name"]
        text = f"{name}: each label in the slice where it is largest, with the outline of every reader."
        found.append(CasePicture(volume, text, f"{name}. {made.text}", made.png, made.size))
    return tuple(found)


if __name__ == "__main__":
    main()
