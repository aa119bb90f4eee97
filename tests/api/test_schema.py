"""The OpenAPI schema is whole: the front end's client is made from it."""

from io import StringIO

import pytest
from django.core.management import call_command

from tests.api.endpoints import endpoints


def test_the_schema_is_made_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    out = StringIO()
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=out)
    assert capsys.readouterr().err.count("Warning") == 0
    for _, route in endpoints():
        path = route.replace("<", "{").replace(">", "}")
        for kind in ("uuid:", "slug:", "str:", "int:"):
            path = path.replace(kind, "")
        assert f"/api/v1/{path}:" in out.getvalue(), path
