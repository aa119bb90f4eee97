"""MONAI Label's protocol as 3D Slicer and OHIF speak it, and each hole of the stock server tried through the site.

The requests have the shapes of SlicerMONAILabel's and OHIF's own clients. What needs a network to answer is in
tests/engine/test_monailabel_client.py.
"""

import base64
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
import SimpleITK
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from numpy.typing import NDArray
from rest_framework.authtoken.models import Token

from access.models import Event, User
from annotation.models import LabelVersion, TaskState
from models_app.models import ModelState
from models_app.services import client_sessions
from models_app.services.client_sessions import MOST_SESSIONS
from tests.factories.images import SHAPE, affine_of, nifti_bytes, raw
from tests.factories.labels import make_task, make_volume
from tests.factories.people import make_study, make_user
from tests.factories.worlds import World

BASE = "/monailabel/cord"


def bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {Token.objects.get_or_create(user=user)[0].key}"}


@pytest.fixture
def world(shared_world: World) -> World:
    """Made once: what a test changes in the database is taken back after it."""
    return shared_world


@pytest.fixture
def ada(world: World) -> Callable[..., Any]:
    """Ask as the annotator, as MONAI Label's client does."""
    return asking(world.people["own"])


@pytest.fixture
def emil(world: World) -> Callable[..., Any]:
    return asking(world.people["engineer"])


def asking(user: User) -> Callable[..., Any]:
    client, headers = Client(), bearer(user)

    def ask(method: str, page: str, **given: Any) -> Any:
        return client.generic(method, BASE + page, headers=headers, **given)

    return ask


def form(fields: dict[str, Any]) -> dict[str, Any]:
    """A multipart body, whatever the method."""
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    return {"data": encode_multipart(BOUNDARY, fields), "content_type": MULTIPART_CONTENT}


def label_file(values: NDArray[Any], affine: NDArray[np.float64] | None = None) -> bytes:
    return nifti_bytes(values.astype(np.uint8), affine_of("PSR") if affine is None else affine)


def marked(*values: int) -> NDArray[np.uint8]:
    """Each value in a plane of its own."""
    labels = np.zeros(SHAPE, np.uint8)
    for plane, value in enumerate(values):
        labels[plane, :2] = value
    return labels


# Signing in


def test_slicer_and_ohif_sign_in_with_what_they_can_send(world: World) -> None:
    own, client = world.people["own"], Client()
    token = bearer(own)["Authorization"].removeprefix("Bearer ")

    def status(header: str | None, page: str = "/info/") -> int:
        headers = {"Authorization": header} if header is not None else {}
        return int(client.get(BASE + page, headers=headers).status_code)

    def basic(name: str, secret: str) -> str:
        return "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()

    assert status(f"Bearer {token}") == status(f"Token {token}") == status(basic("ada", token)) == 200
    own.set_password("a real password")
    own.save()
    for refused in (None, "Bearer no-token", basic("ada", "a real password"), basic("ada", ""), "Basic %%%"):
        assert status(refused) == 401, refused
    assert status(None, f"/info/?token={token}") == 401  # an address with a query is cut by every client


def test_an_address_with_a_key_opens_one_study_for_its_user_alone(world: World, client: Client) -> None:
    own, outsider = world.people["own"], world.people["outsider"]
    made = client.get(f"{BASE}/auth/address", headers=bearer(own)).json()["address"]
    address = made.removeprefix("http://testserver")
    assert address.startswith(f"{BASE}/key/")
    assert client.get(f"{address}info/").status_code == 200
    assert client.get(f"{address}auth/").json()["enabled"] is False
    assert client.get(f"{BASE}/auth/").json()["enabled"] is True
    # The image that 3D Slicer fetches without any header.
    image = client.get(f"{address}datastore/image?image={world.volume.pk}")
    assert image.status_code == 200
    key = address.split("/")[-2]
    for other in (
        f"/monailabel/elsewhere/key/{key}/info/",  # of another study
        f"{BASE}/key/{outsider.pk}-{key.partition('-')[2]}/info/",  # of another user
        f"{BASE}/key/{key[:-1]}{'0' if key[-1] != '0' else '1'}/info/",
    ):
        assert client.get(other).status_code == 401, other
    assert client.get(f"/api/v1/studies/cord?key={key}").status_code == 401
    stranger = client.get(f"{BASE}/auth/address", headers=bearer(outsider))
    assert stranger.status_code == 404
    Token.objects.filter(user=own).delete()
    assert client.get(f"{address}info/").status_code == 401


