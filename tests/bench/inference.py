"""Warm inference through the site, beside the bare network and MONAI Label's stock server, in one run."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import nibabel as nib
import numpy as np

from radicula.services.options import free_port
from radicula.services.places import Home
from radicula.services.status import site_parts_running
from tests.site import REPOSITORY, Client, Site, environment_for, running_site

SIZES = {"small": (64, 64, 64), "large": (256, 256, 64)}
TRAINED = ("01", "02")
REPEATS = 3
MANY = 100
WARM_UPS = 5


@dataclass(frozen=True)
class Measured:
    """Median seconds for one size."""

    read: float
    network: float
    site: float
    stock: float


def table() -> str:
    """All of it in one site."""
    with tempfile.TemporaryDirectory() as name, running_site() as site:
        folder = Path(name)
        images = _images(folder / "bids")
        lead, model = _study(site, folder / "bids")
        network = _exported(site, folder / "network")
        ids = {
            volume["name"]: volume["id"] for case in lead.results("studies/bench/cases") for volume in case["volumes"]
        }
        studies = folder / "studies"
        studies.mkdir()
        for size, path in images.items():
            shutil.copy(path, studies / f"{size}.nii.gz")
        with _stock_server(network, studies) as stock:
            rows = {}
            for size, path in images.items():
                ours = _ours(site, lead, model, ids[f"sub-{size}_T2w"])
                theirs = _theirs(stock, size)
                bare = _bare(network, path)
                rows[size] = Measured(*bare, _median(ours), _median(theirs))
        large = _ours(site, lead, model, ids["sub-large_T2w"])
        ready = _ready_meanwhile(site, large)
        grown = _grown(site, _ours(site, lead, model, ids["sub-small_T2w"]))
    return "\n".join([*_lines(rows), "", ready, "", grown])


def _lines(rows: dict[str, Measured]) -> list[str]:
    lines = [
        "| image | bare: reading the file + network | through the site | ratio | MONAI Label's stock server | ratio |",
        "|---|---|---|---|---|---|",
    ]
    for size, row in rows.items():
        bare = row.read + row.network
        shape = "x".join(map(str, SIZES[size]))
        lines.append(
            f"| {shape} | {1000 * row.read:.0f} + {1000 * row.network:.0f} ms | {1000 * row.site:.0f} ms "
            f"| {row.site / bare:.2f} | {1000 * row.stock:.0f} ms | {row.stock / bare:.2f} |"
        )
    return lines


def _images(folder: Path) -> dict[str, Path]:
    """Two labelled tubes to train on, and one image of each size."""
    for subject in TRAINED:
        _tube(folder, subject, (48, 48, 48), labelled=True)
    return {size: _tube(folder, size, shape) for size, shape in SIZES.items()}


def _tube(folder: Path, subject: str, shape: tuple[int, int, int], *, labelled: bool = False) -> Path:
    i, j, _ = np.indices(shape)
    truth = np.hypot(i - shape[0] / 2, j - shape[1] / 2) < 6
    noise = np.random.default_rng(0).normal(0, 30, shape)
    path = folder / f"sub-{subject}" / "anat" / f"sub-{subject}_T2w.nii.gz"
    path.parent.mkdir(parents=True)
    nib.save(nib.Nifti1Image((300 + 300 * truth + noise).astype(np.int16), np.eye(4)), path)
    if labelled:
        label = folder / "derivatives" / "labels" / f"sub-{subject}" / "anat" / f"sub-{subject}_T2w_label-SC_seg.nii.gz"
        label.parent.mkdir(parents=True)
        nib.save(nib.Nifti1Image(truth.astype(np.uint8), np.eye(4)), label)
    return path


def _study(site: Site, bids: Path) -> tuple[Client, str]:
    site.add_user("lena")
    lead = site.client("lena")
    lead.post("studies", {"slug": "bench", "name": "Bench", "protocol": "spinal-cord"})
    site.manage("import_dataset", str(bids), "--study", "bench", "--as", "lena", "--accept-labels")
    run = lead.post("studies/bench/training-runs", {"architecture": "unet3d-small", "epochs": 1})
    lead.wait_for_job(run["job"]["id"], 300)
    (version,) = lead.results("studies/bench/model-versions")
    lead.post(f"model-versions/{version['id']}/promote", {"reason": "for the benchmark"})
    return lead, str(version["architecture"])


EXPORT = (
    "import json\n"
    "from blobs.services import blob_path\n"
    "from models_app.models import ModelVersion\n"
    "version = ModelVersion.objects.get()\n"
    "print(json.dumps([version.specification, str(blob_path(version.weights_id))]))\n"
)


def _exported(site: Site, folder: Path) -> Path:
    """Specification and weights of the serving version, as files."""
    folder.mkdir()
    specification, weights = json.loads(site.manage("shell", "-v", "0", "-c", EXPORT))
    (folder / "specification.json").write_text(json.dumps(specification))
    shutil.copy(weights, folder / "weights.pt")
    return folder


def _ours(site: Site, lead: Client, model: str, image: str) -> Callable[[], None]:
    client = httpx.Client(headers={"Authorization": lead.http.headers["Authorization"]}, timeout=300, trust_env=False)
    address = f"{site.url}/monailabel/bench/infer/{model}"

    def infer() -> None:
        answer = client.post(address, params={"image": image, "output": "image"}, data={"params": "{}"})
        assert answer.status_code == 200, answer.text
        assert answer.content

    return infer


def _theirs(url: str, image: str) -> Callable[[], None]:
    client = httpx.Client(timeout=300, trust_env=False)

    def infer() -> None:
        answer = client.post(f"{url}/infer/stock", params={"image": image, "output": "image"}, data={"params": "{}"})
        assert answer.status_code == 200, answer.text
        assert answer.content

    return infer


@contextmanager
def _stock_server(network: Path, studies: Path) -> Iterator[str]:
    port = free_port()
    environment = environment_for(
        studies, STOCK_NETWORK=str(network), PYTHONPATH=os.pathsep.join([str(REPOSITORY / "platform"), str(REPOSITORY)])
    )
    with (studies.parent / "stock.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.stock_app.serve", str(port), str(studies)],
            cwd=REPOSITORY,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        limit = time.monotonic() + 180
        while True:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/info/", timeout=60, trust_env=False).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"the stock server did not start:\n{(studies.parent / 'stock.log').read_text()}")
            time.sleep(0.3)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


BARE = """
import json, statistics, sys, time
import django
django.setup()
import nibabel as nib, numpy as np, torch
from monai.inferers.utils import dense_patch_slices
from models_app.engine.networks import network_build
from models_app.specification import Specification
folder, image, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])
specification = Specification.from_json(json.load(open(f"{folder}/specification.json")))
network = network_build(specification)
network.load_state_dict(torch.load(f"{folder}/weights.pt", weights_only=True))
network.eval()
read, ran = [], []
for _ in range(repeats + 1):
    started = time.perf_counter()
    voxels = np.asarray(nib.load(image).dataobj)
    read.append(time.perf_counter() - started)
    block = torch.from_numpy(voxels.astype(np.float32))[None, None]
    started = time.perf_counter()
    steps = [max(1, int(side * 0.75)) for side in specification.patch]
    with torch.inference_mode():
        for where in dense_patch_slices(voxels.shape, specification.patch, steps):
            patch = block[(slice(None), slice(None), *where)].contiguous(memory_format=torch.channels_last_3d)
            network(patch)
    ran.append(time.perf_counter() - started)
