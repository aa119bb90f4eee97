"""The statistics of a document, without a database: a study of which the reliability is known by construction."""

from dataclasses import replace

import numpy as np
import pytest

from measures.icc import icc
from measures.ratings import RatingTable
from measures.result import Measure
from mri.geometry import Grid
from mri.labels import LabelMap
from results.canonical import canonical_json
from results.document import CaseFacts, DocumentInputs, VolumeFound, analysis_document
from results.measurements import MeasuredMap, Measurement, registered
from results.parameters import Parameters
from results.readers import Reader, ReaderType
from results.volume_reading import GridsDiffer, LabelFacts, read_volume

SUBJECTS, RATERS, READS = 30, 3, 2
SD_SUBJECT, SD_RATER, SD_ERROR = 40.0, 8.0, 15.0
TRUE_ICC = SD_SUBJECT**2 / (SD_SUBJECT**2 + SD_RATER**2 + SD_ERROR**2)
LABEL = LabelFacts(1, "spinal cord")


def study(kind: str, readers: tuple[Reader, ...], seed: int = 3) -> tuple[DocumentInputs, Parameters, np.ndarray]:
    """Volumes of a structure: subject + rater + error, each normal with its own SD, read by 3 raters twice."""
    rng = np.random.default_rng(seed)
    truth = 1000 + rng.normal(0, SD_SUBJECT, SUBJECTS)[:, None, None]
    by_rater = rng.normal(0, SD_RATER, RATERS)[None, :, None]
    values = truth + by_rater + rng.normal(0, SD_ERROR, (SUBJECTS, RATERS, READS))
    place = {Reader(ReaderType.RATER, f"r{j}", read + 1): (j, read) for j in range(RATERS) for read in range(READS)}
    volumes = tuple(
        VolumeFound(
            case=CaseFacts(f"id{n}", f"sub-{n:02}", f"{n:02}", "", {"site": "AB"[n % 2]}),
            volume=f"v{n}",
            name=f"sub-{n:02}_T2w",
            spacing_mm=(1.0, 1.0, 1.0),
            rows=[],
            readings=[
                {"reader": i, "label": 1, "values": {"volume_mm3": values[n, *place[reader]]}, "undefined": {}}
                for i, reader in enumerate(readers)
            ],
            overall=[],
        )
        for n in range(SUBJECTS)
    )
    given = DocumentInputs({"slug": "s"}, "0", tuple(r.describe() for r in readers), (LABEL,), volumes, (), ())
    parameters = Parameters(
        kind, readers, measurements=("volume_mm3",), group_by=("site",), resamples=1000, metrics=("dice",)
    )
    return given, parameters, values


def first_reads() -> tuple[Reader, ...]:
    return tuple(Reader(ReaderType.RATER, f"r{j}") for j in range(RATERS))


def test_the_true_icc_lies_in_the_interval_and_the_numbers_are_those_of_measures() -> None:
    given, parameters, values = study("inter_rater", first_reads())
    document = analysis_document(given, parameters).document
    entry = next(one for one in document["reliability"]["measurements"] if one["group"] is None)
    agreement = next(one for one in entry["icc"] if one["type"] == "ICC(A,1)")
    assert agreement["ci95"][0] < TRUE_ICC < agreement["ci95"][1]
    low, high = entry["bootstrap"]["ci"]
    assert low < TRUE_ICC < high
    names = tuple(one.name for one in given.volumes)
    expected = icc(RatingTable(names, ("0", "1", "2"), values[:, :, 0])).form("ICC(A,1)")
    assert agreement["value"] == expected.value
    assert agreement["words"]
    # SEM (agreement) estimates the SD of what is not the subject: raters and error.
    assert entry["sem_agreement"] == pytest.approx(np.hypot(SD_RATER, SD_ERROR), rel=0.35)
    shares = entry["mixed_model"]["shares"]
    assert shares["subject"] == pytest.approx(TRUE_ICC, abs=0.12)
    assert "site" in shares
    pair = entry["pairs"][0]
    assert pair["bland_altman"]["bias"]["value"] == pytest.approx((values[:, 1, 0] - values[:, 0, 0]).mean())
    assert pair["wilcoxon"]["holm_p"] >= pair["wilcoxon"]["p"]
    assert entry["planning"]["subjects"] > 3