# What clients read


def test_info_has_what_slicer_and_ohif_read_and_no_scores_for_annotators(
    ada: Callable[..., Any], emil: Callable[..., Any]
) -> None:
    info = ada("GET", "/info/").json()
    for part in ("name", "description", "version", "labels", "models", "trainers", "strategies", "datastore"):
        assert part in info
    assert info["labels"] == {"Spinal cord": 1}
    assert all({"description", "config", "labels"} <= set(row) for row in info["trainers"].values())
    assert {"total", "completed", "label_tags"} <= set(info["datastore"])
    assert info["train_stats"] == {}
    (stats,) = emil("GET", "/info/").json()["train_stats"].values()
    assert {"epoch", "total_epochs", "best_metric", "total_time", "start_ts"} <= set(stats)


def test_next_sample_and_its_image_as_slicer_fetches_them(world: World, ada: Callable[..., Any]) -> None:
    asked = {"data": json.dumps({"client_id": "user-xyz"}), "content_type": "application/json"}
    sample = ada("POST", "/activelearning/first", **asked).json()
    assert sample["id"] == str(world.volume.pk)
    assert sample["checksum"] == f"SHA256:{world.volume.original_id}"
    assert not any("/" in str(value) for value in sample.values()), "no path"
    image = ada("GET", f"/datastore/image?image={sample['id']}")
    assert nib.Nifti1Image.from_bytes(_unpacked(b"".join(image.streaming_content))).shape == SHAPE
    for sum_, status in (("", 200), (sample["checksum"], 200), (f"SHA256:{'0' * 64}", 404)):
        assert ada("HEAD", f"/datastore/image?image={sample['id']}&check_sum={sum_}").status_code == status
    assert ada("POST", "/activelearning/../first", **asked).status_code == 404
    assert ada("POST", "/activelearning/cleverest", **asked).status_code == 400


def test_slicer_finds_the_names_of_an_original_label(world: World, ada: Callable[..., Any]) -> None:
    objects = ada("GET", "/datastore/?output=all").json()["objects"]
    original = objects[str(world.volume.pk)]["labels"]["original"]["info"]
    assert original["params"]["label_names"] == {"Spinal cord": 1}
    assert "author" not in json.dumps(objects)


# Labels in


def test_the_values_that_slicer_numbers_become_the_protocols(client: Client, db: None) -> None:
    """A protocol without a 1: what Slicer numbers 1, 2, ... must not be taken for the protocol's values."""
    lead = make_user("lou")
    study = make_study(lead, "roots", "rootlets")
    volume = make_volume(study, role=study.protocol["volumes"][0]["name"])
    task = make_task(volume.case, lead)
    first, second = study.protocol["labels"][2], study.protocol["labels"][0]
    params = {"label_info": [{"name": first["name"], "idx": 1}, {"name": second["name"], "idx": 2}]}
    put = form({"params": json.dumps(params), "label": SimpleUploadedFile("tmpab12.nii.gz", label_file(marked(1, 2)))})
    page = f"/monailabel/roots/datastore/label?image={volume.pk}"
    saved = client.generic("PUT", page, headers=bearer(lead), **put)
    assert saved.status_code == 200, saved.content
    assert saved.json() == {"image": str(volume.pk), "label": str(volume.pk)}
    task.refresh_from_db()
    assert task.state == TaskState.SUBMITTED
    expected = {str(first["value"]): 8, str(second["value"]): 8}
    assert task.working.get(volume=volume).submitted.counts == expected
    params["label_info"][1]["name"] = "Segment_2"
    put = form({"params": json.dumps(params), "label": SimpleUploadedFile("l.nii.gz", label_file(marked(1, 2)))})
    strange = client.generic("PUT", page, headers=bearer(lead), **put)
    assert strange.status_code == 400
    assert "Segment_2 (2)" in strange.json()["detail"]


