"""Versions side by side, the gate, promotion, roll-back and retirement: as services and over HTTP."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from rest_framework.test import APIClient

from access.errors import Conflict
from access.models import Event, User
from models_app.gate import MARGIN
from models_app.models import ModelState, ModelTransition, ModelVersion
from models_app.selectors.registry import gate_verdict, paired_table, served_before
from models_app.services.proposals import proposals_start
from models_app.services.versions import (
    model_version_promote,
    model_version_reinstate,
    model_version_retire,
    model_version_roll_back,
)
from models_app.serving_history import served_stack
from tests.engine.cohort import Cohort
from tests.factories.models import make_score, make_version

pytestmark = pytest.mark.django_db

TEST = ("03", "04", "05", "06")
GOOD = dict(zip(TEST, (0.90, 0.88, 0.92, 0.86), strict=True))
SAME = dict(zip(TEST, (0.91, 0.88, 0.91, 0.865), strict=True))
WORSE = dict(zip(TEST, (0.80, 0.79, 0.84, 0.75), strict=True))


@pytest.fixture
def cohort() -> Cohort:
    made = Cohort(("01", "02", *TEST, "07"))
    for label in ("01", "02", *TEST):
        made.accept(label)
    made.hold_out(*TEST)
    return made


def client(user: User) -> APIClient:
    made = APIClient()
    made.force_login(user)
    return made


def states() -> dict[int, str]:
    return dict(ModelVersion.objects.order_by("number").values_list("number", "state"))


def test_two_versions_side_by_side(cohort: Cohort) -> None:
    first, second = make_version(cohort.study, WORSE), make_version(cohort.study, GOOD)
    body: dict[str, Any] = (
        client(cohort.rita)
        .get("/api/v1/studies/cord/model-comparison", {"first": second.pk, "second": first.pk})
        .json()
    )
    assert (body["first"]["name"], body["second"]["name"]) == (second.name, first.name)
    assert body["overall"]["difference"]["value"] == pytest.approx((0.10 + 0.09 + 0.08 + 0.11) / 4)
    low, high = body["overall"]["difference"]["ci"]
    assert 0.08 <= low <= 0.095 <= high <= 0.11
    (label,) = body["labels"]
    assert (label["label_value"], label["n"], label["subjects"]) == (1, 4, 4)
    # All four on one side: 2 / 2^4, whatever the sizes; one label needs no correction.
    assert (label["p"], label["holm_p"], label["effect"]) == (pytest.approx(0.125), pytest.approx(0.125), 1.0)
    assert [case["case_name"] for case in body["cases"]] == [f"sub-{name}" for name in TEST]
    assert body["cases"][0]["labels"]["1"]["difference"] == pytest.approx(0.10)
    assert (body["leaked"], body["unpaired"]) == ([], [])
    elsewhere = client(cohort.rita).get("/api/v1/studies/cord/model-comparison", {"first": first.pk, "second": uuid4()})
    assert elsewhere.status_code == 400
    assert elsewhere.json()["errors"] == {"second": ["The study has no such model version."]}


def test_what_one_of_them_learned_from_is_named_and_left_out(cohort: Cohort) -> None:
    parent = make_version(cohort.study, {}, trained_on=["01"])
    first = make_version(cohort.study, {"01": 0.99, "02": 0.7, "03": 0.8}, parent=parent, trained_on=["02"])
    second = make_version(cohort.study, {"01": 0.5, "02": 0.5, "03": 0.7, "04": 0.7})
    table = paired_table(first, second, "all")
    assert [pair.first.subject for pair in table.pairs] == ["03"]
    assert [(one.case_name, one.reason) for one in table.leaked] == [
        ("sub-01", "v2 has its subject in the training of v1, which it came from"),
        ("sub-02", "v2 has its subject in the training"),
    ]
    assert [(one.case_name, one.reason) for one in table.unpaired] == [("sub-04", "v2 was not scored on it")]


def test_both_are_held_to_one_label(cohort: Cohort) -> None:
    first, second = make_version(cohort.study, {"03": 0.8}), make_version(cohort.study, {"03": 0.7})
    cohort.accept("03", cohort.ben)
    make_score(first, "03", 0.6)
    (pair,) = paired_table(first, second).pairs
    assert (pair.first.measure("dice", 1).value, pair.second.measure("dice", 1).value) == (0.8, 0.7)
    make_score(second, "03", 0.65)
    (pair,) = paired_table(first, second).pairs
    assert (pair.first.measure("dice", 1).value, pair.second.measure("dice", 1).value) == (0.6, 0.65)
    third = make_version(cohort.study)
    assert "v3 was not scored on it" in {one.reason for one in paired_table(first, third).unpaired}


def test_the_gate_follows_its_rule(cohort: Cohort) -> None:
    serving = make_version(cohort.study, GOOD)
    assert gate_verdict(serving).state == "first"
    model_version_promote(version=serving, by=cohort.emil)
    passed = gate_verdict(make_version(cohort.study, SAME))
    assert (passed.state, passed.opens) == ("passed", True)
    assert passed.overall is not None
    assert passed.overall["difference"]["ci"][0] > -MARGIN
    failed = gate_verdict(make_version(cohort.study, WORSE))
    assert (failed.state, failed.opens) == ("failed", False)
    assert "mean Dice -0.095 (95% CI" in failed.words
    assert [one["label_value"] for one in failed.worse] == [1]
    missing = gate_verdict(make_version(cohort.study, {"03": 0.99, "04": 0.99}))
    assert missing.state == "undecided"
    assert "2 of the test cases (sub-05_T2w, sub-06_T2w) can't be compared" in missing.words
    leaky = gate_verdict(make_version(cohort.study, GOOD, trained_on=TEST))
    assert (leaky.state, "learned from: nothing fair is left" in leaky.words) == ("undecided", True)


def test_a_protocol_names_the_margin_of_its_gate(cohort: Cohort) -> None:
    model_version_promote(version=make_version(cohort.study, GOOD), by=cohort.emil)
    worse = make_version(cohort.study, WORSE)
    cohort.study.protocol = {**cohort.study.protocol, "gate": {"margin": 0.2}}
    cohort.study.save()
    verdict = gate_verdict(ModelVersion.objects.select_related("study").get(pk=worse.pk))
    assert (verdict.state, verdict.to_json()["margin"]) == ("passed", 0.2)
    assert "worse by more than 0.2:" in verdict.to_json()["rule"]


def test_promoting_past_the_gate_takes_a_reason_that_is_kept(cohort: Cohort) -> None:
    emil = client(cohort.emil)
    first, second = make_version(cohort.study, GOOD), make_version(cohort.study, WORSE)
    assert emil.post(f"/api/v1/model-versions/{first.pk}/promote").json()["state"] == "serving"
    gate = emil.get(f"/api/v1/model-versions/{second.pk}/gate").json()
    assert (gate["opens"], gate["against"]["id"]) == (False, str(first.pk))
    assert gate["verdict"]["state"] == "failed"
    assert str(MARGIN) in gate["verdict"]["rule"]
    refused = emil.post(f"/api/v1/model-versions/{second.pk}/promote", {"reason": "  "})
    assert refused.status_code == 409
    assert "Say why it should serve all the same." in refused.json()["errors"]["reason"][0]
    assert states() == {1: "serving", 2: "candidate"}

    done = emil.post(f"/api/v1/model-versions/{second.pk}/promote", {"reason": "Sees the new scanner."})
    assert (done.status_code, done.json()["promoted_by"]) == (200, "emil")
    assert states() == {1: "candidate", 2: "serving"}
    event = Event.objects.filter(verb="model.promoted").latest("at")
    assert event.detail["reason"] == "Sees the new scanner."
    assert (event.detail["gate"], event.detail["instead_of"]) == ("failed", first.name)
    newest, oldest = emil.get("/api/v1/studies/cord/model-transitions").json()["results"]
    assert (newest["kind"], newest["reason"], newest["by"]) == ("promoted", "Sees the new scanner.", "emil")
    assert (newest["before"]["id"], newest["verdict"]["state"]) == (str(first.pk), "failed")
    assert (oldest["before"], oldest["verdict"]["state"]) == (None, "first")
    # Promoted already: nothing happens twice.
    assert model_version_promote(version=second, by=cohort.emil).state == "serving"
    assert ModelTransition.objects.count() == 2


def test_a_decision_against_another_version_is_asked_for_again(cohort: Cohort) -> None:
    first, second, third = (make_version(cohort.study, GOOD) for _ in range(3))
    model_version_promote(version=first, by=cohort.emil)
    model_version_promote(version=second, by=cohort.lead)
    with pytest.raises(Conflict, match=rf"Meanwhile {second.name.split('(')[0]}.* serves: look at the comparison"):
        model_version_promote(version=third, by=cohort.emil, instead_of=first.pk)
    assert model_version_promote(version=third, by=cohort.emil, instead_of=second.pk).state == "serving"


def test_rolling_back_goes_the_way_one_came(cohort: Cohort) -> None:
    emil = client(cohort.emil)
    versions = [make_version(cohort.study, GOOD) for _ in range(3)]
    for version in versions:
        model_version_promote(version=version, by=cohort.emil)
    serving = emil.get("/api/v1/studies/cord/serving").json()
    assert (serving["serving"]["id"], serving["before"]["id"]) == (str(versions[2].pk), str(versions[1].pk))
    back = emil.post("/api/v1/studies/cord/serving/roll-back", {"reason": "Misses C8."})
    assert (back.json()["number"], back.json()["state"]) == (2, "serving")
    assert Event.objects.filter(verb="model.rolled_back").get().detail["reason"] == "Misses C8."
    assert model_version_roll_back(study=cohort.study, by=cohort.emil).number == 1
    with pytest.raises(Conflict, match="nothing to roll back to"):
        model_version_roll_back(study=cohort.study, by=cohort.emil)
    assert states() == {1: "serving", 2: "candidate", 3: "candidate"}


def test_a_retired_version_serves_and_proposes_no_more(cohort: Cohort) -> None:
    first, second = (make_version(cohort.study, GOOD) for _ in range(2))
    model_version_promote(version=first, by=cohort.emil)
    model_version_promote(version=second, by=cohort.emil)
    retired = client(cohort.emil).post(f"/api/v1/model-versions/{second.pk}/retire", {"reason": "Wrong labels."}).json()
    assert retired["state"] == "retired"
    assert states() == {1: "candidate", 2: "retired"}
    assert served_before(cohort.study) == first
    second.refresh_from_db()
    for refused in (
        lambda: model_version_promote(version=second, by=cohort.emil),
        lambda: model_version_retire(version=second, by=cohort.emil),
        lambda: proposals_start(study=cohort.study, by=cohort.emil, model_version=second),
    ):
        with pytest.raises(Conflict, match="is retired"):
            refused()
    assert model_version_roll_back(study=cohort.study, by=cohort.emil).pk == first.pk
    assert model_version_reinstate(version=second, by=cohort.emil).state == ModelState.CANDIDATE
    with pytest.raises(Conflict, match="not retired"):
        model_version_reinstate(version=second, by=cohort.emil)
    kinds = list(ModelTransition.objects.order_by("at").values_list("kind", flat=True))
    assert kinds == ["promoted", "promoted", "retired", "rolled_back", "reinstated"]


def test_words_for_the_card_are_kept_and_audited(cohort: Cohort) -> None:
    version = make_version(cohort.study)
    emil = client(cohort.emil)
    said = emil.patch(f"/api/v1/model-versions/{version.pk}", {"limits": "Adults only. "}).json()
    assert (said["limits"], said["intended_use"]) == ("Adults only.", "")
    emil.patch(f"/api/v1/model-versions/{version.pk}", {"limits": "Adults only."})
    assert Event.objects.filter(verb="model.described").count() == 1


def test_the_way_back_is_read_from_the_history() -> None:
    a, b, c = (UUID(int=number) for number in (1, 2, 3))
    promoted = [("promoted", a), ("promoted", b), ("promoted", c)]
    assert served_stack([]) == []
    assert served_stack(promoted) == [a, b, c]
    assert served_stack([*promoted, ("rolled_back", b)]) == [a, b]
    assert served_stack([*promoted, ("rolled_back", b), ("promoted", c)]) == [a, b, c]
    assert served_stack([*promoted, ("retired", b)]) == [a, c]
    # Without b in between, a stands once.
    assert served_stack([("promoted", a), ("promoted", b), ("promoted", a), ("retired", b)]) == [a]
    assert served_stack([*promoted, ("reinstated", b)]) == [a, b, c]