def test_repeated_reads_have_one_table_per_rater() -> None:
    readers = tuple(Reader(ReaderType.RATER, f"r{j}", read) for j in range(RATERS) for read in (1, 2))
    given, parameters, _ = study("intra_rater", readers)
    entries = analysis_document(given, parameters).document["reliability"]["measurements"]
    whole = [one for one in entries if one["group"] is None]
    assert [one["readers"] for one in whole] == [[0, 1], [2, 3], [4, 5]]
    true_intra = SD_SUBJECT**2 / (SD_SUBJECT**2 + SD_ERROR**2)
    intervals = [next(f["ci95"] for f in one["icc"] if f["type"] == "ICC(A,1)") for one in whole]
    # Three 95 % intervals: two or three of them hold the truth.
    assert sum(low < true_intra < high for low, high in intervals) >= 2


def test_raters_with_repeated_reads_have_limits_of_single_reads() -> None:
    readers = tuple(Reader(ReaderType.RATER, f"r{j}", read) for j in range(RATERS) for read in (1, 2))
    given, parameters, values = study("intra_rater", readers)
    found = analysis_document(given, parameters).document["reliability"]["between_raters"]
    assert [(one["rater_a"], one["rater_b"]) for one in found] == [("r0", "r1"), ("r0", "r2"), ("r1", "r2")]
    assert [one["readers_b"] for one in found] == [[2, 3], [4, 5], [4, 5]]
    limits = found[0]["limits"]
    assert (limits["truth"], limits["n_subjects"]) == ("constant", SUBJECTS)
    assert limits["bias"]["value"] == pytest.approx((values[:, 1] - values[:, 0]).mean())
    # Bland and Altman 2007: variance of the subjects' means of the difference, and half of each rater's own.
    means = values.mean(axis=2)
    variance = (means[:, 1] - means[:, 0]).var(ddof=1) + values[:, :2].var(axis=2, ddof=1).mean(axis=0).sum() / 2
    assert limits["sd"] == pytest.approx(np.sqrt(variance))
    assert limits["sd"] == pytest.approx(np.sqrt(2) * SD_ERROR, rel=0.25)


