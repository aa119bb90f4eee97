"""Voxel for voxel: what goes in is what comes out, on every orientation."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from numpy.typing import NDArray
from rest_framework.test import APIClient

from access.models import User
from annotation.models import LabelVersion, Volume
from annotation.services.importing.dataset import import_folder
from annotation.services.nifti import label_nifti
from blobs.models import Blob
from tests.factories.datasets import MANUAL, bids_files, write
from tests.factories.images import SHAPE, affine_of, image_voxels, label_voxels, nifti_bytes, oblique, raw
from tests.factories.labels import make_label, make_task, make_volume
from tests.factories.people import make_study, make_user
from tests.factories.worlds import World

GRIDS = {**{codes: affine_of(codes) for codes in ("PSR", "LAS", "RPI", "LPI", "RAS")}, "oblique": oblique()}


def read_nifti(body: bytes) -> nib.Nifti1Image:
    return nib.Nifti1Image.from_bytes(gzip.decompress(body))


@pytest.mark.parametrize("affine", GRIDS.values(), ids=GRIDS.keys())
@pytest.mark.django_db
def test_the_round_trip_is_exact(affine: NDArray[np.float64], as_user: Callable[[User | None], APIClient]) -> None:
    lead = make_user("lena")
    volume = make_volume(make_study(lead), affine=affine)
    task, client = make_task(volume.case, lead), as_user(lead)
    painted = np.zeros(SHAPE, np.uint8)
    painted[1, 0, 3] = painted[5, 4, 0] = painted[2, 3, 1] = 1
    address = f"/api/v1/tasks/{task.pk}/label-versions?volume={volume.pk}"
    saved = client.generic(
        "POST", address, gzip.compress(raw(painted)), "application/octet-stream", HTTP_CONTENT_ENCODING="gzip"
    ).json()["version"]
    assert gzip.decompress(b"".join(client.get(saved["voxels_url"]))) == raw(painted)
    answer = client.get(saved["nifti_url"])
    assert 'filename="sub-01_T2w_desc-lena_label-SC_seg.nii.gz"' in answer["Content-Disposition"]
    stored = read_nifti(answer.content)
    np.testing.assert_array_equal(np.asanyarray(stored.dataobj), painted)
    image = read_nifti(b"".join(client.get(f"/api/v1/volumes/{volume.pk}/file")))
    np.testing.assert_array_equal(stored.affine, image.affine)
    np.testing.assert_allclose(stored.affine, affine, atol=1e-5)
    for form in ("sform_code", "qform_code"):
        assert stored.header[form] == image.header[form]


def test_voxels_and_file_of_a_volume(shared_world: World, as_user: Callable[[User | None], APIClient]) -> None:
    client, volume = as_user(shared_world.people["own"]), shared_world.volume
    address = f"/api/v1/volumes/{volume.pk}"
    facts = client.get(address).json()
    assert (facts["shape"], facts["dtype"], facts["orientation"]) == (list(SHAPE), "int16", "PSR")
    np.testing.assert_allclose(np.reshape(facts["affine"], (4, 4)), affine_of("PSR"))
    answer = client.get(facts["voxels_url"])
    assert answer["Content-Encoding"] == "gzip"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert gzip.decompress(b"".join(answer)) == raw(image_voxels())
    assert client.get(facts["voxels_url"], HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    head = client.head(facts["voxels_url"])
    assert (head.status_code, head["ETag"]) == (200, answer["ETag"])
    file = client.get(facts["file_url"])
    assert file["Content-Disposition"] == 'attachment; filename="sub-01_T2w.nii.gz"'
    assert b"".join(file) == nifti_bytes(image_voxels())


def test_a_file_that_is_gone_says_so(world: World, as_user: Callable[[User | None], APIClient]) -> None:
    Volume.objects.filter(pk=world.volume.pk).update(voxels=Blob.objects.create(sha256="0" * 64, size_bytes=1))
    answer = as_user(world.people["own"]).get(f"/api/v1/volumes/{world.volume.pk}/voxels")
    assert answer.status_code == 503
    assert "restore the backup" in answer.json()["detail"]


def test_a_nifti_of_a_proposal_names_no_rater(shared_world: World, as_user: Callable[[User | None], APIClient]) -> None:
    answer = as_user(shared_world.people["own"]).get(f"/api/v1/label-versions/{shared_world.proposal.pk}/nifti")
    assert 'filename="sub-01_T2w_label-SC_seg.nii.gz"' in answer["Content-Disposition"]
    stored = nib.Nifti1Image.from_bytes(gzip.GzipFile(fileobj=io.BytesIO(answer.content)).read())
    np.testing.assert_array_equal(np.asanyarray(stored.dataobj), label_voxels(9))


@pytest.mark.django_db
def test_a_rater_without_a_latin_letter_has_a_file_name_too() -> None:
    volume = make_volume(make_study(make_user("lena")))
    task = make_task(volume.case, make_user("李"))
    assert label_nifti(make_label(task)).name == f"sub-01_T2w_desc-rater{task.rater_id.hex[:8]}_label-SC_seg.nii.gz"


@pytest.mark.django_db
def test_an_imported_file_comes_back_byte_for_byte(as_user: Callable[[User | None], APIClient], tmp_path: Path) -> None:
    lead = make_user("lena")
    files = bids_files(("01",))
    import_folder(study=make_study(lead), folder=write(tmp_path, files), by=lead)
    version = LabelVersion.objects.get(author_name="manual")
    address = f"/api/v1/label-versions/{version.pk}/nifti"
    assert b"".join(as_user(lead).get(f"{address}?original=1")) == files[MANUAL.format("01")]
    own = read_nifti(as_user(lead).get(address).content)
    np.testing.assert_array_equal(np.asanyarray(own.dataobj), label_voxels(0))
    assert own.get_data_dtype() == np.uint8


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("error:StreamingHttpResponse")
def test_the_asgi_server_sends_it_piece_by_piece() -> None:
    lead = make_user("lena")
    volume = make_volume(make_study(lead))
    client = APIClient()
    client.force_login(lead)
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "query_string": b"", "headers": [(b"cookie", cookie)],
        "path": f"/api/v1/volumes/{volume.pk}/voxels", "server": ("localhost", 80),
    }  # fmt: skip

    async def fetch() -> tuple[int, bytes]:
        site = ApplicationCommunicator(get_asgi_application(), scope)
        await site.send_input({"type": "http.request"})
        status, body, more = (await site.receive_output(20))["status"], b"", True
        while more:
            message = await site.receive_output(20)
            body, more = body + message.get("body", b""), message.get("more_body", False)
        return status, body

    status, body = async_to_sync(fetch)()
    assert status == 200
    assert gzip.decompress(body) == raw(image_voxels())
