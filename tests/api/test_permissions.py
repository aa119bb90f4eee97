"""Every endpoint, every kind of person: what each is answered."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import transaction
from rest_framework.test import APIClient

from access.models import User
from tests.api.endpoints import endpoints, fill
from tests.api.permission_matrix import MATRIX, Row
from tests.factories.worlds import ACTORS, World

KNOWN = [one for one in endpoints() if one in MATRIX]


def test_every_endpoint_has_a_row() -> None:
    missing = [one for one in endpoints() if one not in MATRIX]
    assert not missing, f"say in permission_matrix.py who may do: {missing}"


@pytest.mark.parametrize(("method", "route"), KNOWN, ids=[f"{method} {route}" for method, route in KNOWN])
def test_who_may(shared_world: World, as_user: Callable[[User | None], APIClient], method: str, route: str) -> None:
    cache.clear()
    row = MATRIX[method, route]
    answered = {}
    for actor in ACTORS:
        with transaction.atomic():
            answered[actor] = _status(as_user(shared_world.people.get(actor)), shared_world, method, route, row)
            transaction.set_rollback(True)
    assert answered == dict(zip(ACTORS, row.statuses, strict=True))


def _status(client: APIClient, world: World, method: str, route: str, row: Row) -> int:
    address = fill(route, {**world.addresses(), "task_id": getattr(world, row.task).pk})
    if row.query is not None:
        address += f"?{row.query(world)}"
    if row.content is not None:
        return int(client.generic(method, address, row.content, "application/octet-stream").status_code)
    body = row.body(world) if row.body is not None else None
    response = client.generic(method, address) if body is None else None
    if response is None:
        response = getattr(client, method.lower())(address, body, format="multipart" if row.form else "json")
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json", response.content
    return int(response.status_code)
