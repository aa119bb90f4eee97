"""MONAI Label's own client, unchanged, against the site and a real MONAI Label process."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import nibabel as nib
import numpy as np
import pytest
import uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.cache import cache
from django.db import connection

from annotation.models import LabelVersion, Task, TaskState, Volume
from jobs.models import Job
from models_app.architectures import ARCHITECTURES
from models_app.monailabel_rest.bodiless import without_announced_bodies
from models_app.services.versions import model_version_promote
from radicula.services.options import free_port
from tests.engine.cohort import Cohort
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "a-token-for-the-test"
START_SECONDS = 300.0
ANSWER_SECONDS = 180.0


def database_url() -> str:
    """The test database, for a process that is not this one."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def wait_for(address: str, headers: dict[str, str], process: subprocess.Popen[bytes] | None = None) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}")
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(address, headers=headers, trust_env=False).status_code == 200:
                return
        time.sleep(0.05)
    pytest.fail(f"{address} did not answer")


@dataclass(frozen=True)
class Engine:
    """The MONAI Label process, which may still be starting."""

    address: str
    process: subprocess.Popen[bytes]
    scratch: Path
    """Where it keeps its temporary files, and nobody else."""

    def ready(self) -> None:
        """Wait for it."""
        wait_for(f"{self.address}/healthz", {"X-Radicula-Token": TOKEN}, self.process)


