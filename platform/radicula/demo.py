"""The demo: a small cohort of digital phantoms with two raters, a trained model and proposals, made once.

Every step looks first whether it was done, so that the demo can be interrupted and made again.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.conf import settings

from access.errors import NotAllowed
from access.models import Role, Study, User
from access.services import member_add, study_create
from annotation.models import Case, Task, TaskState
from annotation.services.importing.dataset import import_folder
from annotation.services.tasks import task_assign
from annotation.services.test_set import test_set_freeze
from jobs.models import Job, JobState
from models_app.models import ModelState, ModelVersion, TrainingRun
from models_app.services.proposals import proposals_start
from models_app.services.training import training_start
from models_app.services.versions import model_version_promote
from mri.phantom.cohort import write_cohort
from mri.phantom.rater import RaterStyle
from results.models import Analysis
from results.services.starting import analysis_start

Say = Callable[[str], None]
ProtocolName = Literal["rootlets", "spinal-cord"]

TRAINING_WAIT_SECONDS = 600.0
ROLES = {
    "lena": Role.LEAD,
    "ada": Role.ANNOTATOR,
    "ben": Role.ANNOTATOR,
    "rita": Role.REVIEWER,
    "emil": Role.ENGINEER,
}
FULL_NAMES = {
    "lena": ("Lena", "Lindqvist"),
    "ada": ("Ada", "Abara"),
    "ben": ("Ben", "Berger"),
    "rita": ("Rita", "Rossi"),
    "emil": ("Emil", "Eriksen"),
}
# One rater draws a little wide and the other a little tight, so that their volumes differ on the whole.
STYLES = {"ada": RaterStyle(bias_mm=0.12, noise_mm=0.35), "ben": RaterStyle(bias_mm=-0.08, noise_mm=0.5)}
SUBJECTS, LABELLED = 8, 6
SEED = 2026


@dataclass(frozen=True)
class DemoStudy:
    """A study of the demo."""

    slug: str
    name: str
    protocol: ProtocolName
    description: str
    trains: bool


STUDIES = (
    DemoStudy(
        "demo-cord",
        "Cervical cord (demo)",
        "spinal-cord",
        "Digital phantoms of the neck on T2w: two raters, a trained model, and two cases that wait for correction.",
        trains=True,
    ),
    DemoStudy(
        "demo-rootlets",
        "Dorsal rootlets C2-C8 (demo)",
        "rootlets",
        "The same necks, one label per spinal level: how far do two raters agree on a structure one voxel wide?",
        trains=False,
    ),
)


def demo_make(say: Say) -> None:
    """Make whatever of the demo is missing.

    Parameters
    ----------
    say : callable
        Takes one line of progress.

    Raises
    ------
    NotAllowed
        Outside demo mode: the demo's log-ins are printed on the sign-in page.
    """
    if not settings.DEMO_LOGINS:
        raise NotAllowed(
            "The demo has open log-ins, so it is made in demo mode alone; start the site with RADICULA_DEMO=1."
        )
    users = {row["username"]: _user(row["username"], row["password"]) for row in settings.DEMO_LOGINS}
    for wanted in STUDIES:
        study = _study(wanted, users["lena"])
        _cases(study, wanted, users, say)
        _analysis(study, users["lena"], say)
        if wanted.trains:
            _model(study, users["emil"], say)


def _user(username: str, password: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        first, last = FULL_NAMES[username]
        user = User.objects.create_user(username, password=password, first_name=first, last_name=last)
    return user


def _study(wanted: DemoStudy, lead: User) -> Study:
    study = Study.objects.filter(slug=wanted.slug).first()
    if study is None:
        study = study_create(
            by=lead,
            slug=wanted.slug,
            name=wanted.name,
            protocol=wanted.protocol,
            description=wanted.description,
            is_demo=True,
        )
    for username, role in ROLES.items():
        member_add(study=study, username=username, role=role, by=lead)
    return study


def _cases(study: Study, wanted: DemoStudy, users: dict[str, User], say: Say) -> None:
    if Case.objects.filter(study=study).count() >= SUBJECTS:
        return
    say(f"{study.slug}: making {SUBJECTS} phantoms with two raters")
    with tempfile.TemporaryDirectory(prefix="radicula-demo-") as folder:
        write_cohort(Path(folder), wanted.protocol, SUBJECTS, SEED, raters=STYLES, truth=False, labelled=LABELLED)
        import_folder(study=study, folder=Path(folder), by=users["lena"], accept_labels=True)
    cases = list(Case.objects.filter(study=study))
    test_set_freeze(study=study, subjects=[case.subject.label for case in cases[4:LABELLED]], by=users["lena"])
    unlabelled = [case.pk for case in cases[LABELLED:]]
    task_assign(study=study, case_ids=unlabelled, user_ids=[users["ada"].pk, users["ben"].pk], by=users["lena"])


def _analysis(study: Study, lead: User, say: Say) -> None:
    if not Analysis.objects.filter(study=study).exists():
        say(f"{study.slug}: comparing the two raters")
        analysis_start(study=study, by=lead, kind="inter_rater")


def _model(study: Study, engineer: User, say: Say) -> None:
    if not TrainingRun.objects.filter(study=study).exists():
        say(f"{study.slug}: training a small model")
        training_start(study=study, by=engineer, architecture="unet3d-small", epochs=6, seed=1, raters=["ada", "ben"])
    _wait(study)
    model = ModelVersion.objects.filter(study=study).first()
    if model is None:
        say(f"{study.slug}: the training did not end well; its page says why")
        return
    if model.state == ModelState.CANDIDATE:
        model_version_promote(version=model, by=engineer)
    untouched = Task.objects.filter(case__study=study, state=TaskState.TODO).exists()
    if untouched and not model.proposals.exists():
        say(f"{study.slug}: proposing labels for the cases that have none")
        proposals_start(study=study, by=engineer)


def _wait(study: Study) -> None:
    live = Job.objects.filter(study=study, kind="training", state__in=(JobState.QUEUED, JobState.RUNNING))
    limit = time.monotonic() + TRAINING_WAIT_SECONDS
    while live.exists() and time.monotonic() < limit:
        time.sleep(1.0)
