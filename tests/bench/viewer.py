"""The viewer beside a bare cornerstone3D page (stock tools, labels, save) and NiiVue, on one file in one run."""

import gzip
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    Page,
    Playwright,
    ViewportSize,
    sync_playwright,
)

from tests.bench import bare_pages, viewer_steps, viewer_table
from tests.bench.browser_memory import browser_mib
from tests.bench.loading import OPEN_SCRIPT, texture
from tests.bench.viewer_steps import Frames, Place
from tests.bench.viewer_table import Measured
from tests.site import PASSWORD, Client, Site, chromium_arguments, running_site

Scans = Mapping[str, tuple[tuple[int, int, int], tuple[float, float, float]]]

SIZES: Scans = {
    "mid": ((64, 256, 256), (3.0, 0.8, 0.8)),
    "flat": ((320, 320, 64), (0.7, 0.7, 2.0)),
    "large": ((512, 512, 256), (0.5, 0.5, 0.5)),
}
REPEATS = {"mid": 5, "flat": 5, "large": 3}
# What a sitting begins with: code, fonts and shaders are there when the scan that is measured is opened.
WARM = ((96, 96, 32), (2.0, 2.0, 4.0))
PARTS = (*SIZES, "cycles")
CYCLES = 50
BRUSH_MM = 10.0
# From the brush that the viewer starts with, 4 mm, through 5, 6 and 8.
PRESSES_TO_BRUSH = 4
STUDY = "bench"
WINDOW_SIZE = ViewportSize(width=1440, height=900)
READY = "window.__radicula?.ready === true"
SAVED = "window.__radicula?.saveState()?.phase === 'saved' && !window.__radicula.saveState().unsaved"
LABELLED = "Object.values(window.__radicula.labelCounts()).reduce((sum, count) => sum + count, 0)"


@dataclass(frozen=True)
class Bench:
    """What all measurements need."""

    playwright: Playwright
    site: Site
    pages: str
    folder: Path
    niivue: bool

    @cached_property
    def lead(self) -> Client:
        """Who imported, and reads; signed in once, since sign-ins are throttled."""
        return self.site.client("lena")


def table(part: str) -> str:
    """One size with every figure, as ratios too, or what opening and leaving case after case adds up to."""
    size = "mid" if part == "cycles" else part
    with tempfile.TemporaryDirectory() as folder:
        built = Path(folder) / "pages"
        niivue = bare_pages.build(built)
        scans = {size: SIZES[size], "warm": WARM}
        _write_scans(built, scans)
        with running_site() as site, bare_pages.served(built) as pages, sync_playwright() as playwright:
            _import(site, built, scans)
            bench = Bench(playwright, site, pages, built, niivue)
            if part == "cycles":
                return _cycles(bench)
            row = _row(bench, size)
            return row if niivue else f"{row}\n\nNiiVue could not be fetched in this run."


def _write_scans(folder: Path, scans: Scans) -> None:
    for name, (shape, spacing) in scans.items():
        path = folder / "data" / f"sub-{name}" / "anat" / f"sub-{name}_T2w.nii.gz"
        path.parent.mkdir(parents=True)
        nib.save(nib.Nifti1Image(texture(shape), np.diag([*spacing, 1.0])), path)
        labels = _tube(shape)
        (folder / "data" / f"{name}.labels.gz").write_bytes(gzip.compress(labels.tobytes(order="F"), 6))
        nib.save(nib.Nifti1Image(labels, np.diag([*spacing, 1.0])), folder / "data" / f"{name}.labels.nii.gz")


def _tube(shape: tuple[int, int, int]) -> np.ndarray:
    """A label along the last axis, as a cord is."""
    i, j = np.indices(shape[:2])
    disc = np.hypot((i - shape[0] / 2) / shape[0], (j - shape[1] / 2) / shape[1]) < 0.04
    return np.repeat(disc[:, :, None], shape[2], axis=2).astype(np.uint8)


