"""Published figures stand beside numbers of the same definition, or beside the reason why there is none."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from measures.result import Measure
from protocols.loader import load
from results.document import CaseFacts, DocumentInputs, VolumeFound, analysis_document
from results.measurements import Measurement, measurement_list, registered
from results.parameters import Parameters
from results.readers import Reader, ReaderType
from results.statistics.published import kinds_asked
from results.volume_reading import LabelFacts

ADA, MODEL = Reader(ReaderType.RATER, "ada"), Reader(ReaderType.MODEL, "m1")
VOLUMES = 8


def document(protocol: str, parameters: Parameters, labels: dict[int, str], values: np.ndarray) -> dict[str, Any]:
    """Volumes with a row per label (Dice 0.5, 0.51, ...) and the values of one measurement, (volume, reader, label)."""
    (name,) = parameters.measurements
    volumes = tuple(
        VolumeFound(
            CaseFacts(f"c{n}", f"sub-{n}", str(n), "", {"site": "AB"[n % 2]}), f"v{n}", f"sub-{n}_img", (1.0, 1.0, 1.0),
            [
                {"pair": 0, "reader_a": 0, "reader_b": 1, "label": label, "dice": 0.5 + n / 100, "undefined": {}}
                for label in labels
                if parameters.pairs()
            ],
            [
                {"reader": r, "label": label, "values": {name: values[n, r, i]}, "undefined": {}}
                for r in range(len(parameters.readers))
                for i, label in enumerate(labels)
            ],
            [],
        )
        for n in range(VOLUMES)
    )  # fmt: skip
    facts = tuple(LabelFacts(value, title) for value, title in labels.items())
    figures = tuple(load(protocol).to_json()["published"])
    titles = tuple(one.name for one in parameters.readers)
    given = DocumentInputs({"slug": "s"}, "0", titles, facts, volumes, (), (), figures)
    return analysis_document(given, parameters).document


def measured(name: str, unit: str = "") -> Measurement:
    return Measurement(name, name, unit, True, False, lambda measured: {v: Measure(1.0) for v in measured.labels})


def named(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in found["published"] if one["name"] == name)


@pytest.fixture
def values() -> np.ndarray:
    rng = np.random.default_rng(5)
    return 1 + rng.normal(0, 0.2, (VOLUMES, 1, 1)) + rng.normal(0, 0.05, (VOLUMES, 2, 2))


def test_a_model_against_manual_has_the_dice_and_the_index_error_of_each_region(values: np.ndarray) -> None:
    parameters = Parameters(
        "human_model", (ADA, MODEL), metrics=("dice",), measurements=("region-diffusion.FA_mean",), resamples=100
    )
    labels = {1: "Lateral column left", 2: "Dorsal column left"}
    known = {one.name for one in measurement_list()}
    with nullcontext() if parameters.measurements[0] in known else registered(measured(parameters.measurements[0])):
        found = document("cord-dti", parameters, labels, values)
    figure = named(found, "FA index error, lateral column left")
    (ours,) = figure["ours"]
    p, r = values[:, 1, 0], values[:, 0, 0]
    assert figure["value"] == 5.32
    assert ours["title"] == "ada – m1"
    assert ours["value"] == pytest.approx(100 * np.mean(np.abs(p - r) / r))
    missing = named(found, "FA index error, ventral column left")
    assert (missing["ours"], missing["undefined"]) == ([], "it was not measured here")
    whole = document("rootlets", replace(parameters, measurements=("volume_mm3",)), {2: "C2", 3: "C3"}, values)
    (ours,) = named(whole, "Dice")["ours"]
    assert ours["value"] == pytest.approx(0.5 + np.mean(np.arange(VOLUMES)) / 100)
    assert (ours["n"], ours["sd"] > 0) == (2 * VOLUMES, True)
    assert named(whole, "Dice, round 1")["undefined"] == "told by an analysis of rounds"
    assert named(whole, "CoV, session, at most")["undefined"] == "told by an analysis of variability"


def test_raters_have_the_icc_and_what_label_maps_cannot_tell_says_so(values: np.ndarray) -> None:
    parameters = Parameters(
        "inter_rater", (ADA, Reader(ReaderType.RATER, "ben")), metrics=("dice",), measurements=("volume_mm3",),
        resamples=100,
    )  # fmt: skip
    found = document("dentate-qsm", parameters, {1: "Dentate left", 2: "Dentate right"}, values)
    ours = named(found, "ICC, inter-rater")["ours"]
    entries = found["reliability"]["measurements"]
    assert [one["value"] for one in ours] == [entry["icc"][1]["value"] for entry in entries]
    assert [one["title"] for one in ours] == ["Volume, Dentate left", "Volume, Dentate right"]
    assert named(found, "ICC, intra-rater")["undefined"] == "told by an analysis of repeated reads"
    # Raters are no model: their overlap is not held against a model's.
    assert str(named(found, "Dice, left")["undefined"]).startswith(
        "told by an analysis of models against each other or"
    )
    nerves = document("lumbar-nerve-dti", parameters, {1: "Nerve root"}, values)
    assert named(nerves, "Time per case, manual")["undefined"] == "label maps alone don't tell it"


def test_spread_across_sites_stands_beside_the_published_one(values: np.ndarray) -> None:
    parameters = Parameters(
        "variability", (ADA,), metrics=("dice",), measurements=("volume_mm3",), group_by=("site",), resamples=100
    )
    found = document("rootlets", parameters, {2: "C2", 3: "C3"}, values)
    assert named(found, "CoV, vendor and site, at most")["undefined"] == "it was not measured here"
    extra = measured("level-variability.example", "mm")
    with registered(extra):
        found = document("rootlets", replace(parameters, measurements=(extra.name,)), {2: "C2", 3: "C3"}, values)
    (ours,) = named(found, "CoV, vendor and site, at most")["ours"]
    means = np.array([values[n::2, 0].mean(axis=0) for n in (0, 1)])
    assert ours["value"] == pytest.approx(np.mean(100 * means.std(axis=0, ddof=1) / means.mean(axis=0)))
    assert named(found, "CoV, session, at most")["ours"] == []


def test_the_statistics_of_a_protocol_ask_for_kinds_in_their_order() -> None:
    asked = {name: kinds_asked(load(name).statistics) for name in ("rootlets", "dentate-qsm", "lumbar-morphometry")}
    assert asked["rootlets"] == ["inter_rater", "intra_rater", "variability", "rounds", "model_model"]
    assert asked["dentate-qsm"][:2] == ["intra_rater", "inter_rater"]
    assert "external" in asked["dentate-qsm"]
    assert "human_model" in asked["lumbar-morphometry"]
    assert kinds_asked(("timing", "rating")) == []
