"""Every kind of analysis on label maps whose truth is known, with what a page asks of it over HTTP."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from uuid import uuid4

import nibabel as nib
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from numpy.typing import NDArray
from rest_framework.test import APIClient

from access.errors import InvalidInput
from access.models import Role
from annotation.models import Volume
from annotation.services.importing.external import import_external
from annotation.services.labels import proposal_add
from annotation.services.tasks import task_exclude
from blobs.services import blob_read
from results.models import Analysis, AnalysisVolume
from results.readers import Reader, ReaderType, reader_from_text
from results.selectors.analyses import outdated_cases
from results.services.computing import volume_compute_next
from results.tasks import help_with_analysis, run_external_import
from tests.factories.labels import make_task, make_volume
from tests.factories.people import make_member, make_study, make_user
from tests.results.readings import compute, hand_in, rater, rows_of, start

pytestmark = pytest.mark.django_db

LEVELS = (2, 3, 4, 5)


class Rootlets:
    """Three raters and two models on three volumes: blocks of four levels along the superior axis."""

    def __init__(self) -> None:
        self.lead = make_user("lena")
        self.study = make_study(self.lead, protocol="rootlets")
        self.people = [make_user(name) for name in ("ada", "ben", "cleo")]
        for user in self.people:
            make_member(self.study, user, Role.ANNOTATOR)
        self.volumes = [make_volume(self.study, f"0{n}") for n in (1, 2, 3)]
        for n, volume in enumerate(self.volumes):
            subject = volume.case.subject
            subject.attributes = {"manufacturer": ("north", "south")[n % 2]}
            subject.save()

    def client(self) -> APIClient:
        client = APIClient()
        client.force_authenticate(self.lead)
        return client


@pytest.fixture
def rootlets() -> Rootlets:
    return Rootlets()


def levels(volume: Volume, *, moved: int = 0, renamed: int = 0, wide: int = 2) -> NDArray[np.uint8]:
    """A block per level, one beneath the other along the second axis; moved along the first, numbered as asked."""
    voxels = np.zeros(volume.shape, np.uint8)
    step = volume.shape[1] // len(LEVELS)
    for i, value in enumerate(LEVELS):
        voxels[2 + moved : 2 + moved + wide, i * step : (i + 1) * step, 1:4] = value + renamed
    return voxels


def propose(volume: Volume, model: str, voxels: NDArray[np.uint8]) -> None:
    proposal_add(volume=volume, voxels=voxels, model_version_id=model, model_name=f"m{model[:4]}", provenance={})


def document_of(analysis: Analysis) -> dict:
    assert analysis.document_id is not None
    return json.loads(gzip.decompress(blob_read(analysis.document_id)))


def test_three_raters_and_the_consensus_of_the_others(rootlets: Rootlets) -> None:
    for volume in rootlets.volumes:
        for n, user in enumerate(rootlets.people):
            hand_in(volume, user, levels(volume, moved=n % 2))
    analysis = compute(start(rootlets.study, rootlets.lead, group_by=["vendor", "level"]))
    document = document_of(analysis)
    assert [(p["reader_a"], p["reader_b"]) for p in document["pairs"]] == [
        (0, 1), (0, 2), (1, 2), (None, 0), (None, 1), (None, 2),
    ]  # fmt: skip
    rows = rows_of(analysis)
    # ada and cleo drew the same; ben is one voxel off a block two voxels wide.
    assert {row["dice"] for row in rows if row["pair"] == 1} == {1.0}
    assert {row["dice"] for row in rows if row["pair"] == 0} == {0.5}
    assert all(row["version_a"] is None for row in rows if row["reader_a"] is None)
    assert {row["dice"] for row in rows if row["pair"] == 4} == {0.5}
    vendors = {
        one["group"]["value"] for one in document["agreement"] if one["group"] and one["group"]["by"] == "vendor"
    }
    assert vendors == {"north", "south"}
    of_level = [one for one in document["agreement"] if one["group"] == {"by": "level", "value": "C3"}]
    assert of_level[0]["metrics"]["dice"]["n"] == 9
    assert document["rows"]["count"] == len(rows) == 3 * 6 * 4
    presence = document["reliability"]["presence"][0]
    assert presence["found_by_all"] == presence["targets"] == 3


def test_a_shifted_numbering_and_a_missing_level_are_said_in_words(rootlets: Rootlets) -> None:
    volume = rootlets.volumes[0]
    hand_in(volume, rootlets.people[0], levels(volume))
    hand_in(volume, rootlets.people[1], levels(volume, renamed=1))
    document = document_of(compute(start(rootlets.study, rootlets.lead, rater("ada"), rater("ben"))))
    shift, *rest = document["findings"]
    assert (shift["type"], shift["shift"], shift["dice_shifted"]) == ("level_shift", -1, 1.0)
    assert "ben seems to number the levels 1 level higher than ada" in shift["text"]
    assert "without regard to levels the Dice is 1.00" in shift["text"]
    assert [(one["type"], one["labels"]) for one in rest] == [("missing_label", [2]), ("missing_label", [6])]


def test_repeated_reads_are_compared_with_each_other_alone(rootlets: Rootlets) -> None:
    ada, ben, _ = rootlets.people
    for volume in rootlets.volumes:
        hand_in(volume, ada, levels(volume))
        hand_in(volume, ada, levels(volume, moved=1), read=2)
        hand_in(volume, ben, levels(volume))
    left_out = make_task(rootlets.volumes[0].case, ben, read=2)
    task_exclude(task=left_out, by=rootlets.lead, reason="moved in the scanner")
    for volume in rootlets.volumes[1:]:
        hand_in(volume, ben, levels(volume), read=2)
    analysis = compute(start(rootlets.study, rootlets.lead, kind="intra_rater"))
    document = document_of(analysis)
    assert [(p["title_a"], p["title_b"]) for p in document["pairs"]] == [("ada", "ada, read 2"), ("ben", "ben, read 2")]
    assert [one["readers"] for one in document["reliability"]["presence"]][::4] == [[0, 1], [2, 3]]
    (missing,) = document["excluded"]
    assert (missing["case"], missing["reader"]) == ("sub-01", "ben, read 2")
    assert missing["reason"] == "left out: moved in the scanner"


def test_models_are_held_against_a_rater_and_against_each_other(rootlets: Rootlets) -> None:
    good, bad = str(uuid4()), str(uuid4())
    for volume in rootlets.volumes:
        hand_in(volume, rootlets.people[0], levels(volume))
        propose(volume, good, levels(volume))
        propose(volume, bad, levels(volume, moved=1))
    readers = (rater("ada"), Reader(ReaderType.MODEL, good), Reader(ReaderType.MODEL, bad))
    for kind, pairs in (("human_model", 2), ("model_model", 3)):
        document = document_of(compute(start(rootlets.study, rootlets.lead, *readers, kind=kind)))
        assert len(document["pairs"]) == pairs
        dice = next(c for c in document["comparisons"] if c["metric"] == "dice" and c["label"] is None)
        assert [mean["mean"] for mean in dice["means"]] == [1.0, 0.5]
        assert dice["pairs"][0]["wilcoxon"]["n_first"] == 3
        assert dice["pairs"][0]["paired_t"]["undefined"]["p"] == "all differences are equal"


def test_rounds_are_about_the_frozen_test_set(rootlets: Rootlets) -> None:
    model = str(uuid4())
    for volume in rootlets.volumes:
        hand_in(volume, rootlets.people[0], levels(volume))
        propose(volume, model, levels(volume))
    readers = (rater("ada"), Reader(ReaderType.MODEL, model))
    with pytest.raises(InvalidInput, match="in the frozen test set"):
        start(rootlets.study, rootlets.lead, *readers, kind="rounds")
    subject = rootlets.volumes[1].case.subject
    subject.in_test_set = True
    subject.save()
    analysis = compute(start(rootlets.study, rootlets.lead, *readers, kind="rounds"))
    assert {row["case"]["name"] for row in rows_of(analysis)} == {"sub-02"}


def test_variability_needs_no_pairs(rootlets: Rootlets) -> None:
    for n, volume in enumerate(rootlets.volumes):
        hand_in(volume, rootlets.people[0], levels(volume, wide=2 + n % 2))
    analysis = compute(start(rootlets.study, rootlets.lead, rater("ada"), kind="variability", group_by=["vendor"]))
    document = document_of(analysis)
    assert document["pairs"] == []
    entry = next(v for v in document["variability"] if v["measurement"] == "volume_mm3" and v["label"] == 3)
    # north has two subjects of width 2, south one of width 3: means 2 and 3, SD 0.7071, CoV 28.28 %.
    assert entry["groups"] == ["north", "south"]
    assert entry["cov_percent"]["mean"] == pytest.approx(100 * np.std([2, 3], ddof=1) / 2.5)


def folder_of_maps(rootlets: Rootlets, folder: Path, *, renamed: int = 0) -> Path:
    for volume in rootlets.volumes[:2]:
        affine = np.array(volume.affine).reshape(4, 4)
        image = nib.Nifti1Image(levels(volume, renamed=renamed), affine)
        nib.save(image, folder / f"{volume.name}_label-rootlets_dseg.nii.gz")
    nib.save(nib.Nifti1Image(np.zeros((3, 3, 3), np.uint8), np.eye(4)), folder / "sub-99_T2w_seg.nii.gz")
    return folder


def test_another_tools_maps_are_matched_by_name_and_compared(rootlets: Rootlets, tmp_path: Path) -> None:
    for volume in rootlets.volumes:
        hand_in(volume, rootlets.people[0], levels(volume))
    folder = folder_of_maps(rootlets, tmp_path, renamed=100)
    refused = import_external(study=rootlets.study, folder=folder, tool="net", by=None)
    assert len(refused.unmatched) == 3
    assert any("102" in reason for reason in refused.unmatched.values())
    values = {value + 100: value for value in LEVELS}
    report = import_external(study=rootlets.study, folder=folder, tool="net", by=None, values=values)
    assert sorted(report.matched.values()) == ["sub-01_T2w", "sub-02_T2w"]
    assert report.unmatched == {"sub-99_T2w_seg.nii.gz": "no image of sub-99 was found"}
    assert report.without == ["sub-03_T2w"]
    again = import_external(study=rootlets.study, folder=folder, tool="net", by=None, values=values)
    assert again.unchanged == 2
    analysis = compute(start(rootlets.study, rootlets.lead, kind="external"))
    assert {row["dice"] for row in rows_of(analysis)} == {1.0}
    assert analysis.excluded[0]["reason"] == "net has no label map for it"


def test_a_tools_archive_comes_over_http_and_the_job_tells_what_became_of_it(
    rootlets: Rootlets, tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in folder_of_maps(rootlets, tmp_path).iterdir():
            archive.write(path, path.name)
    client, address = rootlets.client(), f"/api/v1/studies/{rootlets.study.slug}/external-labels"
    upload = SimpleUploadedFile("maps.zip", packed.getvalue())
    wrong = client.post(address, {"file": upload, "tool": "net", "values": '{"1": 77}'}, format="multipart")
    assert wrong.status_code == 400
    upload.seek(0)
    job = client.post(address, {"file": upload, "tool": "net"}, format="multipart").json()
    run_external_import(job["id"])
    told = client.get(f"/api/v1/jobs/{job['id']}").json()
    assert told["state"] == "done", told["error"]
    assert (told["result"]["matched"], told["result"]["without"]) == (2, ["sub-03_T2w"])
    options = client.get(f"/api/v1/studies/{rootlets.study.slug}/analysis-options").json()
    assert {"type": "tool", "name": "net", "read": 1, "title": "net", "volumes": 2} in options["readers"]
    assert next(g for g in options["groupings"] if g["name"] == "vendor")["values"] == {"north": 2, "south": 1}
    kinds = [(one["kind"], one["asked"]) for one in options["kinds"]]
    assert kinds[:3] == [("inter_rater", True), ("intra_rater", True), ("variability", True)]
    assert ("human_model", False) in kinds
    assert len(kinds) == 7


def test_a_row_leads_to_its_voxels_and_to_where_they_differ(rootlets: Rootlets) -> None:
    for n, user in enumerate(rootlets.people):
        hand_in(rootlets.volumes[0], user, levels(rootlets.volumes[0], moved=n % 2))
    analysis = compute(start(rootlets.study, rootlets.lead))
    client, here = rootlets.client(), f"/api/v1/analyses/{analysis.pk}"
    worst = client.get(f"{here}/rows?sort=dice&label=3").json()
    assert worst["count"] == 6
    row = worst["results"][0]
    assert row["dice"] == 0.5
    detail = client.get(f"{here}/rows/{row['number']}").json()
    assert detail["row"] == row
    assert detail["hanging"]["convention"] == "radiological"
    assert next(role["name"] for role in detail["hanging"]["roles"]) == "T2w"
    shape = rootlets.volumes[0].shape

    def voxels(address: str, dtype: str) -> NDArray[np.generic]:
        answer = client.get(address)
        assert answer["Content-Encoding"] == "gzip"
        raw = gzip.decompress(b"".join(answer) if answer.streaming else answer.content)
        return np.frombuffer(raw, np.dtype(dtype).newbyteorder("<")).reshape(shape, order="F")

    a, b = (voxels(detail[side]["voxels_url"], detail[side]["dtype"]) == 3 for side in ("a", "b"))
    different = voxels(detail["disagreement_url"], "uint8")
    np.testing.assert_array_equal(different, a * 1 + b * 2)
    everything = voxels(detail["disagreement_url"] + "?labels=all", "uint8")
    assert (everything == 3).sum() == 4 * (different == 3).sum()
    of_consensus = next(r for r in client.get(f"{here}/rows?pair=4").json()["results"] if r["label"] == 3)
    consensus = client.get(f"{here}/rows/{of_consensus['number']}").json()
    assert consensus["a"]["title"] == "consensus of the others"
    drawn = voxels(consensus["a"]["voxels_url"], "uint16")
    np.testing.assert_array_equal(drawn, levels(rootlets.volumes[0]))
    assert client.get(f"{here}/rows/9999").status_code == 404
    assert client.get(f"{here}/rows?label=x").status_code == 400
    answer = client.get(f"{here}/document")
    assert answer["Content-Type"] == "application/json"
    assert json.loads(gzip.decompress(b"".join(answer))) == document_of(analysis)


def test_helpers_share_the_volumes_and_a_run_goes_on_where_another_stopped(rootlets: Rootlets) -> None:
    for volume in rootlets.volumes:
        for user in rootlets.people[:2]:
            hand_in(volume, user, levels(volume))
    analysis = start(rootlets.study, rootlets.lead)
    help_with_analysis(str(analysis.pk))
    assert not AnalysisVolume.objects.filter(done=True).exists()  # its job does not run
    volume_compute_next(analysis)
    kept = AnalysisVolume.objects.get(done=True)
    AnalysisVolume.objects.filter(pk=kept.pk).update(rows=[{**row, "dice": 0.25} for row in kept.rows])
    compute(analysis)
    assert {row["dice"] for row in rows_of(analysis)} == {0.25, 1.0}
    analysis.job.state = "running"
    analysis.job.save()
    AnalysisVolume.objects.filter(analysis=analysis).update(done=False)
    help_with_analysis(str(analysis.pk))
    assert AnalysisVolume.objects.filter(analysis=analysis, done=True).count() == 3


def test_the_command_line_asks_and_computes(rootlets: Rootlets) -> None:
    for user in rootlets.people[:2]:
        hand_in(rootlets.volumes[0], user, levels(rootlets.volumes[0]))
    printed = io.StringIO()
    call_command("analyse", rootlets.study.slug, "inter_rater", "--here", "--case", "sub-01", "--json", stdout=printed)
    told = json.loads(printed.getvalue())
    assert told["state"] == "done"
    assert told["summary"]["3"]["dice"]["mean"] == 1.0
    analysis = Analysis.objects.get(pk=told["analysis"])
    assert outdated_cases(analysis) == []
    with pytest.raises(CommandError, match="a reader is rater:NAME"):
        call_command("analyse", rootlets.study.slug, "inter_rater", "--reader", "ada")
    with pytest.raises(CommandError, match="has no case sub-77"):
        call_command("analyse", rootlets.study.slug, "inter_rater", "--case", "sub-77")


def test_readers_are_written_on_a_command_line() -> None:
    assert reader_from_text("rater:ada:2") == rater("ada", 2)
    assert reader_from_text("rater:a:b") == rater("a:b")
    assert reader_from_text("accepted") == Reader(ReaderType.ACCEPTED)
    for wrong in ("ada", "rater:", "accepted:x"):
        with pytest.raises(ValueError, match="a reader is"):
            reader_from_text(wrong)
