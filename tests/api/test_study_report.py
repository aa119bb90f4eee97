"""The report of a whole study: asked for, made by a worker, read, and out of date once the study holds more."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from access.models import User
from jobs.models import Job
from radicula.tasks import run_study_report
from tests.factories.labels import make_proposal
from tests.factories.people import make_study
from tests.results.readings import Readings, compute, start

pytestmark = pytest.mark.django_db
Client = Callable[[User | None], APIClient]


def test_the_report_of_a_study_is_made_read_and_made_again_when_it_holds_more(as_user: Client) -> None:
    readings = Readings()
    compute(start(readings.study, readings.lead))
    client, address = as_user(readings.lead), f"/api/v1/studies/{readings.study.slug}/report"
    assert client.get(address).json() == {"state": "none", "current": False, "job": None, "files": []}
    assert client.get(f"{address}/report.html").status_code == 404
    asked = client.post(address)
    assert (asked.status_code, asked.json()["state"]) == (202, "making")
    # Asked twice, it is made once.
    assert client.post(address).json()["job"]["id"] == asked.json()["job"]["id"]
    job = Job.objects.get(pk=asked.json()["job"]["id"])
    run_study_report(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.error) == ("done", "")
    made = client.get(address).json()
    assert (made["state"], made["current"]) == ("ready", True)
    (page,) = made["files"]
    shown = client.get(page["url"])
    text = b"".join(shown).decode()
    assert shown["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    assert "What was run" in text
    assert readings.study.name in text
    saved = client.get(f"{page['url']}?download=1")
    assert f"{readings.study.slug}-report.html" in saved["Content-Disposition"]
    assert client.post(address).status_code == 200

    make_proposal(readings.volumes[0])
    assert client.get(address).json()["current"] is False
    again = client.post(address)
    assert (again.status_code, again.json()["state"]) == (202, "making")
    # What there was stays to be read meanwhile.
    assert [one["name"] for one in again.json()["files"]] == ["report.html"]


def test_a_study_without_a_case_says_so(as_user: Client) -> None:
    lead = Readings().lead
    empty = make_study(lead, "empty")
    answer = as_user(lead).post(f"/api/v1/studies/{empty.slug}/report")
    assert answer.status_code == 409
    assert "has no case yet" in answer.json()["detail"]
