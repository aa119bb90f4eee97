"""Rounds without an engine: planned, drawn, reserved, expired, blind; and what they came to."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from access.errors import Conflict, InvalidInput, NotAllowed
from access.models import Role, Study, User
from annotation.models import Correction, Subject, Task, Verdict
from annotation.services.reviews import task_review
from annotation.services.tasks import task_open, task_submit, task_withdraw
from jobs.services import job_cancel
from models_app import tasks
from models_app.models import ChoiceState, Round, RoundChoice, RoundState, RoundTrigger
from models_app.selectors.rounds import pool_cases, rounds_report
from models_app.services.reservations import reservation_make, reservation_release, reservation_take
from models_app.services.rounds import RoundWish, round_cancel, round_start, rounds_advance
from tests.factories.labels import make_label, make_proposal, make_task, make_volume
from tests.factories.people import make_member, make_study, make_user
from tests.factories.rounds import make_reserved, make_round
from tests.factories.worlds import World

pytestmark = pytest.mark.django_db


class Team:
    """A study of five images with two annotators."""

    def __init__(self, subjects: int = 5) -> None:
        self.lead, self.ada, self.ben, self.rita = (make_user(name) for name in ("lena", "ada", "ben", "rita"))
        self.study: Study = make_study(self.lead)
        for user, role in ((self.ada, Role.ANNOTATOR), (self.ben, Role.ANNOTATOR), (self.rita, Role.REVIEWER)):
            make_member(self.study, user, role)
        self.volumes = [make_volume(self.study, f"{n:02d}", seed=n) for n in range(1, subjects + 1)]

    def begin(self, **wish: object) -> Round:
        """A round whose cases are drawn."""
        row = round_start(study=self.study, by=self.lead, wish=RoundWish(**{"strategy": "first", "k": 3, **wish}))
        tasks.choose_round(str(row.choice_job_id))
        row.refresh_from_db()
        return row

    def accept(self, choice: RoundChoice, *, from_proposal: bool = False) -> Task:
        """Its reader hands it in, and the reviewer accepts it."""
        task = choice.task
        assert task is not None
        user = task.rater.user
        if from_proposal:
            task = task_open(task=task, by=user)
        else:
            make_label(task, seed=3)
        task_submit(task=task, by=user, active_seconds=120)
        task_review(task=task, by=self.rita, verdict=Verdict.ACCEPTED)
        return task


@pytest.fixture
def team() -> Team:
    return Team()


def held_by(row: Round) -> list[tuple[str, str | None, str]]:
    rows = row.choices.select_related("case__subject", "rater").order_by("rank")
    return [(choice.case.name, choice.rater.name if choice.rater else None, choice.state) for choice in rows]


def test_chosen_cases_are_kept_with_their_rank_and_dealt_in_turn(team: Team) -> None:
    row = team.begin(raters=[team.ada.pk, team.ben.pk])
    assert row.state == RoundState.LABELLING
    assert held_by(row) == [
        ("sub-01", "ada", "reserved"), ("sub-02", "ben", "reserved"), ("sub-03", "ada", "reserved"),
    ]  # fmt: skip
    assert [task.case.name for task in Task.objects.filter(rater__user=team.ada).order_by("case__subject__label")] == [
        "sub-01", "sub-03",
    ]  # fmt: skip
    assert [case.name for case in pool_cases(team.study)] == ["sub-04", "sub-05"]
    assert (row.choice_job.state, row.choice_job.result["chosen"]) == ("done", 3)


def test_the_pool_leaves_out_the_test_set_and_what_was_given(team: Team) -> None:
    Subject.objects.filter(study=team.study, label="02").update(in_test_set=True)
    make_task(team.volumes[0].case, team.ben)
    assert [case.name for case in pool_cases(team.study)] == ["sub-03", "sub-04", "sub-05"]


def test_a_reader_takes_the_next_open_case_and_gives_it_back(team: Team) -> None:
    row = team.begin()
    assert held_by(row)[0] == ("sub-01", None, "open")
    first = reservation_take(round_=row, by=team.ada)
    second = reservation_take(round_=row, by=team.ben)
    assert (first.case.name, second.case.name) == ("sub-01", "sub-02")
    with pytest.raises(NotAllowed, match="Only its reader"):
        reservation_release(choice=first, by=team.ben)
    reservation_release(choice=first, by=team.ada)
    assert held_by(row)[0] == ("sub-01", None, "open")
    assert not Task.objects.filter(case=first.case).exists()
    assert reservation_take(round_=row, by=team.ben).case.name == "sub-01"
    assert team.study.events.filter(verb="task.withdrawn").count() == 1


def test_begun_work_is_never_taken_away(team: Team) -> None:
    row = team.begin(raters=[team.ada.pk])
    choice = row.choices.get(rank=1)
    task_open(task=choice.task, by=team.ada)
    with pytest.raises(Conflict, match="has begun sub-01"):
        reservation_release(choice=choice, by=team.lead)
    RoundChoice.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    rounds_advance()
    assert held_by(row) == [("sub-01", "ada", "reserved"), ("sub-02", None, "open"), ("sub-03", None, "open")]
    with pytest.raises(Conflict, match="begun"):
        task_withdraw(task=choice.task, by=team.lead, reason="for the test")


def test_a_cancelled_round_gives_back_what_nobody_has_begun(team: Team) -> None:
    row = team.begin(raters=[team.ada.pk])
    task_open(task=row.choices.get(rank=2).task, by=team.ada)
    round_cancel(round_=row, by=team.lead)
    assert [state for _, _, state in held_by(row)] == ["withdrawn", "reserved", "withdrawn"]
    assert [case.name for case in pool_cases(team.study)] == ["sub-01", "sub-03", "sub-04", "sub-05"]
    again = team.begin(k=2)
    assert (again.number, [name for name, _, _ in held_by(again)]) == (2, ["sub-01", "sub-03"])


def test_the_database_refuses_a_second_reservation_of_a_case(team: Team) -> None:
    first = make_round(team.study, state=RoundState.DONE)
    task = make_task(team.volumes[0].case, team.ada)
    make_reserved(first, task)
    second = make_round(team.study, number=2)
    choice = RoundChoice.objects.create(round=second, case=task.case, rank=1)
    with pytest.raises(Conflict, match="reserved for someone else"):
        reservation_make(choice=choice, rater=team.ben, by=team.lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoundChoice.objects.filter(pk=choice.pk).update(state=ChoiceState.RESERVED)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_round(team.study, number=3)  # one round at a time


@pytest.mark.django_db(transaction=True)
def test_readers_who_ask_at_once_get_different_cases() -> None:
    team = Team(subjects=6)
    row = team.begin(k=4)
    together = Barrier(2)

    def ask(user: User) -> list[str]:
        got = []
        try:
            for _ in range(3):
                together.wait(timeout=120)
                try:
                    got.append(reservation_take(round_=row, by=user).case.name)
                except Conflict:
                    got.append("none")
        finally:
            connection.close()
        return got

    with ThreadPoolExecutor(2) as both:
        answers = [
            found for future in [both.submit(ask, user) for user in (team.ada, team.ben)] for found in future.result()
        ]
    taken = [name for name in answers if name != "none"]
    # Whoever finds the last row held by the other is told that nothing is open, and asks again: never the same case.
    assert len(taken) == len(set(taken)) >= 3
    assert Task.objects.filter(case__study=team.study).count() == len(taken)


@pytest.mark.django_db(transaction=True)
def test_one_case_is_reserved_for_one_of_two_who_are_given_it_at_once() -> None:
    team = Team(subjects=2)
    choice = team.begin(k=1).choices.get()
    together = Barrier(2)

    def give(user: User) -> bool:
        try:
            together.wait(timeout=120)
            reservation_make(choice=choice, rater=user, by=team.lead)
        except Conflict:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as both:
        won = [future.result() for future in [both.submit(give, user) for user in (team.ada, team.ben)]]
    assert sorted(won) == [False, True]
    assert Task.objects.filter(case=choice.case).count() == 1


def test_what_is_wrong_is_said_beside_its_field(team: Team) -> None:
    def refused(**wish: object) -> InvalidInput:
        with pytest.raises(InvalidInput) as error:
            round_start(study=team.study, by=team.lead, wish=RoundWish(**{"strategy": "first", "k": 3, **wish}))
        return error.value

    assert "strategy" in refused(strategy="magic").fields
    assert "raters" in refused(raters=[10**6]).fields
    assert "accepted_needed" in refused(trigger=RoundTrigger.ACCEPTED, accepted_needed=4).fields
    assert "hour_utc" in refused(trigger=RoundTrigger.NIGHTLY).fields
    with pytest.raises(Conflict, match="the study has none yet"):
        round_start(study=team.study, by=team.lead, wish=RoundWish(strategy="entropy", k=1))
    team.begin()
    with pytest.raises(Conflict, match="Round 1 is under way"):
        round_start(study=team.study, by=team.lead, wish=RoundWish(strategy="first", k=1))


def test_a_cancelled_choice_ends_the_round(team: Team) -> None:
    row = round_start(study=team.study, by=team.lead, wish=RoundWish(strategy="random", k=1))
    job_cancel(job=row.choice_job, by=team.lead)
    rounds_advance()
    row.refresh_from_db()
    assert row.state == RoundState.CANCELLED


def test_a_training_that_can_not_start_is_told_and_tried_again(team: Team) -> None:
    row = team.begin(raters=[team.ada.pk], trigger=RoundTrigger.ACCEPTED, accepted_needed=1, k=2)
    rounds_advance()
    row.refresh_from_db()
    assert (row.state, row.problem) == (RoundState.LABELLING, "")
    choice = row.choices.get(rank=1)
    team.accept(choice)
    Subject.objects.filter(study=team.study, label="01").update(in_test_set=True)  # nothing is left to train on
    rounds_advance()
    row.refresh_from_db()
    assert row.state == RoundState.LABELLING
    assert "No case outside the test set has an accepted label" in row.problem
    Subject.objects.filter(study=team.study).update(in_test_set=False)
    rounds_advance()
    row.refresh_from_db()
    assert (row.state, row.problem) == (RoundState.TRAINING, "")
    assert row.training_run.cases.count() == 1


def test_nightly_trains_at_its_hour_and_only_with_a_new_label(team: Team) -> None:
    hour = timezone.now().hour
    row = team.begin(raters=[team.ada.pk], trigger=RoundTrigger.NIGHTLY, hour_utc=hour)
    rounds_advance()
    row.refresh_from_db()
    assert row.state == RoundState.LABELLING
    team.accept(row.choices.get(rank=1))
    Round.objects.update(hour_utc=(hour + 5) % 24)
    rounds_advance()
    row.refresh_from_db()
    assert row.state == RoundState.LABELLING
    Round.objects.update(hour_utc=timezone.now().hour)
    rounds_advance()
    row.refresh_from_db()
    assert row.state == RoundState.TRAINING


def test_the_report_counts_time_and_corrections_of_accepted_labels(team: Team) -> None:
    for volume in team.volumes[:2]:
        make_proposal(volume)
    row = team.begin(raters=[team.ada.pk])
    team.accept(row.choices.get(rank=1), from_proposal=True)
    team.accept(row.choices.get(rank=3))
    (point,) = rounds_report(team.study)
    assert Correction.objects.get().voxels_changed == 0
    assert (point.accepted, point.minutes_per_case, point.minutes) == (2, 2.0, 4.0)
    assert (point.voxels_changed, point.untouched_share) == (0.0, 1.0)
    assert point.training_cases is None
    assert point.undefined == {"scores": "the round has not trained yet"}


def test_readers_see_scores_only_where_the_round_shows_them(world: World, as_user: Callable[..., APIClient]) -> None:
    own = as_user(world.people["own"])
    (held,) = own.get("/api/v1/studies/cord/own-round").json()["held"]
    assert (held["score"], held["rank"], held["case"]["name"]) == (None, None, "sub-01")
    maps = f"/api/v1/volumes/{world.volume.pk}/uncertainty"
    voxels = f"/api/v1/uncertainty-maps/{world.uncertainty.pk}/voxels"
    assert (own.get(maps).json(), own.get(voxels).status_code) == ([], 404)
    Round.objects.update(shows_scores=True)
    assert own.get("/api/v1/studies/cord/own-round").json()["held"][0]["score"] == 12.5
    (shown,) = own.get(maps).json()
    assert (shown["shape"], shown["affine"]) == (world.volume.shape, world.volume.affine)
    answer = own.get(shown["voxels_url"])
    assert (answer.status_code, answer["Content-Encoding"]) == (200, "gzip")
    # Another reader of the same case holds no reservation of the round.
    other = as_user(world.people["other"])
    assert (other.get(maps).json(), other.get(voxels).status_code) == ([], 404)


def test_a_round_over_http(world: World, as_user: Callable[..., APIClient]) -> None:
    lead = as_user(world.people["lead"])
    shown = lead.get(f"/api/v1/rounds/{world.choice.round_id}").json()
    assert shown["choices"][0]["rater"] == "ada"
    assert shown["score_means"] == "entropy around the predicted structures, nat mm³"
    options = lead.get("/api/v1/studies/cord/round-options").json()
    assert options["baseline"] == "foreground-random"
    assert {row["name"] for row in options["strategies"] if row["problem"]} == {"ensemble"}
    assert "under way" in options["problem"] or "nothing to choose" in options["problem"]
    wrong = lead.post("/api/v1/studies/cord/rounds", {"strategy": "random", "k": 0})
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["k"])
    assert lead.post(f"/api/v1/rounds/{world.choice.round_id}/cancel").json()["state"] == "cancelled"
