"""Two rounds from end to end with a real network, what it was unsure about, and a replay of rounds with an oracle."""

import csv
import gzip
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command

from annotation.models import Verdict
from annotation.services.labels import label_save
from annotation.services.reviews import task_review
from annotation.services.tasks import task_open, task_submit
from blobs.services import blob_path, blob_read
from jobs.models import Job, JobState
from jobs.services import job_retry
from models_app.engine import choosing
from models_app.engine.files import input_files
from models_app.engine.learning import learn
from models_app.engine.networks import network_build
from models_app.engine.plan import EpochReport, TrainingPlan
from models_app.engine.predicting import labels_predict
from models_app.engine.preparing import image_read
from models_app.engine.simulation import SimulationPlan, require_strategies, simulate
from models_app.engine.simulation_data import cases_of_folder, split_cases
from models_app.engine.uncertainty import Member, case_uncertainty, probabilities_predict
from models_app.models import Proposal, Round, RoundState, UncertaintyRecord
from models_app.selectors.rounds import rounds_report
from models_app.services.rounds import RoundWish, round_start, rounds_advance
from models_app.specification import settings_for, specification_for
from protocols import loader
from radicula.cli import main
from selection.summary import Sampling
from tests.engine.cohort import Cohort
from tests.factories.images import raw

CPU = torch.device("cpu")
TINY = {"architecture": "unet3d-small", "epochs": 2}


@pytest.mark.django_db
def test_two_rounds_from_choice_to_score(trained, run_job) -> None:  # type: ignore[no-untyped-def]
    cohort = Cohort(("01", "02", "03", "04", "05", "06"))
    cohort.accept("01")
    cohort.accept("06")
    cohort.hold_out("06")
    first = trained(cohort, epochs=4).model_version
    wish = RoundWish(
        strategy="mix", k=2, raters=[cohort.ada.pk], trigger="accepted", accepted_needed=2, training=TINY, repeats=1
    )
    row = round_start(study=cohort.study, by=cohort.emil, wish=wish)
    assert row.asked == first
    job = run_job(row.choice_job)
    assert job.state == JobState.DONE, job.error
    # Four of the pool, and the one labelled case that diversity is measured from.
    assert (job.result["chosen"], job.result["asked"], UncertaintyRecord.objects.count()) == (2, 4, 5)
    row.refresh_from_db()
    assert row.state == RoundState.LABELLING
    scores = [choice.score for choice in row.choices.all()]
    assert all(score > 0 for score in scores)
    _maps_lie_on_the_volumes_grid()
    assert run_job(Job.objects.get(kind="proposals")).result["made"] == 2
    assert {proposal.volume.case_id for proposal in Proposal.objects.all()} == {c.case_id for c in row.choices.all()}

    _hand_in(cohort, row)
    rounds_advance()
    row.refresh_from_db()
    assert row.state == RoundState.TRAINING
    job = run_job(row.training_run.job)
    assert job.state == JobState.DONE, job.error
    rounds_advance()
    row.refresh_from_db()
    assert (row.state, row.result.training_run_id) == (RoundState.DONE, row.training_run_id)

    second = Round.objects.get(number=2)
    assert (second.repeats, second.asked, second.state) == (0, row.result, RoundState.CHOOSING)
    assert run_job(second.choice_job).state == JobState.DONE
    _hand_in(cohort, second)
    rounds_advance()
    second.refresh_from_db()
    assert run_job(second.training_run.job).state == JobState.DONE
    rounds_advance()
    points = rounds_report(cohort.study)
    assert [(point.number, point.training_cases, point.accepted) for point in points] == [
        (0, 1, 0),
        (1, 3, 2),
        (2, 5, 2),
    ]
    assert all(0 <= point.scores["overall"]["mean"] <= 1 for point in points)
    assert [point.undefined.get("scores") for point in points] == [None, None, None]


def _hand_in(cohort: Cohort, row: Round) -> None:
    """The reader corrects each proposal to the truth, and the reviewer accepts it."""
    for choice in row.choices.select_related("task", "case__subject"):
        task = task_open(task=choice.task, by=cohort.ada)
        label = choice.case.subject.label
        head = task.working.get().head
        label_save(
            task=task, volume=cohort.volumes[label], by=cohort.ada, voxels=raw(cohort.truth[label]), dtype="uint8",
            parent=head.pk if head else None,
        )  # fmt: skip
        task_submit(task=task, by=cohort.ada, active_seconds=90)
        task_review(task=task, by=cohort.rita, verdict=Verdict.ACCEPTED)


def _maps_lie_on_the_volumes_grid() -> None:
    """A map has as many voxels as its volume, and all 256 steps are used."""
    record = UncertaintyRecord.objects.exclude(volume__case__subject__label="01").first()
    voxels = np.frombuffer(gzip.decompress(blob_read(record.voxels_id)), np.uint8)
    voxels = voxels.reshape(tuple(record.volume.shape), order="F")
    assert voxels.max() == 255
    assert record.summary["scores"]["entropy"] > 0


