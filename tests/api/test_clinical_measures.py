"""The clinical measures of a study: computed from label maps with their masks and points, kept, outdated, exported."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from django.db import connection
from rest_framework.test import APIClient

from access.models import Role, Study, User
from annotation.models import MarkRevision, Task, Volume
from annotation.services.importing.dataset import import_folder
from annotation.services.labels import proposal_add
from annotation.services.marks import MarkDrawing, mark_save
from clinical.models import StudyMeasure
from clinical.selectors.sources import sources_of as measured_sources
from clinical.services.measuring import lock_of, measures_request
from clinical.tasks import help_with_measures, run_measures
from jobs.models import Job
from measures.marks import MarkKind
from tests.commands.test_measure import cord_with_rootlets
from tests.factories.datasets import write
from tests.factories.images import nifti_bytes
from tests.factories.labels import make_submitted, make_task, make_volume
from tests.factories.people import make_member, make_study, make_user
from tests.results.readings import compute as results_compute
from tests.results.readings import start

pytestmark = pytest.mark.django_db
Client = Callable[[User | None], APIClient]
LABELS = "derivatives/labels/sub-{0}/anat/sub-{0}_T2w"


def rootlet_files(subject: str, *, cord: bool = True, pmj: bool = True, shift: int = 0) -> dict[str, bytes]:
    """A straight cord with rootlets of C3 and C4, drawn by ada, and by ben one slice higher."""
    mask, rootlets, point = cord_with_rootlets()
    affine, stem = np.eye(4), LABELS.format(subject)
    files = {f"sub-{subject}/anat/sub-{subject}_T2w.nii.gz": nifti_bytes((mask * 100).astype("int16"), affine)}
    for name, up in (("ada", shift), ("ben", 1)):
        files[f"{stem}_desc-{name}_label-rootlets_dseg.nii.gz"] = nifti_bytes(np.roll(rootlets, up, axis=2), affine)
    if cord:
        files[f"{stem}_label-SC_seg.nii.gz"] = nifti_bytes(mask, affine)
    if pmj:
        files[f"{stem}_label-PMJ_dlabel.nii.gz"] = nifti_bytes(point, affine)
    return files


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Two subjects read by two raters; the second one has no cord mask."""
    lead = make_user("lena")
    study = make_study(lead, "roots", "rootlets")
    files = rootlet_files("01") | rootlet_files("02", cord=False)
    report = import_folder(study=study, folder=write(tmp_path / "in", files), by=lead, accept_labels=True)
    assert report.counts()["skipped"] == 0, report.to_json()
    return study


def compute(client: APIClient, study: Study, **asked: Any) -> dict[str, int]:
    answer = client.post(f"/api/v1/studies/{study.slug}/measures", asked, format="json")
    assert answer.status_code == 202, answer.json()
    job = Job.objects.get(pk=answer.json()["id"])
    run_measures(str(job.pk))
    job.refresh_from_db()
    assert job.state == "done", job.error
    assert isinstance(job.result, dict)
    return job.result


