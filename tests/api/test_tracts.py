"""Tractograms of a case's nerves: made by a job, kept with all that they follow from, and rated blind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import connection
from rest_framework.test import APIClient

from access.models import Event, Role, Study, User
from annotation.append_only import WrittenOnce
from annotation.models import LabelVersion, Volume
from annotation.services.deriving import derive_volume
from annotation.services.importing.dataset import import_folder
from annotation.services.labels import proposal_add
from jobs.models import Job
from mri.diffusion.tract_files import read_streamlines
from mri.geometry import Grid
from mri.image_files import image_bytes
from mri.phantom.tubes import TubePhantom, bent_tube, spread_table, tube_phantom
from tests.factories.datasets import write
from tests.factories.diffusion import gradient_bytes, make_tractogram, with_diffusion
from tests.factories.labels import make_label, make_task, make_volume
from tests.factories.people import make_member, make_study, make_user
from tests.numeric.volumes import affine_for
from tracts.models import Arm, Tractogram
from tracts.tasks import track

pytestmark = pytest.mark.django_db
Client = Callable[[User | None], APIClient]
STEM = "sub-01/dwi/sub-01_dwi"


def _phantom() -> TubePhantom:
    grid, table = Grid((26, 22, 14), affine_for("LPS", (1.25, 1.25, 2.5))), spread_table(12, 800.0)
    tubes = tuple(bent_tube(grid, bend_mm=35, angle_deg=40, radius_mm=3, side=side) for side in (-7.0, 7.0))
    return tube_phantom(grid, table, tubes, noise=10.0)


@pytest.fixture
def lead() -> User:
    return make_user("lena")


@pytest.fixture
def proposal(lead: User, tmp_path: Path) -> LabelVersion:
    """A model's label map of two nerves on a diffusion image."""
    study, phantom = with_diffusion(make_study(lead), b0="b0"), _phantom()
    study.protocol["volumes"][-1]["labelled"] = True
    sides = {"level": "L5"}
    study.protocol["tracking"] = {
        "method": "deterministic", "fa_stop": 0.12, "angle_deg": 30.0, "step_mm": 0.5, "seeds_per_voxel": 8,
        "min_length_mm": 10.0, "max_length_mm": 300.0, "smoothing_mm": 2.0,
    }  # fmt: skip
    study.protocol["labels"] = [
        {"value": 1, "name": "L5 left", "side": "left", "colour": "#112233", **sides},
        {"value": 2, "name": "L5 right", "side": "right", "colour": "#332211", **sides},
    ]
    study.save(update_fields=["protocol"])
    bval, bvec = gradient_bytes(phantom.table.b_values, phantom.table.directions)
    image = image_bytes(phantom.voxels, phantom.grid)
    files = {f"{STEM}.nii.gz": image, f"{STEM}.bval": bval, f"{STEM}.bvec": bvec}
    import_folder(study=study, folder=write(tmp_path, files), by=lead)
    (b0,) = derive_volume(volume=Volume.objects.get(), maps=["b0"], progress=lambda share, message: None)
    return proposal_add(
        volume=b0,
        voxels=phantom.labels,
        model_version_id=lead.pk,
        model_name="nerves v1",
        provenance={"seconds": {"proposing": 4.0}},
    )


def ask(client: APIClient, version: LabelVersion, **settings: Any) -> Any:
    address = f"/api/v1/studies/{version.volume.case.study.slug}/tractograms"
    return client.post(address, {"label_version": str(version.pk), "settings": settings}, format="json")


def run_job() -> Job:
    job = Job.objects.filter(kind="track").latest("created_at")
    track(str(job.pk))
    job.refresh_from_db()
    return job


