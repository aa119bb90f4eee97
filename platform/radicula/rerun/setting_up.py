"""The study of a re-run: people, images, maps, and who is in the test set."""

from collections.abc import Mapping, Sequence

from access.errors import Conflict
from access.models import Role, Study, User
from access.services import member_add, study_create
from annotation.models import Case, Subject
from annotation.services.deriving import derived_request_missing
from annotation.services.importing.dataset import import_folder
from annotation.services.importing.outcome import Outcome
from annotation.services.test_set import test_set_freeze
from radicula.rerun.context import ENGINEER, LEAD, RATERS, REVIEWER, Rerun
from radicula.rerun.jobs_here import job_finish

ROLES = {LEAD: Role.LEAD, REVIEWER: Role.REVIEWER, ENGINEER: Role.ENGINEER, **dict.fromkeys(RATERS, Role.ANNOTATOR)}
NEVER_ALL = "The test set takes a part of the subjects; with {n} there is none to train on. Bring two or more."


def study_make(run: Rerun) -> str:
    """Make the accounts, the study and its team, or find them made."""
    users = {name: _account(name) for name in ROLES}
    study = Study.objects.filter(slug=run.slug).first()
    if study is None:
        kind = "digital phantoms and simulated raters" if run.simulated else f"the images of {run.dataset}"
        study = study_create(
            by=users[LEAD],
            slug=run.slug,
            name=f"{run.protocol.title}, run again",
            protocol=run.protocol.name,
            description=f"The study protocol from images to report, on {kind}.",
        )
    for name, role in ROLES.items():
        member_add(study=study, username=name, role=role, by=users[LEAD])
    return f"study '{study.slug}', protocol version {study.protocol_version}"


def _account(name: str) -> User:
    found = User.objects.filter(username=name).first()
    return found if found is not None else User.objects.create_user(name)


def images_import(run: Rerun) -> str:
    """Take the dataset into the study; labels of one's own come along as accepted readings of their raters."""
    report = import_folder(study=run.study, folder=run.dataset, by=run.user(LEAD), accept_labels=True)
    counts = report.counts()
    left_out = [file for file in report.files if file.outcome == Outcome.SKIPPED]
    cases = Case.objects.filter(study=run.study).count()
    if not cases:
        why = f" ({left_out[0].path}: {left_out[0].reason})" if left_out else ""
        raise Conflict(f"No image of {run.dataset} fits the protocol '{run.protocol.name}'{why}.")
    for file in left_out if not run.simulated else ():
        run.say(f"      left out: {file.path}: {file.reason}")
    told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count)
    return f"{cases} cases ({told})"


def maps_derive(run: Rerun) -> str:
    """Compute the maps of diffusion images that the protocol derives."""
    job = derived_request_missing(study=run.study, by=run.user(LEAD))
    if job is None:
        return "every map is there"
    result = job_finish(job).result or {}
    return f"{len(result['derived'])} maps, {len(result['left_out'])} images left out"


def test_set_choose(run: Rerun) -> str:
    """Freeze the test set: the subjects of a site that no training will see, else every third one."""
    subjects = list(Subject.objects.filter(study=run.study).order_by("label"))
    frozen = [row.label for row in subjects if row.in_test_set]
    chosen = frozen or subjects_to_test({row.label: str(row.attributes.get("site", "")) for row in subjects})
    if not chosen:
        raise Conflict(NEVER_ALL.format(n=len(subjects)))
    test_set_freeze(study=run.study, subjects=chosen, by=run.user(LEAD))
    return f"{len(chosen)} of {len(subjects)} subjects"


def subjects_to_test(sites: Mapping[str, str]) -> Sequence[str]:
    """Choose the subjects of a test set.

    Parameters
    ----------
    sites : mapping of str to str
        Subject to site; empty where it is not known.

    Returns
    -------
    sequence of str
        Those of the smallest site where there are several (of equals the last by name), if half of all stay to train
        on; else every third subject, of two or more; else none.
    """
    known = sorted({site for site in sites.values() if site})
    of_site = {site: sorted(name for name, where in sites.items() if where == site) for site in known}
    if len(known) > 1:
        smallest = min(reversed(known), key=lambda site: len(of_site[site]))
        if 2 * len(of_site[smallest]) <= len(sites):
            return of_site[smallest]
    names = sorted(sites)
    return names[2::3] or names[1:]