@pytest.fixture
def engine(
    monkeypatch: pytest.MonkeyPatch, transactional_db: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """`python -m models_app.engine.server`, as the supervisor starts it."""
    address, scratch = f"http://127.0.0.1:{free_port()}", tmp_path_factory.mktemp("scratch")
    environment = os.environ | {
        "TMPDIR": str(scratch),
        "DATABASE_URL": database_url(),
        "RADICULA_MONAILABEL_URL": address,
        "RADICULA_MONAILABEL_TOKEN": TOKEN,
        "OMP_NUM_THREADS": "1",
    }
    process = subprocess.Popen([sys.executable, "-m", "models_app.engine.server"], env=environment)
    try:
        monkeypatch.setattr(
            settings,
            "CONFIGURATION",
            settings.CONFIGURATION.model_copy(
                update={
                    "monailabel_url": address,
                    "monailabel_token": type(settings.CONFIGURATION.monailabel_token)(TOKEN),
                }
            ),
        )
        # It takes seconds to import torch: the cohort is trained meanwhile.
        yield Engine(address, process, scratch)
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def site(transactional_db: None) -> Iterator[str]:
    """The site on the ASGI server that `make run` uses."""
    cache.clear()  # counted sign-ins
    port = free_port()
    application = without_announced_bodies(get_asgi_application())
    server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz", {})
        yield address
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def cohort(trained) -> Cohort:  # type: ignore[no-untyped-def]
    made = Cohort()
    for label in ("01", "02", "03"):
        made.accept(label)
    made.hold_out("03")
    model_version_promote(version=trained(made, epochs=4).model_version, by=made.emil)
    return made


def ask(verb: str, address: str, **options: Any) -> httpx.Response:
    """A request with as much time as a network on a busy machine needs."""
    return httpx.request(verb, address, timeout=ANSWER_SECONDS, trust_env=False, **options)


def signed_in(site: str, username: str, folder: Path):  # type: ignore[no-untyped-def]
    from models_app.engine.standins import install

    install()
    from monailabel.client import MONAILabelClient

    client = MONAILabelClient(f"{site}/monailabel/cord", tmpdir=str(folder))
    assert client.auth_enabled()
    client.update_auth(client.auth_token(username, PASSWORD))
    assert client.auth_valid_token()
    return client


def test_the_client_goes_all_the_way(  # type: ignore[no-untyped-def]
    engine: Engine, site: str, cohort: Cohort, tmp_path: Path, run_job
) -> None:
    engine.ready()
    ada = signed_in(site, "ada", tmp_path)
    info = ada.info()
    assert {name: row["type"] for name, row in info["models"].items()} == {
        "unet3d-small": "segmentation", "graph-cut": "scribbles",
    }  # fmt: skip
    assert info["labels"] == {"Spinal cord": 1}
    assert set(info["trainers"]) == set(ARCHITECTURES)
    assert info["datastore"]["total"] == 5

    sample = ada.next_sample("first", {})
    volume = cohort.volumes["04"]
    assert sample["id"] == str(volume.pk)
    assert "path" not in sample
    assert Task.objects.get(case=volume.case).rater.user == cohort.ada
    assert ada.next_sample("first", {})["id"] == sample["id"]

    file, params = ada.infer("unet3d-small", sample["id"], {"image": "/etc/passwd", "model_filename": "/etc/passwd"})
    assert params["label_names"] == {"Spinal cord": 1}
    proposed = nib.load(file)
    assert proposed.shape == tuple(volume.shape)
    assert np.allclose(proposed.affine, np.array(volume.affine).reshape(4, 4), atol=1e-5)
    found = np.asarray(proposed.dataobj) == 1
    assert 2 * (found & (cohort.truth["04"] == 1)).sum() / (found.sum() + cohort.truth["04"].sum()) > 0.7

    saved = ada.save_label(sample["id"], file, tag="original")
    assert saved["image"] == sample["id"]
    task = Task.objects.get(case=volume.case)
    assert task.state == TaskState.IN_PROGRESS
    # After an upload the client's GET announces a body that never comes: it must be answered all the same.
    assert ada.info()["datastore"]["total"] == 5
    ada.save_label(sample["id"], file, tag="final")
    task.refresh_from_db()
    assert task.state == TaskState.SUBMITTED
    version = LabelVersion.objects.get(pk=task.working.get().submitted_id)
    assert version.counts == {"1": int(found.sum())}
    assert version.author == cohort.ada
    fetched = nib.load(ada.download_label(sample["id"], "final"))
    assert np.array_equal(np.asarray(fetched.dataobj), np.asarray(proposed.dataobj))

    emil = signed_in(site, "emil", tmp_path)
    started = emil.train_start("unet3d-small", {"max_epochs": 1})
    assert started["status"] == "SUBMITTED"
    assert emil.train_status()["id"] == started["id"]
    assert emil.train_status(check_if_running=True)
    assert emil.train_stop()["status"] == "STOPPED"
    assert not emil.train_status(check_if_running=True)
    started = emil.train_start("unet3d-small", {"unet3d-small": {"max_epochs": 1}})
    run_job(Job.objects.get(pk=started["id"]))
    status = emil.train_status()
    assert status["status"] == "DONE", status
    assert status["details"][0].startswith("epoch 1: loss ")

    shapes_and_refusals(site, engine, cohort, tmp_path)
    two_users_at_once(site, cohort, tmp_path)
    killed_in_mid_inference(site, engine.process, cohort, tmp_path)


def shapes_and_refusals(site: str, engine: Engine, cohort: Cohort, tmp_path: Path) -> None:
    """What OHIF asks for, and what nobody gets. In the same test: starting the engine takes ten seconds."""
    volume, scratch = cohort.volumes["05"], engine.scratch
    token = signed_in(site, "ada", tmp_path)._headers["Authorization"]
    headers = {"Authorization": token}
    base = f"{site}/monailabel/cord"

    def infer(query: dict[str, str], **options: object) -> httpx.Response:
        return ask("POST", f"{base}/infer/unet3d-small", params=query, headers=headers, **options)

    left_behind = set(scratch.iterdir())
    ohif = {"result_extension": ".nrrd", "result_dtype": "uint16", "result_compress": False}
    image = infer({"image": str(volume.pk), "output": "image"}, data={"params": json.dumps(ohif)})
    assert image.status_code == 200
    assert image.headers["content-type"] == "application/octet-stream"
    header, _, voxels = image.content.partition(b"\n\n")
    assert header.startswith(b"NRRD")
    # OHIF takes the bytes as numbers of two bytes each, i fastest.
    ours = np.frombuffer(voxels, "<u2").reshape(volume.shape, order="F")
    assert set(np.unique(ours)) == {0, 1}
    for strange in ({"result_dtype": "float64"}, {"result_extension": ".exe"}):
        assert infer({"image": str(volume.pk)}, data={"params": json.dumps(strange)}).status_code == 400
    facts = infer({"image": str(volume.pk), "output": "json"}).json()
    assert facts["model_version"]["name"] == "cord v1 (unet3d-small)"
    file = tmp_path / "scan.nii.gz"
    file.write_bytes(ask("GET", f"{base}/datastore/image", params={"image": str(volume.pk)}, headers=headers).content)
    with file.open("rb") as stream:
        sent = infer({"output": "image"}, files={"file": ("scan.nii.gz", stream)})
    again = infer({"image": str(volume.pk), "output": "image"})
    assert sent.status_code == 200
    assert sent.content == again.content
    slicer = signed_in(site, "ada", tmp_path)
    session = slicer.create_session(str(file))["session_id"]
    assert slicer.get_session(session)["name"] == session
    made, params = slicer.infer("unet3d-small", "not used", {"result_extension": ".nii"}, session_id=session)
    assert made.endswith(".nii")
    assert np.array_equal(np.asarray(nib.load(made).dataobj), ours)
    assert params["label_names"] == {"Spinal cord": 1}
    scribbles_of_slicer(slicer, volume, session, tmp_path)
    slicer.remove_session(session)
    for path in ("/etc/passwd", "../../etc/passwd", str(file)):
        assert infer({"image": path}).status_code == 404
    assert infer({"image": str(volume.pk)}, data={"params": "{"}).status_code == 400
    assert ask("POST", f"{base}/infer/other", params={"image": str(volume.pk)}, headers=headers).status_code == 404
    for verb, page in (("GET", "/info/"), ("POST", "/train/unet3d"), ("GET", "/datastore/?output=all")):
        assert ask(verb, base + page).status_code == 401
    assert ask("POST", f"{base}/train/unet3d", headers=headers, json={}).status_code == 403

    direct = f"{engine.address}/studies/cord/infer/unet3d-small"
    assert ask("POST", direct, params={"image": str(volume.pk)}).status_code == 403
    assert ask("GET", f"{engine.address}/healthz").status_code == 403
    guarded = {"X-Radicula-Token": TOKEN, "Origin": "http://elsewhere.example"}
    for path in ("/etc/passwd", str(file)):
        refused = ask("POST", direct, params={"image": path}, headers=guarded)
        assert refused.status_code == 404
    assert "access-control-allow-origin" not in refused.headers
    for verb, page in (
        ("POST", "/train/unet3d"),
        ("POST", "/reload"),
        ("GET", "/info/"),
        ("PUT", "/datastore/label?image=../../evil&tag=../../evil"),
        ("GET", "/datastore/image?image=/etc/passwd"),
        ("GET", "/logs/"),
        ("PUT", "/model/unet3d"),
        ("PUT", "/session/"),
        ("GET", "/docs"),
        ("GET", "/openapi.json"),
    ):
        assert ask(verb, engine.address + page).status_code == 403, page
        assert ask(verb, engine.address + page, headers=guarded).status_code == 404, page
    assert set(scratch.iterdir()) <= left_behind, "nothing stays behind"


def scribbles_of_slicer(slicer: Any, volume: Volume, session: str, folder: Path) -> None:
    """Its plug-in's request, on an image of the study and on one of the user's own disk."""
    drawn = np.zeros(volume.shape, np.uint8)
    drawn[2:-2, 2, ::4], drawn[2:-2, -3, ::4] = 2, 2
    drawn[volume.shape[0] // 2, volume.shape[1] // 2, 4:-4] = 3
    path = folder / "scribbles.nii.gz"
    nib.save(nib.Nifti1Image(drawn, np.array(volume.affine).reshape(4, 4)), path)
    names = ("Spinal cord", "background_scribbles", "foreground_scribbles")
    params = {
        "margin_mm": 8.0, "smoothness": 1.0, "roi": [], "selected_label_name": "Spinal cord",
        "label_info": [{"name": name, "id": number} for number, name in enumerate(names, 1)],
    }  # fmt: skip
    regions = []
    for image, session_id in ((str(volume.pk), None), ("not used", session)):
        file, told = slicer.infer("graph-cut", image, params, label_in=str(path), session_id=session_id)
        assert told["label_names"] == {"Spinal cord": 1}
        regions.append(np.asarray(nib.load(file).dataobj))
    assert regions[0].shape == tuple(volume.shape)
    assert set(np.unique(regions[0])) == {0, 1}
    assert np.array_equal(*regions)


def two_users_at_once(site: str, cohort: Cohort, tmp_path: Path) -> None:
    """Each gets the answer for the own case, as if alone."""
    clients = {name: signed_in(site, name, tmp_path / name) for name in ("ada", "emil")}
    volumes = {"ada": cohort.volumes["05"], "emil": cohort.volumes["02"]}

    def segment(name: str) -> np.ndarray:  # type: ignore[type-arg]
        (tmp_path / name).mkdir(exist_ok=True)
        file, params = clients[name].infer("unet3d-small", str(volumes[name].pk), {})
        assert params["label_names"] == {"Spinal cord": 1}
        return np.asarray(nib.load(file).dataobj)

    alone = {name: segment(name) for name in clients}
    assert not np.array_equal(alone["ada"], alone["emil"])
    with ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            together = dict(zip(clients, pool.map(segment, clients), strict=True))
            assert all(np.array_equal(together[name], alone[name]) for name in clients)


def killed_in_mid_inference(site: str, process: subprocess.Popen[bytes], cohort: Cohort, tmp_path: Path) -> None:
    """`kill -9` while it holds a request: a clear answer, and all that needs no engine goes on."""
    headers = {"Authorization": signed_in(site, "ada", tmp_path)._headers["Authorization"]}
    base = f"{site}/monailabel/cord"
    # Stopped first: it has the request in hand for certain when it is killed.
    process.send_signal(signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        page = f"{base}/infer/unet3d-small?image={cohort.volumes['05'].pk}"
        waiting = pool.submit(ask, "POST", page, headers=headers)
        time.sleep(0.3)
        assert not waiting.done()
        process.kill()
        answer = waiting.result()
    assert answer.status_code == 503
    assert answer.json()["detail"] == "The MONAI Label server is away; try again in a moment."
    assert ask("GET", f"{base}/info/", headers=headers).status_code == 200
