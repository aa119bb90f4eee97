"""A Firefox to test with, driven by Marionette: the protocol that any Firefox speaks, over plain sockets.

Playwright drives only a Firefox of its own build. Marionette's messages are JSON behind their length in bytes; commands
are WebDriver's (https://firefox-source-docs.mozilla.org/testing/marionette).
"""

import base64
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from radicula.services.options import free_port

FIREFOX_NAMES = ("firefox-esr", "firefox")
START_SECONDS = 180.0
ANSWER_SECONDS = 120.0
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# Software WebGL, and no calls home.
PREFERENCES = {
    "webgl.force-enabled": True,
    "webgl.out-of-process": False,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
}


def firefox_path() -> str | None:
    """Where a Firefox is, if there is one."""
    return next(filter(None, map(shutil.which, FIREFOX_NAMES)), None)


def what_is_missing() -> str:
    """What has to be installed to test with Firefox, in words; empty where all is there."""
    if firefox_path() is None:
        return "There is no Firefox here (Debian's firefox-esr, for one)."
    return "" if shutil.which("Xvfb") else "Firefox has no WebGL without a screen, and there is no Xvfb here."


class FirefoxError(Exception):
    """Firefox could not do what it was told."""


class Firefox:
    """One window of a Firefox."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.stream = connection.makefile("rb")
        self.count = 0
        self._read()  # its greeting
        self.command("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": False}}})

    def command(self, name: str, parameters: dict[str, Any] | None = None) -> Any:
        """Send a command and return what it gives.

        Raises
        ------
        FirefoxError
            If Firefox says that it went wrong.
        """
        self.count += 1
        message = json.dumps([0, self.count, name, parameters or {}]).encode()
        self.connection.sendall(str(len(message)).encode() + b":" + message)
        _, number, error, result = self._read()
        assert number == self.count
        if error:
            raise FirefoxError(f"{name}: {error['error']}: {error['message']}")
        return result.get("value", result) if isinstance(result, dict) else result

    def _read(self) -> Any:
        length = b""
        while (letter := self.stream.read(1)) != b":":
            if not letter:
                raise FirefoxError("Firefox has ended.")
            length += letter
        return json.loads(self.stream.read(int(length)))

    def goto(self, url: str) -> None:
        """Open an address."""
        self.command("WebDriver:Navigate", {"url": url})

    def resize(self, width: int, height: int) -> None:
        """Give the window a size, its frame included."""
        self.command("WebDriver:SetWindowRect", {"width": width, "height": height})

    def evaluate(self, expression: str, *arguments: Any) -> Any:
        """The value of an expression in the page, `arguments[0]` and so on in it; a promise is waited for."""
        given = {"script": f"return ({expression})", "args": list(arguments), "sandbox": None}
        return self.command("WebDriver:ExecuteScript", given)

    def wait_until(self, expression: str, seconds: float = ANSWER_SECONDS) -> None:
        """Wait until an expression is true in the page."""
        limit = time.monotonic() + seconds
        while not self.evaluate(expression):
            if time.monotonic() > limit:
                raise AssertionError(f"Not true in Firefox after {seconds} s: {expression}")
            time.sleep(0.1)

    def find(self, xpath: str) -> dict[str, str]:
        """The element of an XPath, for `type_into` and `click`."""
        return dict(self.command("WebDriver:FindElement", {"using": "xpath", "value": xpath}))

    def type_into(self, element: dict[str, str], text: str) -> None:
        """Real keys into an element."""
        self.command("WebDriver:ElementSendKeys", {"id": element[ELEMENT], "text": text})

    def click(self, element: dict[str, str]) -> None:
        """A real click on an element."""
        self.command("WebDriver:ElementClick", {"id": element[ELEMENT]})

    def press(self, key: str) -> None:
        """A key, pressed and let go."""
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.command("WebDriver:PerformActions", {"actions": [{"type": "key", "id": "keys", "actions": actions}]})

    def drag(self, points: Sequence[tuple[float, float]]) -> None:
        """The mouse pressed at the first place, moved over the others, and let go."""
        moves: list[dict[str, Any]] = [
            {"type": "pointerMove", "x": round(x), "y": round(y), "duration": 40} for x, y in points
        ]
        actions = [moves[0], {"type": "pointerDown", "button": 0}, *moves[1:], {"type": "pointerUp", "button": 0}]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions}
        self.command("WebDriver:PerformActions", {"actions": [mouse]})

    def screenshot(self) -> bytes:
        """The page as it looks, a PNG."""
        return base64.b64decode(self.command("WebDriver:TakeScreenshot", {"full": False}))


@contextmanager
def running_firefox(profile: Path) -> Iterator[Firefox]:
    """Start a Firefox and end it.

    On a screen of its own: without one (`--headless`) it has no WebGL where there is no graphics card.
    """
    firefox = firefox_path()
    assert firefox is not None
    port = free_port()
    profile.mkdir(parents=True, exist_ok=True)
    settings = {**PREFERENCES, "marionette.port": port}
    (profile / "user.js").write_text(
        "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings.items())
    )
    with _screen() as display, (profile / "firefox.log").open("w") as log:
        process = subprocess.Popen(
            [firefox, "--no-remote", "--marionette", "--profile", str(profile)],
            env={**os.environ, "DISPLAY": display},
            stdout=log,
            stderr=log,
        )
        try:
            with _connected(port, process) as connection:
                yield Firefox(connection)
        finally:
            process.terminate()
            process.wait(timeout=120)


@contextmanager
def _screen() -> Iterator[str]:
    """A screen in memory; gives its name."""
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", "1440x1000x24", "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        yield f":{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.wait(timeout=120)


def _connected(port: int, process: subprocess.Popen[bytes]) -> socket.socket:
    limit = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < limit:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
        except OSError:
            time.sleep(0.2)
    raise FirefoxError(f"Firefox did not answer on port {port}; its log is in its profile.")
