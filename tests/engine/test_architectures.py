"""Several architectures on one split: queued as a group, compared on the same cases, one that fails with its reason."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from access.errors import Conflict, InvalidInput
from jobs.models import Job, JobState
from models_app.architecture_table import Candidate, architecture_table
from models_app.models import ArchitectureComparison, Split, TrainingCase
from models_app.score_table import ScoreRow
from models_app.serializers.architectures import comparison_json
from models_app.services.architectures import comparison_cancel, comparison_start
from tests.engine.cohort import Cohort

pytestmark = pytest.mark.django_db
SMALL = {"architecture": "unet3d-small", "channels": [4, 8]}


def row(subject: str, dice: float | None) -> ScoreRow:
    kept = {"dice": dice, "undefined": {} if dice is not None else {"dice": "both are empty"}}
    return ScoreRow(
        subject, subject, subject, subject, f"sub-{subject}", f"sub-{subject}_T2w", subject, "", {"1": kept}, 0
    )


def candidate(name: str, dice: dict[str, float | None]) -> Candidate:
    return Candidate(name, name.upper(), tuple(row(subject, value) for subject, value in dice.items()))


def test_the_best_is_marked_and_each_two_are_tested_on_the_same_cases() -> None:
    base = {f"{n:02}": 0.6 + 0.03 * n for n in range(8)}
    better = {subject: value + 0.05 + 0.002 * int(subject) for subject, value in base.items()}
    much = {**{subject: value + 0.1 + 0.001 * int(subject) for subject, value in base.items()}, "99": 0.99}
    table = architecture_table(
        [candidate("a", base), candidate("b", better), candidate("none", {}), candidate("c", much)]
    )
    assert table["cases"] == [f"sub-{n:02}" for n in range(8)]  # sub-99 was scored by one of them alone
    rows = {one["name"]: one for one in table["rows"]}
    assert [name for name, one in rows.items() if one["best"]] == ["c"]
    assert rows["none"]["overall"] is None
    assert rows["a"]["overall"]["mean"] == pytest.approx(0.705)
    low, high = rows["a"]["overall"]["ci"]
    assert low < 0.705 < high
    pairs = {(one["first"], one["second"]): one for one in table["pairs"]}
    assert set(pairs) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert pairs["a", "b"]["difference"]["value"] == pytest.approx(-0.057)
    # Eight subjects, all of one sign: 2 / 2^8; Holm over three tests.
    assert pairs["a", "b"]["p"] == pytest.approx(2 / 2**8)
    assert pairs["a", "b"]["holm_p"] == pytest.approx(3 * 2 / 2**8)


def test_one_alone_is_not_the_best() -> None:
    (only,) = architecture_table([candidate("a", {"01": 0.8})])["rows"]
    assert not only["best"]


@pytest.fixture
def cohort() -> Cohort:
    made = Cohort()
    for label in ("01", "02", "03", "04", "05"):
        made.accept(label)
    made.hold_out("04", "05")
    base = {**made.study.protocol["models"][0], **SMALL, "default": False}
    made.study.protocol["models"] = [
        {**base, "name": "first", "title": "First", "default": True},
        {**base, "name": "second", "title": "Second"},
        {**base, "name": "with-t1w", "title": "With T1w", "inputs": ["T2w", "T1w"]},
    ]
    made.study.save()
    return made


def finish(comparison: ArchitectureComparison, dice: dict[str, tuple[float, float]]) -> None:
    """What trainings would leave behind."""
    for one in comparison.candidates.exclude(run=None):
        assert one.run is not None
        Job.objects.filter(pk=one.run.job_id).update(state=JobState.DONE, progress=1.0)
        cases = TrainingCase.objects.filter(run=one.run, split=Split.TEST).order_by("subject__label")
        for case, value in zip(cases, dice[one.name], strict=True):
            case.scores = {"1": {"dice": value, "undefined": None}}
            case.save()


def test_candidates_share_a_split_and_one_that_fails_is_a_row_with_its_reason(cohort: Cohort) -> None:
    comparison = comparison_start(study=cohort.study, by=cohort.emil, seed=3)
    runs = [one.run for one in comparison.candidates.all() if one.run is not None]
    assert len(runs) == 2
    first, second = (
        {(case.subject.label, case.split, case.label_version_id) for case in run.cases.all()} for run in runs
    )
    assert first == second
    told = comparison_json(comparison)
    assert told["state"] == "running"
    assert [one["state"] for one in told["candidates"]] == ["queued", "queued", "failed"]
    assert "T1w" in told["candidates"][2]["reason"]
    with pytest.raises(Conflict, match="under way"):
        comparison_start(study=cohort.study, by=cohort.emil)
    finish(comparison, {"first": (0.8, 0.7), "second": (0.85, 0.8)})
    told = comparison_json(ArchitectureComparison.objects.get(pk=comparison.pk))
    assert (told["state"], told["progress"]) == ("done", 1.0)
    assert told["cases"] == ["sub-04", "sub-05"]
    assert [one["best"] for one in told["candidates"]] == [False, True, False]
    (pair,) = told["pairs"]
    assert pair["difference"] == pytest.approx(-0.075)


def test_a_comparison_is_cancelled_as_a_whole(cohort: Cohort) -> None:
    comparison = comparison_start(study=cohort.study, by=cohort.emil, models=["first", "second"], folds=3)
    assert len(comparison.split["folds"]) == 3
    assert comparison_cancel(comparison=comparison, by=cohort.emil) == 2
    told = comparison_json(ArchitectureComparison.objects.get(pk=comparison.pk))
    assert told["state"] == "done"
    assert {one["reason"] for one in told["candidates"]} == {"its training was cancelled"}
    with pytest.raises(Conflict, match="nothing to cancel"):
        comparison_cancel(comparison=comparison, by=cohort.emil)


def test_what_cannot_be_compared_is_refused_by_name(cohort: Cohort) -> None:
    with pytest.raises(InvalidInput, match="no candidate third; it has first, second"):
        comparison_start(study=cohort.study, by=None, models=["first", "third"])
    with pytest.raises(InvalidInput, match="two candidates or more"):
        comparison_start(study=cohort.study, by=None, models=["first"])
    with pytest.raises(Conflict, match="None of the candidates"):
        comparison_start(study=cohort.study, by=None, folds=9)
    assert not ArchitectureComparison.objects.exists()


@pytest.mark.slow
def test_the_command_trains_and_prints_the_table(cohort: Cohort) -> None:
    cohort.study.protocol["models"] = cohort.study.protocol["models"][:2]
    cohort.study.save()
    out = StringIO()
    call_command("compare_architectures", study=cohort.study.slug, epochs=1, json=True, stdout=out, stderr=StringIO())
    told: dict[str, Any] = json.loads(out.getvalue())
    assert told["state"] == "done"
    assert [one["state"] for one in told["candidates"]] == ["done", "done"]
    # The same network from the same seed on the same subjects: the same numbers, and no p.
    first, second = told["candidates"]
    assert first["overall"] == second["overall"]
    assert first["best"]
    assert second["best"]
    assert told["pairs"][0]["difference"] == 0.0
    assert told["pairs"][0]["p"] is None