def values(client: APIClient, study: Study, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(
        f"/api/v1/studies/{study.slug}/measures", {"page_size": 500, **query}
    ).json()["results"]
    return found


def lead_of(study: Study) -> User:
    return study.created_by


def test_masks_and_junctions_become_images_of_the_case(study: Study) -> None:
    roles = Volume.objects.filter(case__subject__label="01").values_list("role", "labelled").order_by("role")
    assert list(roles) == [("T2w", True), ("cord", False), ("pmj", False)]
    assert Task.objects.filter(case__study=study).count() == 4  # a mask is nobody's label map


def test_levels_of_every_rater_and_of_their_consensus(study: Study, as_user: Client) -> None:
    client = as_user(lead_of(study))
    # Two subjects, of each two raters and their consensus.
    assert compute(client, study) == {"computed": 6, "unchanged": 0, "undefined": 3}
    found = values(client, study, quantity="midpoint", variant="2.4 mm", level="C3")
    told = {(one["case"]["name"], one["title"]): one for one in found}
    assert set(told) == {("sub-01", "ada"), ("sub-01", "ben"), ("sub-01", "consensus of 2 raters")}
    # The junction at slice 38; C3 on slices 24 to 28, ben's one higher. A straight cord: distances are differences.
    assert told["sub-01", "ada"]["value"] == pytest.approx(12.0, abs=0.06)
    assert told["sub-01", "ben"]["value"] == pytest.approx(11.0, abs=0.06)
    ada = told["sub-01", "ada"]
    assert (ada["unit"], ada["label"], ada["outdated"], ada["accepted"]) == ("mm", 3, "", True)
    assert ada["task"] == str(Task.objects.get(case__subject__label="01", rater__name="ada").pk)
    consensus = told["sub-01", "consensus of 2 raters"]
    assert consensus["label_version"] is None
    table = client.get(f"/api/v1/measure-tables/{consensus['table']}").json()
    assert len(table["inputs"]["labels"]) == 2
    assert set(table["inputs"]["masks"]) == {"cord", "pmj"}
    assert next(column["name"] for column in table["columns"]) == "spinal_level"

    # The voxels of a number: the rater's own version, or the consensus made again.
    place = client.get(f"/api/v1/measure-tables/{ada['table']}/values/{ada['place']}").json()
    assert place["voxels_url"] == f"/api/v1/label-versions/{ada['label_version']}/voxels"
    where = client.get(f"/api/v1/measure-tables/{consensus['table']}/values/{consensus['place']}").json()
    voxels = np.frombuffer(gzip.decompress(client.get(where["voxels_url"]).content), "<u2")
    # STAPLE of two raters who differ by a slice: both ends are one rater's alone, the four between are both's.
    assert np.count_nonzero(voxels == 3) in (4, 5, 6)

    summary = client.get(f"/api/v1/studies/{study.slug}/measure-summary").json()
    assert (summary["tables"], summary["outdated"], summary["missing"]) == (6, 0, 0)
    assert {one["undefined"] for one in summary["lacking"]} == {"the case lacks cord"}
    assert [measure["name"] for measure in summary["measures"]] == ["spinal-levels"]
    assert [label["name"] for label in summary["labels"]] == ["C3", "C4"]
    # Asked again, nothing is computed twice.
    assert compute(client, study) == {"computed": 0, "unchanged": 6, "undefined": 0}


def test_a_later_version_outdates_what_was_measured(study: Study, as_user: Client, tmp_path: Path) -> None:
    client = as_user(lead_of(study))
    compute(client, study, sources=["rater"])
    folder = write(tmp_path / "later", rootlet_files("01", shift=2))
    import_folder(study=study, folder=folder, by=lead_of(study), accept_labels=True)
    before = values(client, study, quantity="midpoint", level="C4", variant="2.4 mm")
    assert {one["title"]: one["outdated"] for one in before} == {"ada": "a later label version is there", "ben": ""}
    assert compute(client, study, sources=["rater"]) == {"computed": 1, "unchanged": 3, "undefined": 0}
    after = values(client, study, quantity="midpoint", level="C4", variant="2.4 mm", reader="ada")
    assert [(one["outdated"], round(one["value"], 1)) for one in after] == [("", 20.0)]
    # What was measured before stays on record.
    assert StudyMeasure.objects.filter(reader="ada", volume__case__subject__label="01").count() == 2


def test_a_point_of_the_rater_goes_before_the_mask(study: Study, as_user: Client) -> None:
    client, eve = as_user(lead_of(study)), make_user("eve")
    make_member(study, eve, Role.ANNOTATOR)
    volume = Volume.objects.get(case__subject__label="01", role="T2w")
    task = make_task(volume.case, eve)
    drawing = MarkDrawing(volume.pk, MarkKind.POINT, [[7.0, 11.0, 36.0]], name="PMJ")
    mark_save(task=task, by=eve, mark=task.pk, drawing=drawing)
    rootlets = np.roll(cord_with_rootlets()[1], 1, axis=2)
    proposal_add(volume=volume, voxels=rootlets, model_version_id=eve.pk, model_name="rootlets v1", provenance={})
    compute(client, study, sources=["model"])
    (found,) = values(client, study, quantity="midpoint", level="C3", variant="2.4 mm")
    assert found["title"] == "rootlets v1"
    assert found["value"] == pytest.approx(36 - 27, abs=0.06)
    moved = MarkDrawing(volume.pk, MarkKind.POINT, [[7.0, 11.0, 37.0]], name="PMJ")
    mark_save(task=task, by=eve, mark=task.pk, drawing=moved)
    assert MarkRevision.objects.count() == 2
    (found,) = values(client, study, quantity="midpoint", level="C3", variant="2.4 mm")
    assert found["outdated"] == "the point pmj changed"


def test_exports_hold_the_same_numbers_with_their_origin(study: Study, as_user: Client) -> None:
    client = as_user(lead_of(study))
    compute(client, study, sources=["rater"])
    told = values(client, study, level="C3")
    address = f"/api/v1/studies/{study.slug}/measures"
    lines = list(csv.DictReader(io.StringIO(client.get(f"{address}/csv", {"level": "C3"}).content.decode())))
    assert [float(line["value"]) for line in lines] == [one["value"] for one in told]
    assert all(line["label_versions"] == one["label_version"] for line, one in zip(lines, told, strict=True))
    table = pq.read_table(io.BytesIO(client.get(f"{address}/parquet", {"level": "C3"}).content))
    assert table.column("value").to_pylist() == [one["value"] for one in told]
    assert table.column("inputs_sha256").to_pylist() == [line["inputs_sha256"] for line in lines]
    assert json.loads(table.schema.metadata[b"radicula"])["protocol"] == "rootlets"
    assert client.get(f"{address}/xlsx").status_code == 404


def test_single_slices_follow_the_numbers_of_the_case_in_the_files(as_user: Client) -> None:
    lead, ada = make_user("lena"), make_user("ada")
    study = make_study(lead, "regions", "cord-dti")
    make_member(study, ada, Role.ANNOTATOR)
    make_submitted(make_volume(study, role="b0").case, ada)
    make_volume(study, role="FA", seed=1)
    client = as_user(lead)
    compute(client, study, measures=["region-diffusion"])
    address = f"/api/v1/studies/{study.slug}/measures"
    plain = client.get(f"{address}/csv", {"label": 1}).content.decode()
    assert {line["slice"] for line in csv.DictReader(io.StringIO(plain))} == {""}
    lines = list(csv.DictReader(io.StringIO(client.get(f"{address}/csv?slices=true&label=1").content.decode())))
    whole = {line["quantity"]: float(line["value"]) for line in lines if not line["slice"] and line["value"]}
    by_slice: dict[str, dict[str, float]] = {}
    for line in lines:
        if line["slice"] and line["quantity"] in ("voxels", "FA_mean"):
            by_slice.setdefault(line["quantity"], {})[line["slice"]] = float(line["value"])
    voxels = by_slice["voxels"]
    assert len(voxels) > 1
    assert sum(voxels.values()) == whole["voxels"]
    mean = sum(voxels[one] * value for one, value in by_slice["FA_mean"].items()) / whole["voxels"]
    assert mean == pytest.approx(whole["FA_mean"], rel=1e-12)
    undefined = [line for line in lines if line["slice"] and line["quantity"] == "MD_mean"]
    assert {(line["value"], line["undefined"]) for line in undefined} == {("", "no MD map was given")}
    parquet = pq.read_table(io.BytesIO(client.get(f"{address}/parquet?slices=true&label=1").content))
    assert parquet.column("slice").to_pylist() == [int(line["slice"]) if line["slice"] else None for line in lines]


def test_workers_that_help_take_label_maps_that_nobody_is_at(study: Study) -> None:
    job = measures_request(study=study, by=lead_of(study))
    first = measured_sources(study)[0]
    Job.objects.filter(pk=job.pk).update(state="running")
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock_of(first)])
        help_with_measures(str(job.pk))
    assert StudyMeasure.objects.filter(job=job).count() == 5
    assert not StudyMeasure.objects.filter(volume=first.volume, source=first.source, reader=first.reader).exists()
    other.close()
    Job.objects.filter(pk=job.pk).update(state="queued")
    run_measures(str(job.pk))
    job.refresh_from_db()
    assert job.result == {"computed": 6, "unchanged": 0, "undefined": 3}
    # A message that comes when the job has ended finds nothing to do.
    help_with_measures(str(job.pk))


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"measures": ["susceptibility"]}, "measures"),
        ({"options": {"spinal-levels": {"power": 2}}}, "options"),
        ({"options": {"spinal-levels": {"reach": "far"}}}, "options"),
    ],
)
def test_what_cannot_be_measured_is_refused_by_name(
    study: Study, as_user: Client, asked: dict[str, Any], field: str
) -> None:
    answer = as_user(lead_of(study)).post(f"/api/v1/studies/{study.slug}/measures", asked, format="json")
    assert answer.status_code == 400
    assert field in answer.json()["errors"]