def test_the_nerves_of_a_proposal_are_tracked_and_kept(
    lead: User, proposal: LabelVersion, as_user: Client, tmp_path: Path
) -> None:
    client = as_user(lead)
    assert ask(client, proposal, seeds_per_voxel=2).status_code == 202
    assert ask(client, proposal, seeds_per_voxel=2).status_code == 409
    job = run_job()
    assert job.state == "done", job.error
    (told,) = client.get(f"/api/v1/studies/{proposal.volume.case.study.slug}/tractograms").json()["results"]
    assert told["arm"] == "automatic"
    # What was asked for, the protocol's own, and what neither says.
    assert [told["settings"][name] for name in ("seeds_per_voxel", "angle_deg", "within_mm")] == [2, 30.0, 10.0]
    assert [nerve["name"] for nerve in told["nerves"]] == ["L5 left", "L5 right"]
    assert told["sides"][0]["ratios"]["fa_mask"] == pytest.approx(100.0, abs=5.0)
    assert set(told["seconds"]) == {"tensor", "tracking", "smoothing", "sampling"}
    assert told["provenance"]["labels_sha256"] == proposal.voxels_id
    tubes = _phantom().tubes
    for which in ("trk", "tck"):
        path = tmp_path / f"a.{which}"
        path.write_bytes(b"".join(client.get(told[f"{which}_url"])))
        lines = read_streamlines(path)
        assert len(lines) == told["streamlines"] > 50
        near = np.minimum(*(tube.distance_mm(np.concatenate(lines).astype(float)) for tube in tubes))
        assert np.quantile(near, 0.95) < 3.0 + 2.5
    assert ask(client, proposal, seeds_per_voxel=2).status_code == 202
    run_job()
    assert Tractogram.objects.count() == 1


def test_wrong_settings_and_a_case_without_diffusion_are_told(
    lead: User, proposal: LabelVersion, as_user: Client
) -> None:
    assert ask(as_user(lead), proposal, angle_deg=120).status_code == 400
    elsewhere = make_label(make_task(make_volume(make_study(lead, "plain")).case, lead))
    answer = ask(as_user(lead), elsewhere)
    assert (answer.status_code, "it has: none" in answer.json()["detail"]) == (409, True)
    address = f"/api/v1/studies/{proposal.volume.case.study.slug}/tractograms"
    assert as_user(lead).post(address, {"label_version": str(elsewhere.pk)}, format="json").status_code == 404


def _rated_study(lead: User, cases: int = 4) -> tuple[Study, User, list[Tractogram]]:
    study, rater = make_study(lead), make_user("ada")
    make_member(study, rater, Role.ANNOTATOR)
    made = []
    for number in range(cases):
        volume = make_volume(study, f"{number:02}", seed=number)
        task = make_task(volume.case, lead)
        task.active_seconds = 400 + number
        task.save(update_fields=["active_seconds"])
        made.append(make_tractogram(make_label(task, seed=number), Arm.MANUAL))
        model = proposal_add(
            volume=volume, voxels=np.ones(volume.shape, np.uint8), model_version_id=lead.pk, model_name="m",
            provenance={"seconds": 10.0},
        )  # fmt: skip
        made.append(make_tractogram(model, Arm.AUTOMATIC))
    return study, rater, made


def test_a_study_says_how_it_tracks(lead: User, as_user: Client, proposal: LabelVersion) -> None:
    study = proposal.volume.case.study
    study.protocol["ratings"] = [{"name": "tractogram", "question": "How good?", "words": ["1", "2", "3", "4", "5"]}]
    study.save(update_fields=["protocol"])
    said = as_user(lead).get(f"/api/v1/studies/{study.slug}/tracking").json()
    assert (said["settings"]["fa_stop"], said["settings"]["within_mm"], said["may_track"]) == (0.12, 10.0, True)
    assert (said["rating_question"], len(said["rating_words"])) == ("How good?", 5)
    ada = make_user("ada")
    make_member(study, ada, Role.ANNOTATOR)
    assert not as_user(ada).get(f"/api/v1/studies/{study.slug}/tracking").json()["may_track"]

    plain = make_study(lead, slug="plain")
    said = as_user(lead).get(f"/api/v1/studies/{plain.slug}/tracking").json()
    assert (said["settings"], said["may_track"], said["rating_words"]) == (None, False, [])
    assert not said["tractography"]


