"""What a page loads before it can be used, read from the manifest of the build."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

DIST = Path(__file__).resolve().parents[2] / "frontend" / "dist"
LIGHT_PAGES = ("src/pages/sign-in/SignInPage.tsx", "src/pages/work/WorkPage.tsx", "src/pages/cases/CasesPage.tsx")
VIEWER = "src/viewer/ViewerPage.tsx"
SCENE = "src/scene/Scene.tsx"
# Words that a minifier keeps: an attribute of the viewer's planes, and the name that echarts gives itself.
PLANES = b"data-plane"
ECHARTS = b"echarts"
# Shaders of the 3-D scene and the code that reads streamlines.
SCENE_WORDS = (b"TRACK", b"mrtrix tracks")
VIEWER_MB = 0.4
LIGHT_MB = 0.3


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    path = DIST / ".vite" / "manifest.json"
    assert path.exists(), "The front end is not built; `make setup` builds it."
    found = json.loads(path.read_text())
    assert isinstance(found, dict)
    return found


def loaded(manifest: dict[str, Any], *entries: str) -> dict[str, bytes]:
    """The scripts that must have come before an entry runs: those it imports, not those it may ask for later."""
    waiting = list(entries)
    files: dict[str, bytes] = {}
    while waiting:
        chunk = manifest[waiting.pop()]
        if chunk["file"] not in files:
            files[chunk["file"]] = (DIST / chunk["file"]).read_bytes()
            waiting += chunk.get("imports", [])
    return files


def megabytes(files: dict[str, bytes]) -> float:
    return sum(len(gzip.compress(content, 6)) for content in files.values()) / 1e6


@pytest.mark.parametrize("page", LIGHT_PAGES)
def test_sign_in_and_queue_come_without_the_viewer(manifest: dict[str, Any], page: str) -> None:
    files = loaded(manifest, "index.html", page)
    assert not [name for name, content in files.items() if PLANES in content or ECHARTS in content]
    assert megabytes(files) < LIGHT_MB


def test_the_viewer_is_small_and_waits_for_neither_plots_nor_3d(manifest: dict[str, Any]) -> None:
    files = loaded(manifest, "index.html", VIEWER)
    assert megabytes(files) <= VIEWER_MB
    assert any(PLANES in content for content in files.values()), "the word that tells the viewer has changed"
    assert not [name for name, content in files.items() if ECHARTS in content]
    scripts = (DIST / "assets").glob("*.js")
    assert any(ECHARTS in path.read_bytes() for path in scripts), "the word that tells echarts has changed"
    scene = set(loaded(manifest, SCENE)) - set(files)
    assert scene, "the 3-D scene is part of what every viewer loads"
    for word in SCENE_WORDS:
        assert any(word in (DIST / name).read_bytes() for name in scene)
        assert not any(word in content for content in files.values())


def test_nothing_of_another_host_is_loaded(manifest: dict[str, Any]) -> None:
    page = (DIST / "index.html").read_text()
    assert "//" not in page.replace("https://www.w3.org", "")
    assert all(chunk["file"].startswith("assets/") for chunk in manifest.values())
    assert not [name for name in manifest if "niivue" in name.lower()]
