"""A version as a file and back: another study proposes the same voxels; what is wrong with a file is one sentence."""

import hashlib
import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from access.errors import Conflict
from access.models import User
from annotation.models import Volume
from blobs.services import blob_path, blob_put_bytes
from jobs.models import Job, JobState
from models_app.engine.exporting import traced
from models_app.engine.files import volume_file
from models_app.engine.inference import ModelVersionInference
from models_app.engine.networks import network_build
from models_app.engine.weights import weights_dump
from models_app.model_file import ModelFileRefused, tensors_read
from models_app.models import ExportFormat, ModelExport, ModelVersion
from models_app.selectors.scores import subjects_seen
from models_app.services.model_files import export_start
from models_app.specification import Specification
from mri.geometry import Grid
from mri.nifti import read_labels
from tests.engine.cohort import Cohort
from tests.factories.models import make_version

pytestmark = pytest.mark.django_db

RunJob = Callable[[Job], Job]
Content = dict[str, bytes]


@pytest.fixture
def cohort() -> Cohort:
    made = Cohort(("01", "02", "03"))
    made.accept("01")
    made.accept("02")
    made.hold_out("02")
    return made


@pytest.fixture
def version(cohort: Cohort) -> ModelVersion:
    """One that was trained on sub-01, with fresh weights: what it draws does not matter here."""
    made = make_version(cohort.study, {"02": 0.8}, trained_on=["01"])
    torch.manual_seed(0)
    network = network_build(Specification.from_json(made.specification))
    made.weights = blob_put_bytes(weights_dump(network.state_dict()))
    made.limits = "Adults only."
    made.save()
    return made


def client(user: User) -> APIClient:
    made = APIClient()
    made.force_login(user)
    return made


def exported(version: ModelVersion, format: ExportFormat, by: User, run_job: RunJob) -> Path:
    export = export_start(version=version, format=format, by=by)
    job = run_job(export.job)
    assert job.state == JobState.DONE, job.error
    export.refresh_from_db()
    assert export.file_id is not None
    return blob_path(export.file_id)


def unpacked(path: Path) -> Content:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: Content) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_manifest(content: Content, change: Callable[[dict[str, Any]], object]) -> Content:
    manifest = json.loads(content["manifest.json"])
    change(manifest)
    return {**content, "manifest.json": json.dumps(manifest).encode()}


def with_weights(content: Content, name: str, weights: bytes) -> Content:
    kept = {one: data for one, data in content.items() if not one.startswith("weights")}
    facts = {"file": name, "sha256": hashlib.sha256(weights).hexdigest(), "bytes": len(weights)}
    return {**with_manifest(kept, lambda manifest: manifest.update(weights=facts)), name: weights}


def sent(user: User, data: bytes, slug: str = "cord") -> Any:
    file = SimpleUploadedFile("their model.radicula.zip", data)
    return client(user).post(f"/api/v1/studies/{slug}/model-imports", {"file": file}, format="multipart")


def predicted(version: ModelVersion, volume: Volume) -> np.ndarray:
    return ModelVersionInference(version, {}, torch.device("cpu")).predict(volume_file(volume)).labels.voxels


def test_out_and_in_again_draws_the_same_voxels(cohort: Cohort, version: ModelVersion, run_job: RunJob) -> None:
    path = exported(version, ExportFormat.RADICULA, cohort.emil, run_job)
    content = unpacked(path)
    assert set(content) == {"manifest.json", "weights.safetensors", "CARD.md"}
    manifest = json.loads(content["manifest.json"])
    assert manifest["trained_on"] == [cohort.volumes["01"].original_id]
    assert manifest["scores"]["1"]["mean"] == 0.8
    assert "sub-01" not in json.dumps(manifest)
    assert "ada" not in manifest["data"].values()

    answer = sent(cohort.emil, path.read_bytes())
    assert answer.status_code == 202, answer.json()
    job = run_job(Job.objects.get(pk=answer.json()["id"]))
    assert job.state == JobState.DONE, job.error
    imported = ModelVersion.objects.get(pk=job.result["model_version"])
    assert (imported.number, imported.state, imported.training_run) == (2, "candidate", None)
    assert imported.specification == version.specification
    assert (imported.limits, imported.origin["name"]) == ("Adults only.", version.name)
    volume = cohort.volumes["03"]
    assert (predicted(imported, volume) == predicted(version, volume)).all()
    # It has scores of its own to come, and knows by the image what it learned from.
    assert job.result["scoring"] is not None
    assert subjects_seen(imported) == {"01": "in the training before the import"}
    assert run_job(Job.objects.get(pk=job.result["scoring"])).state == JobState.DONE
    card = client(cohort.rita).get(f"/api/v1/model-versions/{imported.pk}/card")
    assert card.headers["Content-Type"].startswith("text/markdown")
    text = card.content.decode()
    assert "| came from a file | their model.radicula.zip |" in text
    assert "Adults only." in text
    assert hashlib.sha256(path.read_bytes()).hexdigest() in text


