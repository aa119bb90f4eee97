"""Who can use it: without a mouse, without eyes, zoomed in, on a laptop, without WebGL 2, and under a strict policy."""

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.browser.conftest import CHROMIUM_NAMES, EXPECT_MS, SignIn, wait_until
from tests.site import PASSWORD, REPOSITORY, Site

STUDY = "reach"
SHAPE = (40, 36, 24)
AXE = REPOSITORY / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
LAPTOP = {"width": 1280, "height": 720}
# The same laptop at 200 %: half as many CSS pixels each way.
ZOOMED = {"width": 640, "height": 360}
# The list of work has the tasks of all modules that share the site.
MOST_TABS = 300
MOST_LOOKS = 8
SAVED = "window.__radicula?.saveState()?.phase === 'saved' && !window.__radicula.saveState().unsaved"
READY = "window.__radicula?.ready === true"
NOTE_VIOLATIONS = """
  window.__violations = [];
  document.addEventListener('securitypolicyviolation', (event) =>
    window.__violations.push(`${event.violatedDirective}: ${event.blockedURI} in ${event.sourceFile}`));
"""

# Each visible control that cannot be brought where a pointer reaches it.
UNREACHABLE = """() => {
  const out = [];
  const seen = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === 'visible';
  // A control behind a drawn one of its own (a switch, a segment) is reached by its label.
  const drawn = (control) =>
    control.matches('input') && control.getBoundingClientRect().width < 3 ? (control.labels?.[0] ?? control) : control;
  for (const control of document.querySelectorAll('button, a[href], input, select, textarea, [role=button]')) {
    if (!seen(control) || control.disabled || control.closest('[inert], [aria-hidden=true]')) continue;
    const target = drawn(control);
    if (control.matches('a')) control.focus();
    target.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    const box = target.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const hit = document.elementFromPoint(x, y);
    const labelled = [...(control.labels ?? [])].some((label) => label.contains(hit));
    const reached = hit && (target.contains(hit) || hit.contains(target) || labelled);
    const whole = box.left >= -1 && box.right <= innerWidth + 1;
    const name = control.getAttribute('aria-label') ?? control.textContent.trim().slice(0, 40);
    const under = hit ? `under ${hit.outerHTML.slice(0, 80)}` : 'outside';
    if (!reached || !whole) out.push(`${control.tagName} "${name}" at ${Math.round(x)}, ${Math.round(y)} ${under}`);
  }
  scrollTo(0, 0);
  return out;
}"""

# What shows that a control has the focus, of the control itself or of what is drawn for it.
SHOWS_FOCUS = """() => {
  const control = document.activeElement;
  if (!control || control === document.body) return 'body';
  const drawn = (style) =>
    (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
  const marked = (element) => drawn(getComputedStyle(element)) || drawn(getComputedStyle(element, '::after'));
  const near = [control, ...(control.labels ?? []), control.nextElementSibling, control.parentElement].filter(Boolean);
  const accent = getComputedStyle(control).borderTopColor;
  const before = control.dataset.restingBorder;
  return near.some(marked) || (before !== undefined && before !== accent)
    ? null
    : `${control.tagName} "${control.getAttribute('aria-label') ?? control.name ?? control.textContent.slice(0, 40)}"`;
}"""
REMEMBER_BORDERS = """() => document.querySelectorAll('input, select, textarea').forEach((control) => {
  if (control !== document.activeElement) control.dataset.restingBorder = getComputedStyle(control).borderTopColor;
})"""
NAME_OF_FOCUS = """() => {
  const control = document.activeElement;
  if (!control || control === document.body) return '';
  const name = [control?.getAttribute('aria-label'), control?.labels?.[0]?.textContent, control?.textContent]
    .find((one) => one?.trim())?.trim() ?? '';
  return `${name} ${control?.getAttribute('href') ?? ''}`;
}"""
AXE_RUN = """async (rules) => {
  const asked = { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] };
  const { violations } = await window.axe.run(document, asked);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary}`));
}"""


