"""The report from the button to the download, on real PostgreSQL; the worker's function is called in this process."""

import csv
import io
import json

import pytest

from jobs.models import Job, JobState
from results.selectors.reports import REPORT_JOB
from results.tasks import run_report
from tests.results.readings import Readings, compute, start
from tests.results.test_analyses import client_of
from tests.results.test_report import Tables

pytestmark = pytest.mark.django_db


def test_one_click_makes_the_report_and_its_numbers_are_those_of_the_api() -> None:
    readings = Readings()
    analysis = start(readings.study, readings.lead)
    client, address = client_of(readings.lead), f"/api/v1/analyses/{analysis.pk}/report"
    assert client.post(address).status_code == 409
    compute(analysis)
    assert client.get(address).json()["state"] == "none"
    asked = client.post(address)
    assert (asked.status_code, asked.json()["state"]) == (202, "making")
    assert client.post(address).json()["job"]["id"] == asked.json()["job"]["id"]
    run_report(asked.json()["job"]["id"])
    job = Job.objects.get(kind=REPORT_JOB)
    assert job.state == JobState.DONE, job.error
    ready = client.get(address).json()
    assert (ready["state"], ready["current"]) == ("ready", True)
    assert client.post(address).status_code == 200
    assert Job.objects.filter(kind=REPORT_JOB).count() == 1
    answers = {one["name"]: client.get(one["url"]) for one in ready["files"]}
    bodies = {name: b"".join(answer.streaming_content) for name, answer in answers.items()}
    assert {one["name"]: one["size_bytes"] for one in ready["files"]} == {k: len(v) for k, v in bodies.items()}
    assert "sandbox" in answers["report.html"]["Content-Security-Policy"]
    assert answers["report.html"]["Content-Disposition"].startswith("inline")
    assert answers["values.csv"]["Content-Disposition"] == 'attachment; filename="ada-against-ben-values.csv"'
    assert bodies["report.pdf"].startswith(b"%PDF-")
    assert bodies["report.html"].count(b"data:image/png") == 2
    rows = client.get(f"/api/v1/analyses/{analysis.pk}/rows").json()["results"]
    lines = csv.DictReader(io.StringIO(bodies["values.csv"].decode()))
    assert [float(line["value"]) for line in lines if line["metric"] == "dice"] == [row["dice"] for row in rows]
    assert json.loads(bodies["results.json"])["rows"] == rows
    worst = Tables(bodies["report.html"]).table("worst first")
    assert sorted(line[3][1][0] for line in worst) == sorted(row["dice"] for row in rows)
    for path in (address, f"{address}/report.html"):
        assert client_of(readings.ada).get(path).status_code == 404
    assert client_of(readings.ada).post(address).status_code == 404
    assert client.get(f"{address}/report.docx").status_code == 404


def test_a_picture_is_drawn_once_and_again_when_a_reading_changes() -> None:
    readings = Readings()
    analysis = compute(start(readings.study, readings.lead))
    client = client_of(readings.lead)
    address = f"/api/v1/analyses/{analysis.pk}/volumes/{readings.volumes[0].pk}/picture"
    first = client.get(address)
    assert (first.status_code, first["Content-Type"]) == (200, "image/png")
    assert b"".join(first.streaming_content).startswith(b"\x89PNG")
    made = analysis.files.get(name__startswith="picture/")
    assert client.get(address)["ETag"] == first["ETag"]
    assert analysis.files.get(name__startswith="picture/").pk == made.pk
    assert client_of(readings.ada).get(address).status_code == 404
    assert client.get(address.replace(str(readings.volumes[0].pk), str(readings.study.pk))).status_code == 404