def test_a_rater_sees_streamlines_and_never_whose(lead: User, as_user: Client) -> None:
    study, rater, made = _rated_study(lead)
    address = f"/api/v1/studies/{study.slug}/tract-ratings"
    assert as_user(lead).post(address, {"raters": ["ada"]}, format="json").json() == {"added": 8}
    assert as_user(lead).post(address, {"raters": ["ada"]}, format="json").json() == {"added": 0}
    assert as_user(lead).post(address, {"raters": ["nobody"]}, format="json").status_code == 400
    client = as_user(rater)
    given = client.get(address).json()["results"]
    assert [one["place"] for one in given] == list(range(1, 9))
    assert all(set(one) == {"id", "place", "score", "comment", "trk_url"} for one in given)
    answer = client.get(given[0]["trk_url"])
    assert b"".join(answer) == b"TRACK"
    assert answer["Content-Disposition"] == 'attachment; filename="1.trk"'
    # The tractograms themselves are of labels that are not the rater's: hidden, one and all.
    assert client.get(f"/api/v1/studies/{study.slug}/tractograms").json()["count"] == 0
    assert client.get(f"/api/v1/tractograms/{made[0].pk}/trk").status_code == 404
    assert as_user(lead).get(given[0]["trk_url"]).status_code == 404
    assert client.put(f"/api/v1/tract-ratings/{given[0]['id']}", {"score": 6}, format="json").status_code == 400


def test_the_table_of_both_arms(lead: User, as_user: Client) -> None:
    study, rater, made = _rated_study(lead)
    as_user(lead).post(f"/api/v1/studies/{study.slug}/tract-ratings", {"raters": ["ada"]}, format="json")
    scores = dict(zip([one.pk for one in made], (4, 3, 5, 3, 4, 4, 3, 1), strict=True))
    for rating in rater.tract_ratings.all():
        body = {"score": scores[rating.tractogram_id], "comment": "thin"}
        assert as_user(rater).put(f"/api/v1/tract-ratings/{rating.pk}", body, format="json").json()["comment"] == "thin"
    ratings, seconds = as_user(lead).get(f"/api/v1/studies/{study.slug}/tract-comparison").json()
    assert (ratings["manual"]["n"], ratings["manual"]["mean"], ratings["automatic"]["mean"]) == (4, 4.0, 2.75)
    assert ratings["manual"]["sd"] == pytest.approx(np.std([4, 5, 4, 3], ddof=1))
    assert [(pair["manual"], pair["automatic"]) for pair in ratings["pairs"]] == [(4, 3), (5, 3), (4, 4), (3, 1)]
    # Differences 1, 2, 0, 2: t = 1.25 / (0.9574 / 2) = 2.611 with 3 degrees of freedom, p = 0.0796.
    t = next(test for test in ratings["tests"] if test["statistic_name"] == "t")
    assert (t["statistic"], t["p"]) == (pytest.approx(2.6112, abs=1e-3), pytest.approx(0.0796, abs=1e-3))
    assert ratings["untested"] == seconds["untested"] == ""
    for test in [*ratings["tests"], *seconds["tests"]]:
        assert all((test[name] is None) == (name in test["undefined"]) for name in ("statistic", "p", "difference"))
    assert seconds["manual"]["mean"] == pytest.approx(401.5 + 1.5)
    assert seconds["automatic"]["mean"] == pytest.approx(11.5)
    assert as_user(rater).get(f"/api/v1/studies/{study.slug}/tract-comparison").status_code == 403
    assert Event.objects.filter(verb="tract.rated").count() == 8


def _rate_all(client: APIClient, study: Study, score: int = 3) -> None:
    for given in client.get(f"/api/v1/studies/{study.slug}/tract-ratings").json()["results"]:
        assert client.put(f"/api/v1/tract-ratings/{given['id']}", {"score": score}, format="json").status_code == 200


