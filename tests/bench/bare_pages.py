"""The pages that the viewer is measured against, built from frontend/bench and served beside the images."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests.site import REPOSITORY

FRONTEND = REPOSITORY / "frontend"
NIIVUE = "@niivue/niivue@0.69.0"
INSTALL_SECONDS = 180


def build(folder: Path) -> bool:
    """Build the pages into a folder; false where NiiVue, which is no package of the product, could not be fetched."""
    command = ["npx", "vite", "build", "--config", "bench/vite.config.ts", "--outDir", str(folder)]
    subprocess.run(command, cwd=FRONTEND, check=True, capture_output=True)
    shutil.copyfile(FRONTEND / "bench" / "niivue.html", folder / "niivue.html")
    packages = folder / "packages"
    packages.mkdir()
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", NIIVUE]
    try:
        subprocess.run(install, cwd=packages, check=True, capture_output=True, timeout=INSTALL_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return False
    built = packages / "node_modules" / "@niivue" / "niivue" / "dist" / "index.js"
    (folder / "niivue").mkdir()
    shutil.copyfile(built, folder / "niivue" / "index.js")
    return True


class Handler(SimpleHTTPRequestHandler):
    """Files as they are, kept in the browser's cache unless they are images; what is posted is written to a file."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """Code may be kept, as the site lets it; images may not."""
        self.send_header("Cache-Control", "no-store" if ".gz" in self.path else "max-age=600")
        super().end_headers()

    def do_POST(self) -> None:
        """Take a saved label map, as a server of a few lines would."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        (Path(self.directory) / "saved").write_bytes(body)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on loopback; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
