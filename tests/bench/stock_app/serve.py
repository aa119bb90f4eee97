"""`python -m tests.bench.stock_app.serve PORT STUDIES`: MONAI Label's own server with the app beside this file."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import django
import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "radicula.settings")
django.setup()

from models_app.engine.standins import install  # noqa: E402


def main() -> None:
    """Serve until ended."""
    port, studies = int(sys.argv[1]), sys.argv[2]
    install()
    with tempfile.TemporaryDirectory() as folder:
        # It writes beside the app, so it gets a copy.
        shutil.copy(Path(__file__).with_name("main.py"), folder)
        os.environ |= {
            "MONAI_LABEL_APP_DIR": folder,
            "MONAI_LABEL_STUDIES": studies,
            "MONAI_LABEL_APP_CONF": "{}",
            "MONAI_LABEL_DATASTORE_AUTO_RELOAD": "false",
        }
        from monailabel.app import app

        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
