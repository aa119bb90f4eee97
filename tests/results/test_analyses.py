"""Analyses from the request to the CSV, on real PostgreSQL; the worker's function is called in this process."""

import csv
import io

import numpy as np
import pytest
from rest_framework.test import APIClient

from access.errors import InvalidInput, NotFound
from access.models import User
from annotation.models import TaskState, TaskVolume
from jobs.models import Job, JobState
from results.readers import Reader, ReaderType
from results.selectors.analyses import outdated_cases, parameters_of
from results.selectors.readings import gather
from results.services.computing import volumes_left
from results.services.starting import analysis_rerun
from results.services.summing import parts_left, parts_prepare, summing_of
from results.tasks import help_with_analysis
from tests.factories.labels import make_proposal
from tests.results.readings import Readings, compute, put, rater, rows_of, start, voxels_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def readings() -> Readings:
    return Readings()


def test_the_rows_are_the_dice_of_the_voxels_they_name(readings: Readings) -> None:
    analysis = compute(start(readings.study, readings.lead))
    rows = rows_of(analysis)
    assert [row["case"]["name"] for row in rows] == ["sub-01", "sub-02"]
    assert [row["number"] for row in rows] == [0, 1]
    for row in rows:
        a, b = voxels_of(row["version_a"]) == 1, voxels_of(row["version_b"]) == 1
        assert row["dice"] == pytest.approx(2 * (a & b).sum() / (a.sum() + b.sum()), abs=1e-12)
    dice = [row["dice"] for row in rows]
    assert analysis.summary["1"]["dice"]["mean"] == pytest.approx(np.mean(dice), abs=1e-12)
    assert analysis.summary["1"]["dice"]["sd"] == pytest.approx(np.std(dice, ddof=1), abs=1e-12)
    (left_out,) = analysis.excluded
    assert (left_out["case"], left_out["reader"]) == ("sub-03", "ben")
    assert left_out["reason"] == "ben has not handed in a reading of it"


def test_the_same_inputs_give_the_same_bytes(readings: Readings) -> None:
    first, second = (compute(start(readings.study, readings.lead)) for _ in range(2))
    assert first.document_id == second.document_id
    again = compute(analysis_rerun(analysis=first, by=readings.lead))
    assert again.document_id == first.document_id
    assert again.rerun_of == first


def test_it_computes_on_the_versions_of_its_start_and_says_which_cases_have_newer_ones(readings: Readings) -> None:
    analysis = start(readings.study, readings.lead)
    assert outdated_cases(analysis) == []
    working = TaskVolume.objects.get(task__rater__name="ben", volume=readings.volumes[0])
    before = str(working.submitted_id)
    put(working, np.roll(voxels_of(before), 1, axis=0))
    (outdated,) = outdated_cases(analysis)
    assert (outdated["case"], outdated["reason"]) == ("sub-01", "a newer label version by ben")
    compute(analysis)
    assert rows_of(analysis)[0]["version_b"] == before
    newer = compute(analysis_rerun(analysis=analysis, by=readings.lead))
    assert outdated_cases(newer) == []
    assert rows_of(newer)[0]["version_b"] == str(working.submitted_id)
    assert newer.document_id != analysis.document_id


def test_a_models_proposals_are_read_as_they_were_made(readings: Readings) -> None:
    proposal = make_proposal(readings.volumes[0])
    model = Reader(ReaderType.MODEL, str(proposal.model_version))
    analysis = start(readings.study, readings.lead, rater("ada"), model, kind="human_model")
    gathered = gather(readings.study, parameters_of(analysis))
    assert [one.versions[1] for one in gathered.volumes] == [proposal]
    assert len(gathered.excluded) == 2
    assert analysis.title == "ada against cord v1 (unet3d)"


