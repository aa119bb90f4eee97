"""From the click on a task to its first slice, beside a bare page that only fetches and shows the same voxels."""

import os
import shutil
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.site import PASSWORD, Client, Site, chromium_arguments, running_site

SIZES = {"cord": (384, 225, 52), "large": (512, 512, 256)}
REPEATS = 5
BARE_PAGE = """<!doctype html><title>bare</title><canvas id="c"></canvas>"""
# Fetches the voxels and draws the middle slice along the last axis: the least that a page can do.
BARE_SCRIPT = """async ([url, I, J, K, lower, upper]) => {
  const started = performance.now();
  const voxels = new Int16Array(await (await fetch(url, { cache: 'no-store' })).arrayBuffer());
  const canvas = document.getElementById('c');
  canvas.width = I; canvas.height = J;
  const context = canvas.getContext('2d');
  const image = context.createImageData(I, J);
  const start = (K >> 1) * I * J;
  for (let n = 0; n < I * J; n += 1) {
    const grey = (255 * (voxels[start + n] - lower)) / (upper - lower);
    image.data[4 * n] = image.data[4 * n + 1] = image.data[4 * n + 2] = grey;
    image.data[4 * n + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - started;
}"""
# The viewer names the volume once its image is on screen; two frames later it has been composed.
OPEN_SCRIPT = """async () => {
  const started = window.__clicked;
  while (!(window.__radicula && window.__radicula.volumeId)) await new Promise((done) => requestAnimationFrame(done));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - started;
}"""


@dataclass(frozen=True)
class Loaded:
    """Medians for one size of volume."""

    ours_ms: float
    bare_ms: float
    voxel_bytes: int
    file_bytes: int


def table() -> str:
    """Both sizes, ours and bare, in one run."""
    with tempfile.TemporaryDirectory() as folder, running_site() as site:
        _prepare(site, Path(folder))
        with sync_playwright() as playwright:
            named = os.environ.get("CHROMIUM") or shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=named, args=list(chromium_arguments()))
            rows = {name: _measure(browser, site, name) for name in SIZES}
            browser.close()
    lines = [
        "| volume | click to first slice | bare page | ratio | voxels moved | the `.nii.gz` |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        shape = "x".join(map(str, SIZES[name]))
        lines.append(
            f"| {shape} int16 | {row.ours_ms:.0f} ms | {row.bare_ms:.0f} ms | {row.ours_ms / row.bare_ms:.2f} "
            f"| {row.voxel_bytes / 1e6:.2f} MB | {row.file_bytes / 1e6:.2f} MB |"
        )
    return "\n".join(lines)


def _prepare(site: Site, folder: Path) -> None:
    for name, shape in SIZES.items():
        path = folder / f"sub-{name}" / "anat" / f"sub-{name}_T2w.nii.gz"
        path.parent.mkdir(parents=True)
        nib.save(nib.Nifti1Image(texture(shape), np.eye(4)), path)
    site.add_user("lena")
    lead = site.client("lena")
    lead.post("studies", {"slug": "bench", "name": "Bench", "protocol": "spinal-cord"})
    site.manage("import_dataset", str(folder), "--study", "bench", "--as", "lena")
    me = lead.results("studies/bench/members")[0]["user"]["id"]
    cases = [case["id"] for case in lead.results("studies/bench/cases")]
    lead.post("studies/bench/tasks", {"cases": cases, "raters": [me], "reads": 1})


def texture(shape: tuple[int, int, int]) -> np.ndarray:
    """Smooth shapes with noise: it compresses about as an MR image does."""
    rng = np.random.default_rng(0)
    i, j, k = (np.linspace(-1, 1, n, dtype=np.float32) for n in shape)
    body = 400 + 300 * np.cos(5 * i)[:, None, None] * np.cos(4 * j)[None, :, None] * np.cos(3 * k)[None, None, :]
    return (body + rng.normal(0, 12, shape).astype(np.float32)).astype(np.int16)


def _measure(browser: Browser, site: Site, name: str) -> Loaded:
    client = site.client("lena")
    (task,) = (row for row in client.results("tasks", study="bench") if row["case"]["name"] == f"sub-{name}")
    (volume,) = client.post(f"tasks/{task['id']}/open")["volumes"]
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=site.url)
    _sign_in(context)
    ours = [_open_ms(context, task["id"]) for _ in range(REPEATS)]
    bare = [_bare_ms(context, site, volume) for _ in range(REPEATS)]
    context.close()
    return Loaded(statistics.median(ours), statistics.median(bare), *_bytes(client, volume))


def _sign_in(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("User name").fill("lena")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.close()


def _open_ms(context: BrowserContext, task: str) -> float:
    """From the click in the case's page; the viewer's own code is in the browser's cache, the voxels are not."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    page.goto("/work")
    link = page.locator(f'a[href="/tasks/{task}"]').first
    link.wait_for()
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    _warm_code(page)
    page.evaluate("document.addEventListener('click', () => { window.__clicked = performance.now(); }, true)")
    link.click()
    milliseconds = float(page.evaluate(OPEN_SCRIPT))
    page.close()
    return milliseconds


def _warm_code(page: Page) -> None:
    """Load the viewer's chunk as an earlier task of the day would have."""
    names = page.evaluate(
        "async () => (await (await fetch('/static/.vite/manifest.json')).json())['src/viewer/ViewerPage.tsx']"
    )
    files = [names["file"], *names.get("css", [])]
    page.evaluate("async (files) => { for (const f of files) await (await fetch('/static/' + f)).text(); }", files)


def _bare_ms(context: BrowserContext, site: Site, volume: dict) -> float:
    page = context.new_page()
    page.route("**/bare", lambda route: route.fulfill(body=BARE_PAGE, content_type="text/html"))
    page.goto("/bare")
    window = volume["window"]
    given = [volume["voxels_url"], *volume["shape"], window["lower"], window["upper"]]
    milliseconds = float(page.evaluate(BARE_SCRIPT, given))
    page.close()
    return milliseconds


def _bytes(client: Client, volume: dict) -> tuple[int, int]:
    with client.http.stream("GET", f"volumes/{volume['id']}/voxels") as answer:
        voxels = sum(len(piece) for piece in answer.iter_raw())
    return voxels, len(client.http.get(f"volumes/{volume['id']}/file").content)