def test_the_lead_alone_sees_who_scored_what(lead: User, as_user: Client) -> None:
    study, rater, made = _rated_study(lead, 1)
    make_member(study, make_user("rita"), Role.REVIEWER)
    address = f"/api/v1/studies/{study.slug}/tract-ratings"
    body = {"raters": ["ada", "rita"], "tractograms": [str(made[1].pk)]}
    assert as_user(lead).post(address, body, format="json").json() == {"added": 2}
    _rate_all(as_user(rater), study, 4)
    table = as_user(lead).get(f"{address}/table").json()["results"]
    assert [(row["rater"], row["place"], row["arm"], row["score"]) for row in table] == [
        ("ada", 1, "automatic", 4),
        ("rita", 1, "automatic", None),
    ]
    assert {(row["case_name"], row["tractogram"]) for row in table} == {(made[1].case.name, str(made[1].pk))}
    for name in ("ada", "rita"):
        client = as_user(User.objects.get(username=name))
        assert client.get(f"{address}/table").status_code == 403
        (own,) = client.get(address).json()["results"]
        assert set(own) == {"id", "place", "score", "comment", "trk_url"}


def test_what_tells_the_arms_stays_away_from_a_rater_until_all_are_rated(lead: User, as_user: Client) -> None:
    study, _, made = _rated_study(lead, 2)
    rita = make_user("rita")
    make_member(study, rita, Role.REVIEWER)
    at = f"/api/v1/studies/{study.slug}"
    client = as_user(rita)
    assert client.get(f"{at}/tractograms").json()["count"] == 4
    as_user(lead).post(f"{at}/tract-ratings", {"raters": ["rita", "lena"], "tractograms": [made[0].pk]}, format="json")
    # All of them: what is not to be rated would tell the rest apart.
    assert client.get(f"{at}/tractograms").json()["count"] == 0
    assert client.get(f"/api/v1/tractograms/{made[1].pk}").status_code == 404
    refused = client.get(f"{at}/tract-comparison")
    assert (refused.status_code, "to rate" in refused.json()["detail"]) == (403, True)
    # The lead gave them out and knows; rating some too changes nothing of that.
    assert as_user(lead).get(f"{at}/tractograms").json()["count"] == 4
    assert as_user(lead).get(f"{at}/tract-comparison").status_code == 200
    _rate_all(client, study)
    told = client.get(f"{at}/tractograms").json()["results"]
    assert [(one["arm"], one["author"]) for one in told[:2]] == [("manual", "lena"), ("automatic", "m")]
    assert (told[0]["task"], told[1]["task"]) == (str(made[0].label_version.task_id), None)
    assert client.get(f"{at}/tract-comparison").status_code == 200


def test_a_rater_is_told_where_there_is_something_to_rate(lead: User, as_user: Client) -> None:
    study, rater, made = _rated_study(lead, 1)
    client = as_user(rater)
    assert client.get("/api/v1/tract-ratings").json() == []
    address = f"/api/v1/studies/{study.slug}/tract-ratings"
    as_user(lead).post(address, {"raters": ["ada"]}, format="json")
    first = client.get(address).json()["results"][0]
    client.put(f"/api/v1/tract-ratings/{first['id']}", {"score": 2}, format="json")
    said = client.get("/api/v1/tract-ratings").json()
    assert said == [{"study": study.slug, "study_name": study.name, "given": len(made), "left": 1}]
    assert as_user(lead).get("/api/v1/tract-ratings").json() == []


def test_what_a_comparison_lacks_has_a_reason(lead: User, as_user: Client) -> None:
    study, _, _ = _rated_study(lead, 1)
    assert as_user(lead).get(f"/api/v1/studies/{study.slug}/tracking").json()["tractography"]
    ratings, seconds = as_user(lead).get(f"/api/v1/studies/{study.slug}/tract-comparison").json()
    assert set(ratings["manual"]["undefined"]) == {"mean", "sd"}
    assert set(seconds["manual"]["undefined"]) == {"sd"}
    assert (ratings["tests"], "none has both" in ratings["untested"]) == ([], True)
    assert (seconds["tests"], "1 has both" in seconds["untested"]) == ([], True)


def test_a_tractogram_is_written_once(lead: User) -> None:
    _, _, made = _rated_study(lead, 1)
    with pytest.raises(WrittenOnce):
        made[0].save()
    with pytest.raises(Exception, match="written once"), connection.cursor() as cursor:
        cursor.execute("UPDATE tracts_tractogram SET streamlines = 1")
