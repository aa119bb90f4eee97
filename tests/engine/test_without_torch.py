"""The web process, and the io worker at rest, never import torch."""

import os
import subprocess
import sys

import pytest

WEB = """
import sys
from radicula.asgi import application
from django.urls import get_resolver
get_resolver().url_patterns
assert application
"""

WORKER = """
import sys
import django
from radicula.celery import app
django.setup()
app.loader.import_default_modules()
assert "job.training" in app.tasks and "job.proposals" in app.tasks, sorted(app.tasks)
"""

CHECK = """
heavy = {"torch", "monai", "monailabel", "ignite", "girder_client", "pydicom_seg"} & set(sys.modules)
print(sorted(heavy))
"""


@pytest.mark.parametrize("program", [WEB, WORKER], ids=["web", "worker"])
def test_no_torch(program: str) -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "radicula.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program + CHECK], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