def _import(site: Site, folder: Path, scans: Scans) -> None:
    site.add_user("lena")
    lead = site.client("lena")
    lead.post("studies", {"slug": STUDY, "name": "Bench", "protocol": "spinal-cord"})
    site.manage("import_dataset", str(folder / "data"), "--study", STUDY, "--as", "lena")
    me = lead.results(f"studies/{STUDY}/members")[0]["user"]["id"]
    cases = [case["id"] for case in lead.results(f"studies/{STUDY}/cases")]
    lead.post(f"studies/{STUDY}/tasks", {"cases": cases, "raters": [me], "reads": 1})
    for name in scans:
        task, volume = _task(lead, name)
        packed = (folder / "data" / f"{name}.labels.gz").read_bytes()
        query = {"volume": volume["id"], "parent": "", "dtype": "uint8", "active_seconds": 0}
        headers = {"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"}
        sent = lead.http.post(f"tasks/{task}/label-versions", params=query, content=packed, headers=headers)
        sent.raise_for_status()


def _task(client: Client, name: str) -> tuple[str, Any]:
    (task,) = (row for row in client.results("tasks", study=STUDY) if row["case"]["name"].startswith(f"sub-{name}"))
    (volume,) = client.post(f"tasks/{task['id']}/open")["volumes"]
    return str(task["id"]), volume


@contextmanager
def _browser(bench: Bench, mark: str = "") -> Iterator[Browser]:
    named = os.environ.get("CHROMIUM") or shutil.which("chromium")
    arguments = [*chromium_arguments(), "--enable-precise-memory-info", *([mark] if mark else [])]
    started = bench.playwright.chromium.launch(executable_path=named, args=arguments)
    yield started
    started.close()


def _row(bench: Bench, name: str) -> str:
    """One size: the pages take turns, so that what else the machine does falls on all of them alike."""
    ours, stock, niivue = Measured(), Measured(), Measured()
    with _browser(bench) as browser:
        for _ in range(REPEATS[name]):
            _bare_first(bench, browser, name, stock)
            _our_first(bench, browser, name, ours)
            if bench.niivue:
                _niivue_first(bench, browser, name, niivue)
    with _marked(bench, stock) as (browser, mark):
        _bare_work(bench, browser, name, stock)
        stock.memory_mib = browser_mib(mark) - stock.memory_mib
    with _marked(bench, ours) as (browser, mark):
        _our_work(bench, browser, name, ours)
        ours.memory_mib = browser_mib(mark) - ours.memory_mib
    if bench.niivue:
        with _marked(bench, niivue) as (browser, mark):
            _niivue_work(bench, browser, name, niivue)
            niivue.memory_mib = browser_mib(mark) - niivue.memory_mib
    ours.wire_bytes = _wire_bytes(bench, name)
    stock.wire_bytes = niivue.wire_bytes = _scan(bench, name).stat().st_size
    _check(name, ours, stock)
    shape = "x".join(map(str, SIZES[name][0]))
    return viewer_table.rows(shape, ours, stock, niivue if bench.niivue else None)


@contextmanager
def _marked(bench: Bench, measured: Measured) -> Iterator[tuple[Browser, str]]:
    """A browser of its own, with what it takes while it shows nothing."""
    mark = f"--radicula-bench={uuid.uuid4().hex}"
    with _browser(bench, mark) as browser:
        browser.new_page()
        measured.memory_mib = browser_mib(mark)
        yield browser, mark


def _scan(bench: Bench, name: str) -> Path:
    return bench.folder / "data" / f"sub-{name}" / "anat" / f"sub-{name}_T2w.nii.gz"


def _scan_url(name: str) -> str:
    return f"data/sub-{name}/anat/sub-{name}_T2w.nii.gz"


def _bare_page(bench: Bench, browser: Browser, page_name: str = "index.html") -> Page:
    page = browser.new_context(viewport=WINDOW_SIZE).new_page()
    page.goto(f"{bench.pages}/{page_name}")
    _until(page, "window.bare !== undefined")
    return page