def test_a_file_is_made_once_at_a_time_and_handed_to_those_who_make_models(
    cohort: Cohort, version: ModelVersion, run_job: RunJob
) -> None:
    emil, address = client(cohort.emil), f"/api/v1/model-versions/{version.pk}/exports"
    first, again = (emil.post(address, {"format": "radicula"}).json() for _ in range(2))
    assert first["id"] == again["id"]
    assert (first["url"], first["name"]) == (None, "cord-v1-unet3d-small.radicula.zip")
    early = emil.get(f"/api/v1/model-exports/{first['id']}/file")
    assert (early.status_code, "not made yet" in early.json()["detail"]) == (409, True)
    run_job(ModelExport.objects.get().job)
    (row,) = emil.get(address).json()["results"]
    file = emil.get(row["url"])
    body = b"".join(file.streaming_content)  # type: ignore[attr-defined]
    assert hashlib.sha256(body).hexdigest() == row["sha256"]
    assert row["name"] in file.headers["Content-Disposition"]
    assert client(cohort.rita).get(row["url"]).status_code == 403


def test_torchscript_says_what_the_network_says(cohort: Cohort, version: ModelVersion, run_job: RunJob) -> None:
    extra = {"specification.json": "", "CARD.md": ""}
    path = exported(version, ExportFormat.TORCHSCRIPT, cohort.emil, run_job)
    script = torch.jit.load(str(path), _extra_files=extra)
    specification = Specification.from_json(json.loads(extra["specification.json"]))
    assert "## Intended use" in card_of(extra["CARD.md"])
    torch.manual_seed(0)
    network = network_build(specification).eval()
    patch = torch.randn(2, 1, *specification.patch)
    with torch.inference_mode():
        assert torch.equal(script(patch), network(patch))


def card_of(extra: str | bytes) -> str:
    # torch gives back text as bytes.
    return extra.decode() if isinstance(extra, bytes) else extra


@pytest.mark.parametrize("name", ["light-unet-2d", "segresnet", "dynunet", "flexible-unet-2d"])
def test_every_network_of_one_step_can_be_traced(name: str, cohort: Cohort) -> None:
    from dataclasses import replace

    from models_app.selectors import protocol_of
    from models_app.specification import specification_for

    wanted = specification_for(protocol_of(cohort.study), name)
    specification = replace(wanted, patch=tuple(min(32, side) for side in wanted.patch), channels=wanted.channels[:3])
    network = network_build(specification).eval()
    patch = torch.randn(1, 1, *specification.patch)
    with torch.inference_mode():
        wanted, found = network(patch), traced(network, specification)(patch)
    # TorchScript takes other kernels here and there: a hundredth of the largest logit is far below what decides.
    torch.testing.assert_close(found, wanted, rtol=0.0, atol=0.01 * float(wanted.abs().max()))