def test_subjects_with_several_volumes_have_limits_for_repeated_readings() -> None:
    given, parameters, values = study("inter_rater", first_reads())
    (whole,) = (one for one in reliability_of(given, parameters) if one["group"] is None)
    assert whole["pairs"][0]["bland_altman_repeated"] is None
    volumes = tuple(replace(one, case=replace(one.case, subject=f"{n // 2}")) for n, one in enumerate(given.volumes))
    (whole,) = (one for one in reliability_of(replace(given, volumes=volumes), parameters) if one["group"] is None)
    limits = whole["pairs"][0]["bland_altman_repeated"]
    difference = (values[:, 1, 0] - values[:, 0, 0]).reshape(-1, 2)
    variance = difference.mean(axis=1).var(ddof=1) + difference.var(axis=1, ddof=1).mean() / 2
    assert (limits["n_subjects"], limits["n_readings"]) == (SUBJECTS // 2, SUBJECTS)
    assert limits["sd"] == pytest.approx(np.sqrt(variance))


def reliability_of(given: DocumentInputs, parameters: Parameters) -> list[dict]:
    return analysis_document(given, parameters).document["reliability"]["measurements"]


def test_a_coordinate_has_no_percentage_and_a_volume_has_its_ratio() -> None:
    given, parameters, values = study("inter_rater", first_reads())
    pair = reliability_of(given, parameters)[0]["pairs"][0]
    ratio = np.log(values[:, 1, 0] / values[:, 0, 0])
    assert pair["bland_altman_ratio"]["bias"]["value"] == pytest.approx(np.exp(ratio.mean()))
    assert pair["bland_altman_ratio"]["upper"]["value"] == pytest.approx(
        np.exp(ratio.mean() + 1.96 * ratio.std(ddof=1))
    )
    named = tuple(
        replace(one, readings=[{**r, "values": {"centroid_s_mm": r["values"]["volume_mm3"]}} for r in one.readings])
        for one in given.volumes
    )
    whole, *_ = reliability_of(
        replace(given, volumes=named), replace(parameters, measurements=("centroid_s_mm",), group_by=())
    )
    assert whole["within_cov_percent"] is None
    assert "no zero" in whole["undefined"]["within_cov_percent"]
    assert whole["pairs"][0]["bland_altman_percent"] is whole["pairs"][0]["bland_altman_ratio"] is None
    assert whole["sem_agreement"] is not None


def test_sites_are_told_apart_and_tested() -> None:
    given, parameters, values = study("inter_rater", first_reads())
    document = analysis_document(given, parameters).document
    of_site = [one for one in document["variability"] if one["label"] == 1 and one["reader"] == 0]
    (entry,) = of_site
    means = [values[n::2, 0, 0].mean() for n in (0, 1)]
    assert entry["groups"] == ["A", "B"]
    assert entry["cov_percent"]["mean"] == pytest.approx(100 * np.std(means, ddof=1) / np.mean(means))
    assert entry["tests"][0]["mann_whitney"]["n_first"] == SUBJECTS // 2


def test_the_document_is_json_without_nan_and_the_same_twice() -> None:
    given, parameters, _ = study("inter_rater", first_reads())
    first, second = (canonical_json(analysis_document(given, parameters).document) for _ in range(2))
    assert first == second


def test_the_true_icc_lies_in_the_interval_when_volumes_are_counted_in_label_maps() -> None:
    """The same study drawn: as many voxels of 1 mm3 as the structure has mm3, each rater on a map of their own."""
    given, parameters, values = study("inter_rater", first_reads(), seed=11)
    parameters = replace(parameters, group_by=())
    grid = Grid((12, 12, 12), np.eye(4))
    volumes = []
    for n, one in enumerate(given.volumes):
        maps = {}
        for rater in range(RATERS):
            drawn = np.zeros(grid.size, np.uint8)
            drawn[: round(values[n, rater, 0])] = 1
            maps[rater] = LabelMap(drawn.reshape(grid.shape), grid)
        found = read_volume(maps, parameters, (LABEL,), {})
        volumes.append(replace(one, rows=found.rows, readings=found.readings, overall=found.overall))
    document = analysis_document(replace(given, volumes=tuple(volumes)), parameters).document
    (entry,) = document["reliability"]["measurements"]
    agreement = next(one for one in entry["icc"] if one["type"] == "ICC(A,1)")
    assert agreement["ci95"][0] < TRUE_ICC < agreement["ci95"][1]
    # Nested maps overlap as far as their sizes allow.
    dice = next(one for one in document["agreement"] if one["pair"] == 0 and one["label"] == 1)["metrics"]["dice"]
    sizes = np.rint(values[:, :2, 0])
    assert dice["mean"] == pytest.approx(np.mean(2 * sizes.min(axis=1) / sizes.sum(axis=1)), abs=1e-12)
    assert dice["ci"][0] < dice["mean"] < dice["ci"][1]


def test_grids_that_differ_are_both_named() -> None:
    one, other = Grid((4, 4, 4), np.eye(4)), Grid((4, 4, 4), np.diag([2.0, 1, 1, 1]))
    maps = {0: LabelMap.zeros(one), 1: LabelMap.zeros(other)}
    parameters = Parameters("inter_rater", first_reads()[:2])
    with pytest.raises(GridsDiffer) as refused:
        read_volume(maps, parameters, (LABEL,), {})
    for part in ("r0", "r1", one.describe(), other.describe()):
        assert part in str(refused.value)


def test_a_measurement_registers_by_name_and_is_read_like_the_others() -> None:
    def mean_intensity(measured: MeasuredMap) -> dict[int, Measure]:
        return {v: Measure(float(measured.roles["FA"][measured.voxels == v].mean())) for v in measured.labels}

    extra = Measurement("mean_fa", "Mean FA", "", True, False, mean_intensity, ("FA",))
    grid = Grid((2, 2, 2), np.eye(4))
    labels = LabelMap(np.ones(grid.shape, np.uint8), grid)
    with registered(extra):
        parameters = Parameters("variability", first_reads()[:1], measurements=("mean_fa", "slices"))
        with_image = read_volume({0: labels}, parameters, (LABEL,), {"FA": np.full(grid.shape, 0.25)})
        without = read_volume({0: labels}, parameters, (LABEL,), {})
        with pytest.raises(ValueError, match="already"), registered(extra):
            pass
    assert with_image.readings[0]["values"] == {"mean_fa": 0.25, "slices": 2.0}
    assert without.readings[0]["undefined"] == {"mean_fa": "the case has no FA image"}