def test_nifti_nrrd_and_bare_voxels_are_the_same_label(world: World, ada: Callable[..., Any], tmp_path: Path) -> None:
    labels = np.random.default_rng(0).integers(0, 2, SHAPE).astype(np.uint8)
    packed = label_file(labels)
    plain = tmp_path / "label.nii"
    plain.write_bytes(_unpacked(packed))
    nrrd = tmp_path / "label.nrrd"
    SimpleITK.WriteImage(SimpleITK.ReadImage(str(plain)), str(nrrd))
    wide = labels.astype(np.uint16)
    sent = {
        "label.nii.gz": packed,
        "label.nii": plain.read_bytes(),
        "label.nrrd": nrrd.read_bytes(),
        "label.bin": raw(labels),
        "wide.bin": raw(wide),
    }
    page = f"/datastore/label?image={world.volume.pk}&tag=original"
    for name, content in sent.items():
        # A different map in between, so that each of them makes a version.
        for body, file in ((raw(labels * 0), "label.bin"), (content, name)):
            put = form({"params": "{}", "label": SimpleUploadedFile(file, body)})
            assert ada("PUT", page, **put).status_code == 200, name
        head = LabelVersion.objects.get(pk=world.task.working.get().head_id)
        assert head.counts == {"1": int(labels.sum())}, name
        answer = ada("GET", f"/datastore/label?label={world.volume.pk}&tag=final")
        kept = nib.Nifti1Image.from_bytes(_unpacked(answer.content))
        assert np.array_equal(np.asarray(kept.dataobj), labels), name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("label.seg.nrrd", b"NRRD0004\n"),
        ("label.nrrd", b"NRRD but no more"),
        ("label.nii.gz", b"no gzip"),
        ("label.bin", b"123"),
        ("label.exe", b"MZ"),
        ("", b""),
        ("label.nii.gz", label_file(marked(1), affine_of("RAS"))),
        ("label.nii.gz", label_file(marked(1, 7))),
    ],
    ids=["segments", "nrrd", "gzip", "size", "suffix", "nothing", "grid", "value"],
)
def test_a_label_that_does_not_fit_is_refused_in_words(
    world: World, ada: Callable[..., Any], name: str, content: bytes
) -> None:
    put = form({"params": "{}", **({"label": SimpleUploadedFile(name, content)} if name else {})})
    answer = ada("PUT", f"/datastore/label?image={world.volume.pk}", **put)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert len(answer.json()["detail"]) > 30


def test_label_info_goes_into_the_log_and_changes_no_label(world: World, ada: Callable[..., Any]) -> None:
    label = f"label={world.volume.pk}&tag=final"
    before = ada("GET", f"/datastore/label/info?{label}").json()
    for page, field in (("label/info", "info"), ("updatelabelinfo", "params")):
        put = form({field: json.dumps({"label_info": [{"name": "Spinal cord"}]})})
        assert ada("PUT", f"/datastore/{page}?{label}", **put).status_code == 200
    assert Event.objects.filter(verb="label.noted", actor=world.people["own"]).count() == 2
    assert ada("GET", f"/datastore/label/info?{label}").json() == before
    for text in ("{", "[1]", json.dumps({"long": "x" * 5000})):
        assert ada("PUT", f"/datastore/updatelabelinfo?{label}", **form({"params": text})).status_code == 400


# Sessions


def session_body(content: bytes = b"", name: str = "tmp8x.nii.gz") -> dict[str, Any]:
    return form({"client_id": "user-xyz", "files": SimpleUploadedFile(name, content or label_file(marked(1)))})


def test_a_session_is_its_owners_alone_and_ends(world: World, ada: Callable[..., Any], settings: Any) -> None:
    made = ada("PUT", "/session/?expiry=60", **session_body())
    assert made.status_code == 200, made.content
    page = f"/session/{made.json()['session_id']}"
    assert made.json()["session_info"]["expiry"] == 60
    assert ada("GET", page).json()["name"] == made.json()["session_id"]
    assert str(settings.CONFIGURATION.home) not in made.content.decode()
    assert asking(world.people["other"])("GET", page).status_code == 404
    assert asking(world.people["other"])("DELETE", page).status_code == 404
    assert asking(world.people["other"])("POST", f"/infer/m?session_id={page[9:]}").status_code == 404
    folder = client_sessions._folder() / made.json()["session_id"]
    assert [file.name for file in folder.iterdir()] == ["image.nii.gz"]
    assert ada("DELETE", page).status_code == 200
    assert not folder.exists()
    assert ada("GET", page).status_code == 404


