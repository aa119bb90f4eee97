"""Signing in, the team, and the audit log."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from access.models import Event, Membership, Role, Study, User
from tests.factories.people import PASSWORD, make_member, make_study, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_cache", "quick_passwords")]


@pytest.fixture
def quick_passwords(settings: Any) -> None:
    """The real hasher takes a third of a second per guess, on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def lead(quick_passwords: None) -> User:
    return make_user("lena", with_password=True)


@pytest.fixture
def study(lead: User) -> Study:
    return make_study(lead)


@pytest.fixture
def lead_client(lead: User) -> APIClient:
    client = APIClient()
    client.force_login(lead)
    return client


def credentials(password: str = PASSWORD) -> dict[str, str]:
    return {"username": "lena", "password": password}


def test_a_session_begins_and_ends(lead: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    assert client.get("/api/v1/auth/session").json()["user"] is None
    begun = client.post("/api/v1/auth/login", credentials()).json()
    assert begun["user"] == {"id": lead.pk, "username": "lena", "name": "lena"}
    assert client.get("/api/v1/auth/session").json()["user"]["username"] == "lena"
    assert client.post("/api/v1/auth/logout").status_code == 403
    ended = client.post("/api/v1/auth/logout", headers={"X-CSRFToken": begun["csrf_token"]})
    assert ended.status_code == 204
    assert client.get("/api/v1/studies").status_code == 401
    assert Event.objects.get(verb="user.signed_in").actor == lead


def test_a_token_signs_scripts_in(study: Study) -> None:
    token = APIClient().post("/api/v1/auth/token", credentials()).json()["token"]
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.get("/api/v1/studies").json()["count"] == 1
    assert client.patch("/api/v1/studies/cord", {"name": "By a script"}).status_code == 200
    assert APIClient().post("/api/v1/auth/token", credentials()).json()["token"] == token


def test_wrong_credentials_say_the_same_whoever_it_is(lead: User) -> None:
    answers = [
        APIClient().post("/api/v1/auth/login", body).json()
        for body in (credentials("wrong"), {"username": "nobody", "password": "wrong"})
    ]
    assert answers[0] == answers[1]
    assert answers[0]["status"] == 401


def test_guessing_is_slowed_down(lead: User) -> None:
    statuses = {APIClient().post("/api/v1/auth/login", credentials("wrong")).status_code for _ in range(25)}
    assert statuses == {401, 429}


def test_an_inactive_account_cannot_sign_in(lead: User) -> None:
    User.objects.filter(pk=lead.pk).update(is_active=False)
    assert APIClient().post("/api/v1/auth/login", credentials()).status_code == 401


def test_the_lead_keeps_the_team(study: Study, lead: User, lead_client: APIClient) -> None:
    make_user("ada")
    address = "/api/v1/studies/cord/members"
    made = lead_client.post(address, {"username": "ada", "role": "annotator"}).json()
    again = lead_client.post(address, {"username": "ada", "role": "annotator"}).json()
    assert made["id"] == again["id"]
    assert "username" in lead_client.post(address, {"username": "nobody", "role": "annotator"}).json()["errors"]
    assert "role" in lead_client.post(address, {"username": "ada", "role": "king"}).json()["errors"]
    assert lead_client.get(address).json()["count"] == 2
    assert lead_client.delete(f"{address}/{made['id']}").status_code == 204
    assert lead_client.delete(f"{address}/{made['id']}").status_code == 404
    verbs = [event["verb"] for event in lead_client.get("/api/v1/studies/cord/events").json()["results"]]
    assert verbs == ["member.removed", "member.added"]


def test_the_last_lead_stays(study: Study, lead_client: APIClient) -> None:
    only = Membership.objects.get(study=study, role=Role.LEAD)
    address = f"/api/v1/studies/cord/members/{only.pk}"
    assert lead_client.delete(address).status_code == 409
    make_member(study, make_user("other"), Role.LEAD)
    assert lead_client.delete(address).status_code == 204


def test_errors_are_problem_documents(study: Study, lead_client: APIClient) -> None:
    answer = lead_client.get("/api/v1/studies/none")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not found",
        "status": 404,
        "detail": "There is no study 'none' that you are a member of.",
    }


def test_a_members_list_asks_no_more_for_more_members(
    study: Study, lead_client: APIClient, django_assert_num_queries: Callable[..., Any]
) -> None:
    for number in range(5):
        make_member(study, make_user(f"user-{number}"), Role.ANNOTATOR)
    with django_assert_num_queries(5, connection=connection):
        assert lead_client.get("/api/v1/studies/cord/members").json()["count"] == 6