def test_a_monai_bundle_runs_by_itself_and_draws_what_we_draw(
    cohort: Cohort,
    trained,  # type: ignore[no-untyped-def]
    run_job: RunJob,
    tmp_path: Path,
) -> None:
    from monai.bundle import ConfigParser

    version = trained(cohort, epochs=3).model_version
    path = exported(version, ExportFormat.MONAI_BUNDLE, cohort.emil, run_job)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "bundle")
    images = tmp_path / "images"
    images.mkdir()
    names = ("01", "03")  # PSR and 1 mm; RPI and 1.2 x 1 x 1.5 mm
    for label in names:
        volume = cohort.volumes[label]
        (images / f"sub-{label}_T2w.nii.gz").write_bytes(volume_file(volume).read_bytes())
    parser = ConfigParser()
    parser.read_config(tmp_path / "bundle/configs/inference.json")
    parser.update(
        {"bundle_root": str(tmp_path / "bundle"), "dataset_dir": str(images), "output_dir": str(tmp_path / "labels")}
    )
    for step in ("network_def", "evaluator"):
        parser.get_parsed_content(step)
    parser.get_parsed_content("run")
    for label in names:
        volume = cohort.volumes[label]
        grid = Grid(tuple(volume.shape), np.array(volume.affine).reshape(4, 4))
        theirs = read_labels(tmp_path / f"labels/sub-{label}_T2w_labels.nii.gz", grid).voxels
        ours = predicted(without_mirror(version), volume)
        both = 2 * ((ours > 0) & (theirs > 0)).sum() / max(1, (ours > 0).sum() + (theirs > 0).sum())
        assert (ours > 0).sum() > 500
        # Where it resamples, MONAI interpolates between other points: of a tube of 4 mm radius, edge voxels may differ.
        assert both > (0.999 if label == "01" else 0.95)
    metadata = json.loads((tmp_path / "bundle/configs/metadata.json").read_text())
    assert metadata["network_data_format"]["outputs"]["pred"]["channel_def"] == {"0": "background", "1": "Spinal cord"}


def without_mirror(version: ModelVersion) -> ModelVersion:
    """As a bundle infers: without the mirror image."""
    version.specification = {**version.specification, "flips": []}
    return version


def test_what_a_format_can_not_hold_is_said(version: ModelVersion, cohort: Cohort) -> None:
    version.architecture = "cascade"
    version.save()
    with pytest.raises(Conflict, match="two networks, with a crop between them"):
        export_start(version=version, format=ExportFormat.TORCHSCRIPT, by=cohort.emil)
    version.architecture = "nnunet"
    version.save()
    with pytest.raises(Conflict, match="nnU-Net's own code, which a MONAI bundle does not hold"):
        export_start(version=version, format=ExportFormat.MONAI_BUNDLE, by=cohort.emil)


class Poison:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> Any:
        return (print, ("poisoned",))


def poisoned_pt() -> bytes:
    out = io.BytesIO()
    torch.save({"model": Poison()}, out)
    return out.getvalue()


def test_a_poisoned_pickle_is_refused_and_not_run(
    cohort: Cohort, version: ModelVersion, run_job: RunJob, capsys: pytest.CaptureFixture[str]
) -> None:
    content = unpacked(exported(version, ExportFormat.RADICULA, cohort.emil, run_job))
    # Under the name of tensors it is found at once.
    answer = sent(cohort.emil, packed(with_weights(content, "weights.safetensors", pickle.dumps(Poison()))))
    assert answer.status_code == 400
    assert answer.json()["errors"]["file"] == ["weights.safetensors was refused: it is no table of tensors."]
    # As a file of torch it goes to the engine, whose unpickler knows tensors alone.
    answer = sent(cohort.emil, packed(with_weights(content, "weights.pt", poisoned_pt())))
    assert answer.status_code == 202
    job = run_job(Job.objects.get(pk=answer.json()["id"]))
    assert (job.state, job.error) == (
        JobState.FAILED,
        "The weight file weights.pt was refused: it is damaged or holds more than numbers.",
    )
    assert "poisoned" not in capsys.readouterr().out
    assert ModelVersion.objects.count() == 1
    # A file of torch with numbers alone is read.
    good = blob_path(version.weights_id).read_bytes()
    answer = sent(cohort.emil, packed(with_weights(content, "weights.pt", good)))
    assert run_job(Job.objects.get(pk=answer.json()["id"])).state == JobState.DONE


def test_weights_of_another_network_are_one_sentence(cohort: Cohort, version: ModelVersion, run_job: RunJob) -> None:
    from safetensors.torch import save

    content = unpacked(exported(version, ExportFormat.RADICULA, cohort.emil, run_job))
    state = torch.load(io.BytesIO(blob_path(version.weights_id).read_bytes()), weights_only=True)
    first = sorted(state)[0]
    lacking = {name: value for name, value in state.items() if name != first}
    wrong = {
        rf"they lack {first}": save(lacking),
        r"they hold more than the network has: zebra": save({**state, "zebra": torch.zeros(1)}),
        rf"{first} is 2, not": save({**state, first: torch.zeros(2)}),
        r"holds values that are no numbers": save({**state, first: torch.full_like(state[first], float("nan"))}),
    }
    for words, weights in wrong.items():
        answer = sent(cohort.emil, packed(with_weights(content, "weights.safetensors", weights)))
        job = run_job(Job.objects.get(pk=answer.json()["id"]))
        assert job.state == JobState.FAILED
        assert words in job.error