print(json.dumps([statistics.median(read[1:]), statistics.median(ran[1:])]))
"""


def _bare(network: Path, image: Path) -> tuple[float, float]:
    """Reading with nibabel, and the same windows through the same network: in a process like the servers'."""
    path = os.pathsep.join([str(REPOSITORY / "platform"), str(REPOSITORY)])
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BARE, str(network), str(image), str(REPEATS)],
        cwd=REPOSITORY,
        env=environment_for(network, PYTHONPATH=path, DJANGO_SETTINGS_MODULE="radicula.settings"),
        capture_output=True,
        text=True,
        check=True,
    )
    read, ran = json.loads(done.stdout.splitlines()[-1])
    return float(read), float(ran)


def _median(work: Callable[[], None]) -> float:
    seconds = []
    for _ in range(REPEATS + 1):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[1:])  # the first one warms up


def _ready_meanwhile(site: Site, infer: Callable[[], None]) -> str:
    """How long `/readyz` takes while inferences run one after the other."""
    busy = threading.Thread(target=lambda: [infer() for _ in range(REPEATS)])
    client, seconds = httpx.Client(trust_env=False), []
    busy.start()
    while busy.is_alive():
        started = time.perf_counter()
        client.get(f"{site.url}/readyz", timeout=30)
        seconds.append(time.perf_counter() - started)
        time.sleep(0.05)
    busy.join()
    middle, most = 1000 * statistics.median(seconds), 1000 * float(np.percentile(seconds, 95))
    return (
        f"While {REPEATS} inferences of the large image run, `/readyz` answers in {middle:.0f} ms "
        f"(95 %: {most:.0f} ms, longest {1000 * max(seconds):.0f} ms, {len(seconds)} requests)."
    )


def _grown(site: Site, infer: Callable[[], None]) -> str:
    """Memory of the MONAI Label process before and after many inferences."""
    for _ in range(WARM_UPS):
        infer()
    before = _memory(site)
    for _ in range(MANY):
        infer()
    after = _memory(site)
    return (
        f"{MANY} inferences of the small image: the MONAI Label process holds {before / 1e6:.0f} MB before and "
        f"{after / 1e6:.0f} MB after ({100 * (after / before - 1):+.1f} %)."
    )


def _memory(site: Site) -> int:
    return sum(process.memory_info().rss for process in site_parts_running(Home(site.home))["monailabel"])