@pytest.mark.django_db
def test_a_choice_goes_on_where_it_stopped_and_skips_what_can_not_be_read(trained, run_job, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    cohort = Cohort(("01", "02", "03", "04"))
    cohort.accept("01")
    trained(cohort, epochs=1)
    damaged = blob_path(cohort.volumes["02"].original_id)
    damaged.chmod(0o600)
    damaged.write_bytes(b"not an image")
    row = round_start(study=cohort.study, by=cohort.emil, wish=RoundWish(strategy="entropy", k=3, proposes=False))
    keep, calls = choosing.uncertainty_keep, []

    def keep_then_break(**given: object) -> object:
        calls.append(given)
        if len(calls) == 2:
            raise RuntimeError("the worker dies")
        return keep(**given)

    monkeypatch.setattr(choosing, "uncertainty_keep", keep_then_break)
    assert run_job(row.choice_job).state == JobState.FAILED
    rounds_advance()
    row.refresh_from_db()
    assert (row.state, "unexpected error" in row.problem) == (RoundState.CHOOSING, True)
    monkeypatch.setattr(choosing, "uncertainty_keep", keep)
    job = run_job(job_retry(job=Job.objects.get(pk=row.choice_job_id), by=cohort.emil))
    assert job.state == JobState.DONE, job.error
    assert [skipped["case"] for skipped in job.result["skipped"]] == ["sub-02"]
    assert sorted(choice.case.name for choice in row.choices.all()) == ["sub-03", "sub-04"]


def tiny_member(architecture: str = "unet3d-small") -> Member:
    """A network with random weights: what is asked of it here does not hang on what it has learned."""
    protocol = loader.load("spinal-cord")
    settings = settings_for(protocol, architecture=architecture)
    whole = specification_for(protocol, architecture, settings=settings)
    patch = [1 if side == 1 else 32 for side in whole.patch]
    specification = replace(
        whole,
        channels=(4, 8, 16),
        patch=(patch[0], patch[1], patch[2]),
        localiser=replace(whole.localiser, patch=(16, 16, 16)) if whole.localiser is not None else None,
    )
    torch.manual_seed(0)
    return Member(network_build(specification).eval(), specification)


@pytest.mark.django_db
def test_probabilities_decide_as_a_proposal_does() -> None:
    cohort = Cohort(("01", "02", "03"))
    for architecture in ("unet3d-small", "cascade", "light-unet-2d"):
        member = tiny_member(architecture)
        for label in ("02", "03"):  # on the network's spacing and on another one
            source = image_read(input_files(cohort.volumes[label], ()), member.specification)
            probabilities = probabilities_predict(member, source, device=CPU)
            assert probabilities.shape == (2, *cohort.truth[label].shape)
            assert np.allclose(probabilities.sum(axis=0), 1.0, atol=1e-5)
            decided = labels_predict(member.network, source, member.specification, device=CPU).labels.voxels
            # But for voxels where both are one half.
            assert (probabilities.argmax(axis=0) == decided).mean() > 0.999


@pytest.mark.django_db
def test_samples_disagree_by_their_seed_and_a_copy_agrees_with_itself() -> None:
    cohort = Cohort(("01", "02"))
    member = tiny_member()
    files = input_files(cohort.volumes["02"], ())
    own_dropout = tiny_member("light-unet-2d")
    for asked_of, sampling, score in (
        (member, Sampling.DROPOUT, "mutual_information"),
        (own_dropout, Sampling.DROPOUT, "mutual_information"),
        (member, Sampling.AUGMENTATION, "variance"),
    ):
        asked = [
            case_uncertainty([asked_of], lambda _: files, sampling, device=CPU, seed=seed, passes=3)
            for seed in (1, 1, 2)
        ]
        found = [one.summary.scores[score] for one in asked]
        assert found[0] == found[1] != found[2]
        assert found[0] > 0
    plain = case_uncertainty([member], lambda _: files, Sampling.PLAIN, device=CPU)
    assert plain.embedding.shape == (16,)
    assert plain.uncertainty.shape == cohort.truth["02"].shape
    same = case_uncertainty([member, member], lambda _: files, Sampling.ENSEMBLE, device=CPU)
    assert same.summary.scores["vote_entropy"] == 0.0


def test_rounds_replayed_on_phantoms_go_on_where_they_stopped(tmp_path: Path) -> None:
    dataset, out = _phantoms(tmp_path / "data"), tmp_path / "out"
    options = {
        "dataset": dataset, "protocol": "spinal-cord", "raters": ["truth"], "test": ["01"], "strategies": ["entropy"],
        "seeds": 1, "first": 1, "k": 1, "rounds": 2, "epochs": 1, "steps_per_epoch": 2, "output": out,
    }  # fmt: skip
    told = io.StringIO()
    call_command("simulate_rounds", stdout=told, stderr=io.StringIO(), **options)
    rows = list(csv.DictReader((out / "results.csv").open()))
    assert [(row["strategy"], row["round"], row["cases"]) for row in rows] == [
        ("foreground-random", "1", "1"), ("foreground-random", "2", "2"), ("entropy", "1", "1"), ("entropy", "2", "2"),
    ]  # fmt: skip
    # Both begin with the same case and the same weights.
    assert rows[0]["mean_dice"] == rows[2]["mean_dice"]
    assert float(rows[1]["minutes"]) > float(rows[0]["minutes"]) > 2.0
    assert (out / "curves.svg").read_text().startswith("<?xml")
    assert (out / "curves.png").stat().st_size > 10_000
    steps = {path.name: path.stat().st_mtime_ns for path in (out / "steps").iterdir()}
    call_command("simulate_rounds", stdout=io.StringIO(), stderr=io.StringIO(), **options)
    assert {path.name: path.stat().st_mtime_ns for path in (out / "steps").iterdir()} == steps
    assert json.loads(told.getvalue())["strategies"][1]["area_by_cases_against_baseline"]["seeds"] == 1
    with pytest.raises(CommandError, match="holds the steps of another simulation"):
        call_command("simulate_rounds", stdout=io.StringIO(), stderr=io.StringIO(), **{**options, "k": 2})
    with pytest.raises(CommandError, match="There is no strategy 'committee'; there are: foreground-random, random"):
        call_command("simulate_rounds", stderr=io.StringIO(), **{**options, "strategies": ["committee"]})


def test_the_ensemble_of_a_replay_is_three_networks_of_the_same_cases(tmp_path: Path) -> None:
    protocol = loader.load("spinal-cord")
    pool, test = split_cases(cases_of_folder(_phantoms(tmp_path / "data"), protocol), ["01"], 0.0, seed=0)
    settings = settings_for(protocol, architecture="unet3d-small", epochs=1, steps_per_epoch=4, processes=1)
    specification = specification_for(protocol, "unet3d-small", settings=settings)
    plan = SimulationPlan(
        replace(specification, channels=(4, 8, 16), patch=(16, 24, 24)), settings,
        tuple(case.file for case in pool), tuple(case.file for case in test),
        strategies=require_strategies(["ensemble"]), seeds=(7,), first=1, k=1, rounds=2,
    )  # fmt: skip
    steps = simulate(plan, tmp_path / "out", CPU, lambda share, message: None)
    baseline, first, second = steps[0], steps[2], steps[3]
    assert [(step.strategy, step.number) for step in (first, second)] == [("ensemble", 1), ("ensemble", 2)]
    # Scored is the round's own network, the baseline's too: the others only vote on what comes next.
    assert (first.labelled, first.dice) == (baseline.labelled, baseline.dice)

    (begun,) = first.labelled
    files = {file.name: file for file in plan.pool}
    members = []
    for seed in (7, 10_007, 20_007):
        chosen = replace(settings, seed=seed)
        learned = learn(TrainingPlan(plan.specification, (files[begun],), (), chosen), Unwatched(), CPU)
        network = network_build(plan.specification)
        network.load_state_dict(learned.state)
        members.append(Member(network.eval(), plan.specification))
    votes = {
        name: case_uncertainty(members, lambda _, name=name: files[name].images, Sampling.ENSEMBLE, device=CPU)
        for name in sorted(files.keys() - {begun})
    }
    scores = {name: found.summary.scores["vote_entropy"] for name, found in votes.items()}
    (choice,) = first.choices
    assert choice["case"] == max(scores, key=scores.__getitem__)
    assert choice["score"] == pytest.approx(scores[choice["case"]], rel=1e-6)
    # Three networks that vote on two classes agree or are split two to one: log2 3 - 2/3 bits, of at most one.
    found = np.unique(votes[choice["case"]].uncertainty)
    assert found == pytest.approx([0.0, np.log2(3) - 2 / 3], abs=1e-6)
    assert (second.labelled, second.choices) == ([begun, choice["case"]], [])
    assert not list((tmp_path / "out" / "weights").glob("*.pt"))


class Unwatched:
    """Nobody looks on."""

    def progress(self, fraction: float, message: str) -> None:
        """Nothing to tell."""

    def epoch(self, report: EpochReport) -> None:
        """Nothing to keep."""


def _phantoms(folder: Path) -> Path:
    arguments = ["--subjects", "4", "--raters", "0", "--seed", "3", "--shape", "16", "24", "24", "-o", str(folder)]
    assert main(["phantom", "spinal-cord", *arguments]) == 0
    return folder