def test_a_protocol_without_clinical_measures_says_so(as_user: Client) -> None:
    lead = make_user("lena")
    study = make_study(lead)
    answer = as_user(lead).post(f"/api/v1/studies/{study.slug}/measures", {}, format="json")
    assert answer.status_code == 409
    assert "no clinical measure" in answer.json()["detail"]


def test_an_analysis_runs_on_the_clinical_numbers(study: Study, as_user: Client) -> None:
    client = as_user(lead_of(study))
    measurements = client.get(f"/api/v1/studies/{study.slug}/analysis-options").json()["measurements"]
    clinical = {one["name"]: one for one in measurements if "." in one["name"]}
    assert {name.split(".")[0] for name in clinical} == {"spinal-levels"}
    assert clinical["spinal-levels.midpoint"]["default"]
    compute(client, study, sources=["rater"])
    analysis = results_compute(start(study, lead_of(study), kind="inter_rater", resamples=100))
    readings = client.get(f"/api/v1/analyses/{analysis.pk}/readings?label=3").json()["results"]
    told = {(one["case"]["name"], one["reader"]): one for one in readings}
    kept = values(client, study, quantity="midpoint", level="C3", variant="2.4 mm")
    assert [told["sub-01", n]["values"]["spinal-levels.midpoint"] for n in (0, 1)] == [one["value"] for one in kept]
    assert told["sub-02", 0]["undefined"]["spinal-levels.midpoint"] == "the case lacks cord"
    document = json.loads(gzip.decompress(b"".join(client.get(f"/api/v1/analyses/{analysis.pk}/document"))))
    (found,) = [
        one
        for one in document["reliability"]["measurements"]
        if one["measurement"] == "spinal-levels.midpoint" and one["label"] == 3
    ]
    # Ben's rootlets lie one slice of 1 mm higher.
    assert found["pairs"][0]["bland_altman"]["bias"]["value"] == pytest.approx(-1.0, abs=0.11)


def test_a_number_of_another_protocol_is_no_measurement(study: Study, as_user: Client) -> None:
    answer = as_user(lead_of(study)).post(
        f"/api/v1/studies/{study.slug}/analyses",
        {"kind": "inter_rater", "measurements": ["susceptibility.mean"]},
        format="json",
    )
    assert answer.status_code == 400
    assert "susceptibility.mean" in str(answer.json()["errors"]["measurements"])
