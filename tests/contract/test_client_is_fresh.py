"""The front end's client is generated from the API as it is: `make client` writes both files."""

import io
import json
import subprocess
from pathlib import Path

from django.core.management import call_command

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
SCHEMA = FRONTEND / "src" / "api" / "schema.json"
TYPES = FRONTEND / "src" / "api" / "schema.ts"


def test_the_schema_in_the_front_end_is_that_of_the_api() -> None:
    written = io.StringIO()
    call_command("spectacular", format="openapi-json", validate=True, fail_on_warn=True, stdout=written)
    assert json.loads(written.getvalue()) == json.loads(SCHEMA.read_text()), "run `make client`"


def test_the_types_of_the_front_end_are_those_of_the_schema(tmp_path: Path) -> None:
    made = tmp_path / "schema.ts"
    subprocess.run(
        [FRONTEND / "node_modules" / ".bin" / "openapi-typescript", SCHEMA, "-o", made],
        check=True, capture_output=True, cwd=FRONTEND, timeout=300,
    )  # fmt: skip
    assert made.read_text() == TYPES.read_text(), "run `make client`"