def _until(page: Page, expression: str, seconds: float = 120.0) -> None:
    for _ in range(int(seconds * 50)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(20)
    raise RuntimeError(f"Not true after {seconds} s: {expression}")


def _bare_load(bench: Bench, page: Page, name: str) -> float:
    window = _task(bench.lead, name)[1]["window"]
    given = [_scan_url(name), window["lower"], window["upper"]]
    return float(page.evaluate("([url, lower, upper]) => window.bare.load(url, lower, upper)", given))


# From the address: the page's clock begins there.
COLD_LOAD = """async (given) => {
  while (!window.bare) await new Promise((done) => setTimeout(done, 5));
  await window.bare.load(...given);
  return performance.now();
}"""


def _bare_first(bench: Bench, browser: Browser, name: str, measured: Measured) -> None:
    page = _bare_page(bench, browser)
    measured.first.append(_bare_load(bench, page, name))
    window = _task(bench.lead, name)[1]["window"]
    page.reload(wait_until="commit")
    measured.cold.append(float(page.evaluate(COLD_LOAD, [_scan_url(name), window["lower"], window["upper"]])))
    page.context.close()


def _niivue_first(bench: Bench, browser: Browser, name: str, measured: Measured) -> None:
    page = _bare_page(bench, browser, "niivue.html")
    measured.first.append(float(page.evaluate("(url) => window.bare.load(url)", _scan_url(name))))
    page.context.close()


def _signed_in(bench: Bench, browser: Browser) -> BrowserContext:
    context = browser.new_context(viewport=WINDOW_SIZE, base_url=bench.site.url)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("User name").fill("lena")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.close()
    return context


def _our_first(bench: Bench, browser: Browser, name: str, measured: Measured) -> None:
    """As the first address of a new page, and as a task of the sitting; code is in the cache, voxels are not."""
    context = _signed_in(bench, browser)
    page = context.new_page()
    _click_task(page, _task(bench.lead, "warm")[0])
    task = _task(bench.lead, name)[0]
    page.goto(f"/tasks/{task}", wait_until="commit")
    measured.cold.append(float(page.evaluate(OPEN_SCRIPT.replace("window.__clicked", "0"))))
    _until(page, READY)
    page.get_by_role("button", name="Leave").click()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    measured.first.append(_click_task(page, task))
    context.close()


def _click_task(page: Page, task: str) -> float:
    """From the click in My work to the slice on screen."""
    if "/work" not in page.url:
        page.goto("/work")
    link = page.locator(f'a[href="/tasks/{task}"]').first
    link.wait_for()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.addEventListener('click', () => { window.__clicked = performance.now(); }, true)")
    link.click()
    milliseconds = float(page.evaluate(OPEN_SCRIPT))
    _until(page, READY)
    return milliseconds


def _bare_work(bench: Bench, browser: Browser, name: str, measured: Measured) -> None:
    page = _bare_page(bench, browser)
    _bare_load(bench, page, name)
    page.evaluate("(url) => window.bare.label(url)", f"data/{name}.labels.gz")
    page.wait_for_timeout(1000)
    measured.nothing = viewer_steps.nothing(page)
    measured.scroll = viewer_steps.scroll(page)
    place = Place(210, 210, float(page.evaluate("window.bare.mmPerPixel()")))

    def stroke(brush: str) -> Frames:
        page.evaluate("([brush, mm]) => window.bare.use(brush, mm)", [brush, BRUSH_MM])
        return viewer_steps.stroke(page, place)

    _strokes(page, measured, stroke, "window.bare.count()")
    saved = page.evaluate("() => window.bare.save('save')")
    measured.save_bytes, measured.save_ms = saved["bytes"], saved["ms"]


def _our_work(bench: Bench, browser: Browser, name: str, measured: Measured) -> None:
    context = _signed_in(bench, browser)
    page = context.new_page()
    task, volume = _task(bench.lead, name)
    page.goto(f"/tasks/{task}")
    _until(page, READY)
    centre = [size // 2 for size in volume["shape"]]
    at = page.evaluate("(voxel) => window.__radicula.canvasFor(voxel, 'axial')", centre)
    scale = page.evaluate("window.__radicula.viewports().find(({ plane }) => plane === 'axial').mmPerPixel")
    place = Place(at["x"], at["y"], float(scale))
    page.keyboard.press("1")
    page.keyboard.press("b")
    for _ in range(PRESSES_TO_BRUSH):
        page.keyboard.press("]")
    page.wait_for_timeout(1000)
    measured.nothing = viewer_steps.nothing(page)
    measured.scroll = viewer_steps.scroll(page)

    def stroke(brush: str) -> Frames:
        if brush == "sphere":
            page.keyboard.press("Shift+B")
        return viewer_steps.stroke(page, place)

    _strokes(page, measured, stroke, LABELLED)
    page.keyboard.press("Shift+B")
    # The same way again changes nothing; the eraser does.
    page.keyboard.press("e")
    _until(page, SAVED)
    with page.expect_response(lambda answer: "label-changes" in answer.url) as waiting:
        viewer_steps.stroke(page, place)
    answer = waiting.value
    answer.finished()
    measured.save_bytes = int(answer.request.all_headers()["content-length"])
    measured.save_ms = answer.request.timing["responseEnd"]
    _until(page, SAVED)


def _strokes(page: Page, measured: Measured, stroke: Callable[[str], Frames], count: str) -> None:
    """A stroke with each brush, and the last one undone and redone."""
    for brush in ("circle", "sphere"):
        before = page.evaluate(count)
        setattr(measured, brush, stroke(brush))
        measured.painted[brush] = page.evaluate(count) - before
    measured.undo = viewer_steps.undo(page)


def _niivue_work(bench: Bench, browser: Browser, name: str, measured: Measured) -> None:
    page = _bare_page(bench, browser, "niivue.html")
    page.evaluate("(url) => window.bare.load(url)", _scan_url(name))
    page.evaluate("(url) => window.bare.label(url)", f"data/{name}.labels.nii.gz")
    page.wait_for_timeout(1000)
    measured.nothing = viewer_steps.nothing(page)
    measured.scroll = viewer_steps.scroll(page)


def _wire_bytes(bench: Bench, name: str) -> int:
    volume = _task(bench.lead, name)[1]
    with bench.lead.http.stream("GET", f"volumes/{volume['id']}/voxels") as answer:
        return sum(len(piece) for piece in answer.iter_raw())


def _check(name: str, ours: Measured, stock: Measured) -> None:
    """Both must have painted, and about the same, or the times say nothing."""
    for brush in ("circle", "sphere"):
        share = ours.painted[brush] / max(stock.painted[brush], 1)
        if not 0.6 < share < 1.7:
            raise RuntimeError(
                f"{name}, {brush}: {ours.painted[brush]} and {stock.painted[brush]} voxels were painted."
            )


def _cycles(bench: Bench) -> str:
    """Open a case and leave it, again and again in one tab."""
    with _browser(bench, mark := f"--radicula-bench={uuid.uuid4().hex}") as browser:
        context = _signed_in(bench, browser)
        page = context.new_page()
        session = context.new_cdp_session(page)
        task = _task(bench.lead, "mid")[0]
        seen: dict[int, tuple[float, float, int]] = {}
        for cycle in range(1, CYCLES + 1):
            _click_task(page, task)
            page.get_by_role("button", name="Leave").click()
            page.wait_for_url("**/work")
            if cycle in (5, CYCLES):
                seen[cycle] = (_heap_mib(session), browser_mib(mark), _live(session, "WebGL2RenderingContext"))
    head = "| after cycles of open and leave, 64x256x256 | 5 | 50 |\n|---|---|---|"
    words = ("heap and arrays after collection, MiB", "browser and graphics (PSS), MiB", "WebGL contexts alive")
    rows = [f"| {word} | {seen[5][n]:.0f} | {seen[CYCLES][n]:.0f} |" for n, word in enumerate(words)]
    return "\n".join([head, *rows])


def _heap_mib(session: CDPSession) -> float:
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    usage = session.send("Runtime.getHeapUsage")
    return float(usage["usedSize"] + usage.get("backingStorageSize", 0)) / 2**20


def _live(session: CDPSession, name: str) -> int:
    """How many objects of a class are alive."""
    prototype = session.send("Runtime.evaluate", {"expression": f"{name}.prototype"})["result"]["objectId"]
    found = session.send("Runtime.queryObjects", {"prototypeObjectId": prototype})["objects"]["objectId"]
    script = {"objectId": found, "functionDeclaration": "function () { return this.length; }", "returnByValue": True}
    return int(session.send("Runtime.callFunctionOn", script)["result"]["value"])