def test_sessions_are_few_checked_and_swept(world: World, ada: Callable[..., Any]) -> None:
    cache.clear()
    for body in (session_body(name="scan.dcm"), form({"client_id": "x"})):
        assert ada("PUT", "/session/", **body).status_code == 400
    assert ada("PUT", "/session/?expiry=-1", **session_body()).status_code == 400
    made = [ada("PUT", "/session/", **session_body()).json()["session_id"] for _ in range(MOST_SESSIONS)]
    assert ada("PUT", "/session/", **session_body()).status_code == 429
    # Another user is not kept out, and one's own place is free again when a lease ends.
    assert asking(world.people["other"])("PUT", "/session/", **session_body()).status_code == 200
    cache.delete(client_sessions._key(made[0]))
    assert ada("GET", f"/session/{made[0]}").status_code == 404
    assert ada("PUT", "/session/", **session_body()).status_code == 200
    assert not (client_sessions._folder() / made[0]).exists()
    for strange in ("..%2f..%2fetc", "not-an-id", "0"):
        assert ada("GET", f"/session/{strange}").status_code == 404


# Trainings, logs, scoring


def test_what_is_long_or_tells_of_the_machine_is_for_engineers(
    ada: Callable[..., Any], emil: Callable[..., Any]
) -> None:
    for method, page in (("GET", "/logs/"), ("GET", "/train/"), ("DELETE", "/train/"), ("POST", "/batch/infer/unet3d")):
        assert ada(method, page).status_code == 403, page
    assert emil("GET", "/logs/?lines=5").status_code == 200
    assert emil("GET", "/logs/?lines=5")["Content-Type"].startswith("text/plain")
    assert emil("GET", "/logs/gpu").status_code == 403
    assert emil("GET", "/train/?check_if_running=true").status_code == 404
    assert emil("DELETE", "/train/").status_code == 404
    assert emil("GET", "/batch/infer").status_code == 404
    assert emil("DELETE", "/batch/infer").status_code == 404
    assert emil("GET", "/scoring/").status_code == 404
    assert emil("POST", "/scoring/dice").status_code == 404


# The holes of the stock server, tried through the site


