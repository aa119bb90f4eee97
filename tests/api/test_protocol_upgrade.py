"""A study keeps its protocol; a newer version is offered, refused where it would change labels, else taken."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from access.models import Event, Study, User
from protocols.loader import LIBRARY
from tests.factories.labels import make_submitted, make_volume
from tests.factories.people import make_study, make_user

pytestmark = pytest.mark.django_db
Client = Callable[[User | None], APIClient]
API = "/api/v1"


def own_file(*replaced: tuple[str, str]) -> str:
    """A lab's own protocol, made from one of the library."""
    text = (LIBRARY / "spinal-cord.toml").read_text()
    for old, new in (('name = "spinal-cord"', 'name = "our-cord"'), *replaced):
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def make_own(client: APIClient, text: str, slug: str = "own", **more: Any) -> Any:
    body = {"slug": slug, "name": "Our study", "protocol_file": text, **more}
    return client.post(f"{API}/studies", body, format="json")


@pytest.fixture
def lead() -> User:
    return make_user("lena")


def older(study: Study) -> Study:
    """The study as it was begun with an earlier version."""
    study.protocol = {**study.protocol, "version": study.protocol_version - 1, "measures": ["overlap"]}
    study.protocol_version -= 1
    study.save()
    return study


def test_a_newer_version_of_the_library_is_offered_and_taken(lead: User, as_user: Client) -> None:
    study, client = older(make_study(lead, "roots", "rootlets")), as_user(lead)
    offered = client.get(f"{API}/studies/roots/protocol").json()
    assert (offered["version"], offered["newer"]) == (study.protocol_version, study.protocol_version + 1)
    assert {"part": "measures", "kind": "added", "name": "spinal-levels", "text": "measure spinal-levels is new"} in (
        offered["changes"]
    )
    taken = client.post(f"{API}/studies/roots/protocol", {}, format="json").json()
    assert (taken["version"], taken["newer"], taken["changes"]) == (study.protocol_version + 1, None, [])
    study.refresh_from_db()
    assert "spinal-levels" in study.protocol["measures"]
    event = Event.objects.get(verb="protocol.upgraded")
    assert event.actor == lead
    assert "measure spinal-levels is new" in event.detail["changes"]
    assert client.post(f"{API}/studies/roots/protocol", {}, format="json").status_code == 409


def test_a_lab_brings_its_own_protocol_and_a_newer_version_of_it(lead: User, as_user: Client) -> None:
    client = as_user(lead)
    assert make_own(client, own_file(), protocol="").status_code == 201
    study = Study.objects.get(slug="own")
    assert study.protocol_name == "our-cord"
    newer = own_file(("version = 1", "version = 2"), ('name = "Spinal cord"', 'name = "Cord"'))
    volume = make_volume(study)
    preview = client.post(f"{API}/studies/own/protocol/preview", {"file": newer}, format="json").json()
    assert preview["refusals"] == []
    make_submitted(volume.case, lead)
    preview = client.post(f"{API}/studies/own/protocol/preview", {"file": newer}, format="json").json()
    assert "its name was Spinal cord and would be Cord" in preview["refusals"][0]
    refused = client.post(f"{API}/studies/own/protocol", {"file": newer}, format="json")
    assert refused.status_code == 409
    assert "Make a new study" in refused.json()["detail"]
    harmless = own_file(("version = 1", "version = 2"), ("flips = [", "flips = [] # ["))
    assert client.post(f"{API}/studies/own/protocol", {"file": harmless}, format="json").status_code == 200
    again = client.post(f"{API}/studies/own/protocol", {"file": harmless}, format="json")
    assert again.status_code == 400
    assert "has version 2 already" in again.json()["errors"]["file"][0]


def test_a_wrong_file_is_refused_with_its_line_beside_the_field(lead: User, as_user: Client) -> None:
    client = as_user(lead)
    wrong = own_file(("value = 1", "value = 0"))
    line = next(n for n, text in enumerate(wrong.splitlines(), start=1) if text == "value = 0")
    for answer in (
        client.post(f"{API}/protocols/check", {"file": wrong}, format="json"),
        make_own(client, wrong),
    ):
        assert answer.status_code == 400
        (message,) = answer.json()["errors"]["file"]
        assert message.startswith(f"Line {line}, labels[0].value")
    told = client.post(f"{API}/protocols/check", {"file": own_file()}, format="json").json()
    assert (told["name"], told["version"]) == ("our-cord", 1)
    taken = (LIBRARY / "spinal-cord.toml").read_text().replace("version = 1", "version = 7", 1)
    answer = make_own(client, taken)
    assert "give yours another name" in answer.json()["errors"]["file"][0]
