"""The API as a browser uses it: a session cookie, and a CSRF token with everything that changes something."""

import gzip

import numpy as np
import pytest
from rest_framework.test import APIClient

from tests.factories.images import SHAPE, raw
from tests.factories.labels import make_task, make_volume
from tests.factories.people import PASSWORD, make_study, make_user


@pytest.fixture
def browser() -> APIClient:
    return APIClient(enforce_csrf_checks=True)


@pytest.mark.django_db
def test_a_label_is_saved_with_session_and_csrf_token_and_refused_without_the_token(browser: APIClient) -> None:
    lead = make_user("lena", with_password=True)
    volume = make_volume(make_study(lead))
    task = make_task(volume.case, lead)
    assert browser.login(username="lena", password=PASSWORD)
    token = browser.get("/api/v1/auth/session").json()["csrf_token"]
    address = f"/api/v1/tasks/{task.pk}/label-versions?volume={volume.pk}&parent="
    body = gzip.compress(raw(np.ones(SHAPE, np.uint8)))

    refused = browser.generic("POST", address, body, "application/octet-stream", HTTP_CONTENT_ENCODING="gzip")
    assert refused.status_code == 403
    assert "CSRF" in refused.json()["detail"]

    saved = browser.generic(
        "POST", address, body, "application/octet-stream", HTTP_CONTENT_ENCODING="gzip", HTTP_X_CSRFTOKEN=token
    )
    assert saved.status_code == 201, saved.content
    assert saved.json()["version"]["counts"] == {"1": int(np.prod(SHAPE))}


@pytest.mark.django_db
def test_signing_in_gives_a_session_and_signing_out_ends_it(browser: APIClient) -> None:
    make_user("lena", with_password=True)
    wrong = browser.post("/api/v1/auth/login", {"username": "lena", "password": "guess"}, format="json")
    assert wrong.status_code == 401
    assert wrong["Content-Type"].startswith("application/problem+json")
    answer = browser.post("/api/v1/auth/login", {"username": "lena", "password": PASSWORD}, format="json")
    assert answer.json()["user"]["username"] == "lena"
    token = answer.json()["csrf_token"]
    assert browser.get("/api/v1/studies").status_code == 200
    assert browser.post("/api/v1/auth/logout", HTTP_X_CSRFTOKEN=token).status_code == 204
    assert browser.get("/api/v1/studies").status_code in (401, 403)