def test_a_file_is_refused_in_one_sentence_beside_the_field(
    cohort: Cohort, version: ModelVersion, run_job: RunJob
) -> None:
    content = unpacked(exported(version, ExportFormat.RADICULA, cohort.emil, run_job))

    def spec(**fields: Any) -> Content:
        return with_manifest(content, lambda manifest: manifest["specification"].update(fields))

    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("weights.safetensors", bytes(64 * 1024**2))
    without = {name: data for name, data in content.items() if name != "manifest.json"}
    damaged = bytearray(content["weights.safetensors"])
    damaged[-1] ^= 1
    wrong: dict[str, bytes] = {
        "is not a readable zip archive": b"PK no archive",
        "far more than its size": bomb.getvalue(),
        "its path leaves the archive": packed({**content, "../../evil.py": b"1"}),
        "'extra.py', which is no part": packed({**content, "extra.py": b"1"}),
        "has no manifest.json": packed(without),
        "holds a NUL character": packed(with_manifest(content, lambda m: m.update(name="a\x00b"))),
        "its first step is out of bounds": packed(
            spec(localiser={"spacing_mm": [1, 1, 1], "patch": [10**6] * 3, "margin_mm": 5})
        ),
        "not readable JSON": packed({**content, "manifest.json": b"{"}),
        "not that of a Radicula file": packed({**content, "manifest.json": b"{}"}),
        "has format 2, this site reads 1": packed(with_manifest(content, lambda m: m.update(format_version=2))),
        "was changed or damaged": packed({**content, "weights.safetensors": bytes(damaged)}),
        "names the weights '/etc/passwd'": packed(
            with_manifest(content, lambda m: m["weights"].update(file="/etc/passwd"))
        ),
        "there is no architecture 'gpt'": packed(spec(architecture="gpt")),
        "its channels are out of bounds": packed(spec(channels=[10**9])),
        "its patch is out of bounds": packed(spec(patch=[10**6] * 3)),
        "lacks 'roles'": packed(with_manifest(content, lambda m: m["specification"].pop("roles"))),
        "The study's protocol has no label 7, which the file calls 'femur'": packed(
            with_manifest(
                with_manifest(content, lambda m: m["specification"].update(label_values=[7])),
                lambda m: m.update(labels=[{"value": 7, "name": "femur"}]),
            )
        ),
        "Label 1 is 'femur' in the file and 'Spinal cord' in the study's protocol": packed(
            with_manifest(content, lambda m: m.update(labels=[{"value": 1, "name": "femur"}]))
        ),
        "The model takes FLAIR": packed(spec(roles=["FLAIR"], labelled_role="FLAIR")),
    }
    for words, data in wrong.items():
        answer = sent(cohort.emil, data)
        assert answer.status_code == 400, words
        (said,) = answer.json()["errors"]["file"]
        assert words in said
    assert not Job.objects.filter(kind="model-import").exists()


def header(entries: dict[str, Any], data: bytes = b"") -> bytes:
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text + data


def test_a_table_of_tensors_fits_to_the_last_byte(tmp_path: Path) -> None:
    path = tmp_path / "weights.safetensors"
    entry = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    path.write_bytes(header({"a": entry}, bytes(8)))
    assert tensors_read(path) == {"a": ("F32", (2,))}
    wrong = (
        b"",
        struct.pack("<Q", 2**62) + b"{}",
        header({}, b""),
        header({"a": entry}, bytes(9)),
        header({"a": {**entry, "dtype": "object"}}, bytes(8)),
        header({"a": {**entry, "shape": [3]}}, bytes(8)),
        header({"a": {**entry, "shape": [-2]}}, bytes(8)),
        header({"a": entry, "b": {**entry, "data_offsets": [4, 12]}}, bytes(12)),
        header({"a": 3}, bytes(8)),
    )
    for content in wrong:
        path.write_bytes(content)
        with pytest.raises(ModelFileRefused, match="was refused"):
            tensors_read(path)