@pytest.fixture(scope="module")
def tasks(site: Site, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three cases for ada."""
    folder = tmp_path_factory.mktemp("reach")
    i, j, k = np.indices(SHAPE)
    voxels = (120 + 300 * (np.hypot(i - 20, j - 18) < 7) + 4 * k).astype(np.int16)
    for number in (1, 2, 3):
        path = folder / f"sub-0{number}" / "anat" / f"sub-0{number}_T2w.nii.gz"
        path.parent.mkdir(parents=True)
        nib.save(nib.Nifti1Image(voxels, np.diag([0.8, 0.8, 2.0, 1.0])), path)
    lead = site.client("lena")
    lead.post("studies", {"slug": STUDY, "name": "Reach", "protocol": "spinal-cord"})
    ada = lead.post(f"studies/{STUDY}/members", {"username": "ada", "role": "annotator"})
    site.manage("import_dataset", str(folder), "--study", STUDY, "--as", "lena")
    cases = [case["id"] for case in lead.results(f"studies/{STUDY}/cases")]
    lead.post(f"studies/{STUDY}/tasks", {"cases": cases, "raters": [ada["user"]["id"]], "reads": 1})
    return [str(row["id"]) for row in sorted(lead.results("tasks", study=STUDY), key=lambda row: row["case"]["name"])]


@pytest.fixture
def without_webgl(playwright: Playwright, site: Site) -> Iterator[BrowserContext]:
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    started = playwright.chromium.launch(
        executable_path=named,
        args=["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer"],
        timeout=EXPECT_MS,
    )
    context = started.new_context(base_url=site.url)
    context.set_default_timeout(EXPECT_MS)
    yield context
    started.close()


def sign_in_by_keys(page: Page, username: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("User name").wait_for()
    tab_to(page, "User name")
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def check_focus_is_seen(page: Page) -> None:
    """A border takes a tenth of a second to change its colour, so one look may come too early."""
    for _ in range(200):
        unmarked = page.evaluate(SHOWS_FOCUS)
        if unmarked in (None, "body"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"The focus is not to be seen on {unmarked} of {page.url}")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until a control of this name or address has the focus; whatever is passed must show that it has it.

    The control has to be there: the Tabs are sooner pressed than a page is loaded.
    """
    page.evaluate(REMEMBER_BORDERS)
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        check_focus_is_seen(page)
        if name in str(page.evaluate(NAME_OF_FOCUS)):
            return
    raise AssertionError(f"Tab does not lead to '{name}' on {page.url}")


def test_without_webgl_slices_are_there_and_the_3d_scene_says_what_is_missing(
    tasks: list[str], without_webgl: BrowserContext
) -> None:
    page = without_webgl.new_page()
    sign_in_by_keys(page, "ada")
    assert page.evaluate("document.createElement('canvas').getContext('webgl2') === null")
    page.goto(f"/tasks/{tasks[0]}")
    wait_until(page, f"({READY}) && window.__radicula.viewports().every((v) => v.drawn)")
    shot = Image.open(io.BytesIO(page.locator("section[data-plane=axial]").screenshot()))
    assert np.ptp(np.asarray(shot.convert("L"))) > 150, "the slice is not on screen"
    page.get_by_role("button", name="Layout", exact=True).click()
    page.get_by_role("menuitemradio", name="in 3-D", exact=False).click()
    page.get_by_text("The 3-D scene needs WebGL 2").wait_for()
    page.get_by_text("hardware acceleration").wait_for()


def test_an_editing_session_breaks_no_rule_of_the_policy(tasks: list[str], signed_in: SignIn) -> None:
    page = signed_in("ada")
    page.add_init_script(NOTE_VIOLATIONS)
    answer = page.goto(f"/tasks/{tasks[1]}")
    assert answer is not None
    policy = dict(part.split(maxsplit=1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["script-src"] == policy["default-src"] == policy["worker-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe-eval" not in str(policy)
    wait_until(page, READY)
    page.keyboard.press("1")
    page.keyboard.press("b")
    at = page.evaluate("window.__radicula.canvasFor([20, 18, 12], 'axial')")
    page.mouse.move(at["x"], at["y"])
    page.mouse.down()
    page.mouse.move(at["x"] + 30, at["y"], steps=4)
    page.mouse.up()
    page.get_by_label("Operation", exact=True).select_option("grow")
    page.get_by_role("button", name="Apply").click()
    wait_until(page, "document.querySelector('[data-testid=history] li')?.textContent?.startsWith('Grow')")
    page.get_by_role("button", name="Layout", exact=False).first.click()
    page.get_by_role("menuitemradio", name="in 3-D", exact=False).click()
    page.get_by_role("region", name="3-D scene").locator("canvas").first.wait_for()
    page.keyboard.press("z")
    page.keyboard.press("Shift+Z")
    wait_until(page, SAVED)
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").get_by_role("button", name="Submit").click()
    page.wait_for_url(lambda url: tasks[1] not in url)
    assert page.evaluate("window.__violations") == []


def test_from_sign_in_to_submit_by_keys_alone(tasks: list[str], site: Site, browser: Any) -> None:
    context = browser.new_context(viewport=LAPTOP, base_url=site.url)
    context.set_default_timeout(EXPECT_MS)
    page = context.new_page()
    sign_in_by_keys(page, "ada")
    page.get_by_role("link", name="My work").first.wait_for()
    tab_to(page, "My work")
    page.keyboard.press("Enter")
    page.wait_for_url("**/work")
    page.locator(f"a[href='/tasks/{tasks[0]}']").wait_for()
    tab_to(page, f"/tasks/{tasks[0]}")
    page.keyboard.press("Enter")
    wait_until(page, READY)
    page.keyboard.press("1")
    page.keyboard.press("b")
    page.keyboard.press("Shift+V")
    for _ in range(6):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+V")
    page.keyboard.press("Escape")
    tab_to(page, "Undo")
    page.keyboard.press("Enter")
    wait_until(page, "Object.keys(window.__radicula.labelCounts()).length === 0")
    assert page.evaluate("document.activeElement?.getAttribute('aria-label')") == "Undo"
    tab_to(page, "Redo")
    page.keyboard.press("Enter")
    wait_until(page, "Object.keys(window.__radicula.labelCounts()).length === 1")
    wait_until(page, SAVED)
    painted = page.evaluate("window.__radicula.labelCounts()")
    page.keyboard.press("Control+Enter")
    page.get_by_role("dialog").wait_for()
    wait_until(page, "document.activeElement?.textContent === 'Submit'")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: tasks[0] not in url)
    context.close()
    row = site.client("lena").get(f"tasks/{tasks[0]}")
    assert row["state"] == "submitted"
    assert painted["1"] > 0
    assert row["volumes"][0]["submitted"] is not None


def test_every_page_has_names_and_contrast_for_everyone(tasks: list[str], site: Site, signed_in: SignIn) -> None:
    page = signed_in("lena")
    case = site.client("lena").results(f"studies/{STUDY}/cases")[0]["id"]
    study = f"/studies/{STUDY}"
    faults = []
    for path in (
        "/", "/work", study, f"{study}/cases", f"{study}/cases/{case}", f"{study}/work", f"{study}/models",
        f"{study}/results", f"{study}/jobs", f"{study}/settings", "/nowhere", f"/tasks/{tasks[2]}",
    ):  # fmt: skip
        page.goto(path)
        page.locator("h1").first.wait_for(state="attached")
        if "/tasks/" in path:
            wait_until(page, READY)
        page.wait_for_load_state("networkidle")
        faults += [f"{path}: {fault}" for fault in axe(page)]
    context = page.context.browser.new_context(base_url=site.url) if page.context.browser else None
    assert context is not None
    context.set_default_timeout(EXPECT_MS)
    visitor = context.new_page()
    visitor.goto("/sign-in")
    visitor.get_by_label("User name").wait_for()
    faults += [f"/sign-in: {fault}" for fault in axe(visitor)]
    context.close()
    assert not faults, "\n".join(faults)


def axe(page: Page) -> list[str]:
    """The rules of WCAG 2.2 AA that a program can check, of a page at rest: what is fading in is pale for a moment."""
    page.evaluate(AXE.read_text())
    found: list[str] = []
    for _ in range(MOST_LOOKS):
        found = page.evaluate(AXE_RUN, list(RULES))
        if not found:
            break
        page.wait_for_timeout(250)
    return found


@pytest.mark.parametrize("size", [LAPTOP, ZOOMED], ids=["1280x720", "200 %"])
def test_nothing_is_out_of_reach_on_a_laptop_or_zoomed_in(
    tasks: list[str], site: Site, signed_in: SignIn, size: Any, tmp_path: Path
) -> None:
    page = signed_in("ada")
    page.set_viewport_size(size)
    faults = []
    for path in ("/", "/work", f"/studies/{STUDY}", f"/studies/{STUDY}/work", f"/tasks/{tasks[2]}"):
        page.goto(path)
        if "/tasks/" in path:
            wait_until(page, READY)
        page.wait_for_load_state("networkidle")
        page.locator("h1").first.wait_for(state="attached")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"):
            faults.append(f"{path}: wider than the window")
        faults += [f"{path}: {fault}" for fault in page.evaluate(UNREACHABLE)]
        name = path.strip("/").split("/")[0] or "studies"
        folder = REPOSITORY / "test-results"
        folder.mkdir(exist_ok=True)
        page.screenshot(path=folder / f"reach-{name}-{size['width']}.png")
    assert not faults, "\n".join(faults)


def test_nothing_moves_for_those_who_asked_for_it(tasks: list[str], signed_in: SignIn) -> None:
    page = signed_in("ada")
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/tasks/{tasks[2]}")
    wait_until(page, READY)
    page.keyboard.press("?")
    moving = page.evaluate(
        "document.getAnimations().map((one) => one.effect.getComputedTiming().duration).filter((ms) => ms > 1)"
    )
    assert moving == []
    page.get_by_role("dialog").wait_for()