def test_what_cannot_be_compared_is_refused_with_its_reason(readings: Readings) -> None:
    study, lead = readings.study, readings.lead
    with pytest.raises(InvalidInput, match="ada was named twice"):
        start(study, lead, rater("ada"), rater("ada"))
    with pytest.raises(InvalidInput, match="one read of each rater"):
        start(study, lead, rater("ada"), rater("ada", 2))
    with pytest.raises(NotFound, match="has no rater 'nobody'; there are: ada, ben"):
        start(study, lead, rater("ada"), rater("nobody"))
    with pytest.raises(InvalidInput, match="no volume in common"):
        start(study, lead, rater("ada"), rater("ada", 2), kind="intra_rater")
    with pytest.raises(InvalidInput, match="two reads of the same rater"):
        start(study, lead, kind="intra_rater")
    with pytest.raises(InvalidInput, match="at least two model versions"):
        start(study, lead, kind="model_model")
    with pytest.raises(InvalidInput, match="The protocol has the labels"):
        start(study, lead, labels=[77])
    with pytest.raises(InvalidInput, match="The study has no measurement 'height'"):
        start(study, lead, measurements=["height"])
    assert not Job.objects.exists()


def test_a_returned_reading_does_not_count(readings: Readings) -> None:
    analysis = start(readings.study, readings.lead)
    task = readings.volumes[0].case.tasks.get(rater__name="ben")
    task.state = TaskState.RETURNED
    task.save()
    assert len(gather(readings.study, parameters_of(analysis)).volumes) == 1
    reasons = {(one["case"], one["reason"]) for one in outdated_cases(analysis)}
    assert ("sub-01", "a reading was withdrawn by ben") in reasons


def client_of(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_the_csv_holds_the_numbers_of_the_api(readings: Readings) -> None:
    analysis = compute(start(readings.study, readings.lead))
    client = client_of(readings.lead)
    rows = client.get(f"/api/v1/analyses/{analysis.pk}/rows").json()["results"]
    answer = client.get(f"/api/v1/analyses/{analysis.pk}/csv")
    assert answer["Content-Type"].startswith("text/csv")
    table = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [float(line["dice"]) for line in table] == [row["dice"] for row in rows]
    assert [float(line["hd95_mm"]) for line in table] == [row["hd95_mm"] for row in rows]
    assert [line["version_a"] for line in table] == [row["version_a"] for row in rows]
    assert {line["reader_a"] for line in table} == {"ada"}
    readings_table = client.get(f"/api/v1/analyses/{analysis.pk}/csv?of=readings").content.decode()
    lines = list(csv.DictReader(io.StringIO(readings_table)))
    stored = client.get(f"/api/v1/analyses/{analysis.pk}/readings").json()["results"]
    assert [float(line["volume_mm3"]) for line in lines] == [one["values"]["volume_mm3"] for one in stored]


def test_an_annotator_gets_no_analysis(readings: Readings) -> None:
    analysis = compute(start(readings.study, readings.lead))
    client = client_of(readings.ada)
    for part in ("", "/csv", "/document", "/rows", "/rows/0", "/rows/0/disagreement", "/rows/0/consensus", "/readings"):
        assert client.get(f"/api/v1/analyses/{analysis.pk}{part}").status_code == 404, part
    assert client.post(f"/api/v1/analyses/{analysis.pk}/rerun").status_code == 404
    assert client.get(f"/api/v1/studies/{readings.study.slug}/analyses").status_code == 403
    assert client.get(f"/api/v1/studies/{readings.study.slug}/analysis-options").status_code == 403


def test_workers_that_help_share_volumes_and_statistics_and_the_bytes_stay_the_same(readings: Readings) -> None:
    alone = compute(start(readings.study, readings.lead, group_by=["site"]))
    shared = start(readings.study, readings.lead, group_by=["site"])
    jobs = Job.objects.filter(pk=shared.job_id)
    jobs.update(state=JobState.RUNNING)
    help_with_analysis(str(shared.pk))
    assert volumes_left(shared) == (2, 2)
    parts_prepare(summing=summing_of(shared))
    _, parts = parts_left(shared)
    assert parts > 3
    help_with_analysis(str(shared.pk))
    assert parts_left(shared) == (parts, parts)
    jobs.update(state=JobState.QUEUED)
    assert compute(shared).document_id == alone.document_id
    assert parts_left(shared) == (0, 0)
    # A message that comes when the job has ended finds nothing to do.
    help_with_analysis(str(shared.pk))
    assert parts_left(shared) == (0, 0)