@pytest.mark.parametrize(
    ("method", "page"),
    [
        ("POST", "/reload"),
        ("GET", "/reload/"),
        ("GET", "/model/unet3d"),
        ("PUT", "/model/unet3d"),
        ("GET", "/proxy/dicom/studies"),
        ("GET", "/static/../../../etc/passwd"),
        ("GET", "/ohif/"),
        ("GET", "/datastore/dataset"),
        ("POST", "/infer/wsi/unet3d"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
        ("GET", "/"),
    ],
)
def test_pages_that_are_not_offered_are_not_there(ada: Callable[..., Any], method: str, page: str) -> None:
    answer = ada(method, page)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


STRANGE_IDS = ("/etc/passwd", "../../../../etc/passwd", "%2Fetc%2Fpasswd", "", "file:///etc/passwd", "1", "x" * 5000)


@pytest.mark.parametrize("image", STRANGE_IDS, ids=[one[:20] for one in STRANGE_IDS])
def test_no_page_takes_a_path_for_an_id(ada: Callable[..., Any], image: str) -> None:
    put = form({"params": "{}", "label": SimpleUploadedFile("label.nii.gz", label_file(marked(1)))})
    for method, page, body in (
        ("GET", f"/datastore/image?image={image}", {}),
        ("HEAD", f"/datastore/image?image={image}", {}),
        ("GET", f"/datastore/image/info?image={image}", {}),
        ("GET", f"/datastore/label?label={image}&tag=final", {}),
        ("GET", f"/datastore/label/info?label={image}&tag=final", {}),
        ("PUT", f"/datastore/label?image={image}", put),
        ("PUT", f"/datastore/updatelabelinfo?label={image}&tag=final", form({"params": "{}"})),
        ("POST", f"/infer/unet3d?image={image}", form({"params": "{}"})),
    ):
        answer = ada(method, page, **body)
        assert answer.status_code == 404, (page, answer.content)


def test_no_tag_name_or_parameter_leads_out_of_the_store(
    world: World, ada: Callable[..., Any], emil: Callable[..., Any]
) -> None:
    put = form({"params": "{}", "label": SimpleUploadedFile("../../evil.nii.gz", label_file(marked(1)))})
    for tag in ("../../etc", "/tmp/evil", "final/../.."):
        assert ada("PUT", f"/datastore/label?image={world.volume.pk}&tag={tag}", **put).status_code == 400
        assert ada("GET", f"/datastore/label?label={world.volume.pk}&tag={tag}").status_code == 404
    image = form({"params": "{}", "file": SimpleUploadedFile("evil.nii.gz", label_file(marked(1)))})
    for page in ("/datastore/?image=../../evil", "/datastore/image?image=evil"):
        assert ada("PUT", page, **image).status_code == 403
    assert ada("DELETE", f"/datastore/label?id={world.volume.pk}&tag=final").status_code == 403
    for name in ("../../evil", "unet3d%2F..%2F..", "evil"):
        answer = emil("POST", f"/train/{name}", data=json.dumps({}), content_type="application/json")
        assert answer.status_code in (400, 404), name
    # The stock server writes the weights into the folder that `name` says.
    wish = json.dumps({"name": "../../evil", "pretrained": False, "max_epochs": 1})
    answer = emil("POST", "/train/unet3d", data=wish, content_type="application/json")
    assert answer.status_code == 409  # nothing is accepted yet; the name was not even looked at
    assert "evil" not in answer.content.decode()


@pytest.mark.parametrize("body", [b"{", b"[1, 2", b"\xff\xfe", b'"text"', b"null"])
def test_what_a_client_sends_wrongly_is_its_own_error(emil: Callable[..., Any], world: World, body: bytes) -> None:
    answer = emil("POST", "/train/unet3d", data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert answer["Content-Type"] == "application/problem+json"
    posted = form({"params": body.decode("latin-1")})
    answer = emil("POST", f"/infer/unet3d?image={world.volume.pk}&output=image", **posted)
    assert answer.status_code in (400, 503)
    answer = emil("POST", f"/infer/unet3d?image={world.volume.pk}&output=dicom_seg", **posted)
    assert answer.status_code == 400


def test_scribbles_go_to_what_takes_them(world: World, ada: Callable[..., Any]) -> None:
    assert ada("GET", "/info/").json()["models"]["graph-cut"]["type"] == "scribbles"
    drawn = form({"params": "{}", "label": SimpleUploadedFile("l.nii.gz", label_file(marked(1)))})
    answer = ada("POST", f"/infer/unet3d?image={world.volume.pk}", **drawn)
    assert answer.status_code == 400
    assert "graph-cut" in answer.json()["detail"]
    answer = ada("POST", f"/infer/graph-cut?image={world.volume.pk}", **form({"params": "{}"}))
    assert answer.status_code == 400
    assert "'label'" in answer.json()["detail"]
    unseen = ada("POST", "/infer/graph-cut?image=4f1de0b8-0000-4000-8000-000000000000", **drawn)
    assert unseen.status_code == 404


def test_no_other_site_may_read_answers(ada: Callable[..., Any]) -> None:
    answer = ada("GET", "/info/", HTTP_ORIGIN="https://elsewhere.example")
    assert not any(name.lower().startswith("access-control") for name in answer.headers)


def test_a_training_by_a_client_never_touches_what_serves(world: World, emil: Callable[..., Any]) -> None:
    world.model_version.state = ModelState.SERVING
    world.model_version.save()
    weights = world.model_version.weights_id
    emil("POST", "/train/unet3d", data=json.dumps({"publish": True}), content_type="application/json")
    world.model_version.refresh_from_db()
    assert (world.model_version.state, world.model_version.weights_id) == (ModelState.SERVING, weights)


def test_while_the_engine_is_away_inference_says_so_and_the_rest_answers(
    world: World, ada: Callable[..., Any], settings: Any
) -> None:
    away = settings.CONFIGURATION.model_copy(update={"monailabel_url": "http://127.0.0.1:9"})
    with override_settings(CONFIGURATION=away):
        answer = ada("POST", f"/infer/unet3d?image={world.volume.pk}", **form({"params": "{}"}))
        assert answer.status_code == 503
        assert "127.0.0.1" not in answer.content.decode()
        assert ada("GET", "/info/").status_code == 200


def _unpacked(content: bytes) -> bytes:
    import gzip

    return gzip.GzipFile(fileobj=BytesIO(content)).read()
