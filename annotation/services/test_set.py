"""The frozen test set of a study."""

from collections.abc import Sequence

from django.db import transaction

from access.errors import Conflict, InvalidInput
from access.models import Study, User
from access.services import event_record
from annotation.models import Subject


@transaction.atomic
def test_set_freeze(*, study: Study, subjects: Sequence[str], by: User | None) -> list[str]:
    """Choose the subjects that are never trained on. Once chosen, they stay.

    Parameters
    ----------
    study : Study
        The study.
    subjects : sequence of str
        Subject labels, without `sub-`.
    by : User or None
        Who chooses.

    Returns
    -------
    list of str
        The test set.

    Raises
    ------
    InvalidInput
        If a subject is not of the study, or none is named.
    Conflict
        If another test set was chosen before.
    """
    wanted = sorted({label.removeprefix("sub-") for label in subjects})
    if not wanted:
        raise InvalidInput("Name at least one subject for the test set.", {"subjects": ["Name at least one."]})
    # Held until the transaction ends: two leads who choose at once must not make a test set of both choices.
    Study.objects.select_for_update().get(pk=study.pk)
    rows = {row.label: row for row in Subject.objects.filter(study=study)}
    unknown = [label for label in wanted if label not in rows]
    if unknown:
        named = ", ".join(unknown)
        raise InvalidInput(f"The study '{study.slug}' has no subject {named}.", {"subjects": [f"Unknown: {named}."]})
    frozen = sorted(label for label, row in rows.items() if row.in_test_set)
    if frozen == wanted:
        return frozen
    if frozen:
        raise Conflict(
            f"The test set was frozen with {', '.join(frozen)} and stays so: scores would no longer compare. "
            "Make a new study for another one."
        )
    Subject.objects.filter(study=study, label__in=wanted).update(in_test_set=True)
    event_record(study=study, actor=by, verb="test_set.frozen", subject=study, detail={"subjects": wanted})
    return wanted
