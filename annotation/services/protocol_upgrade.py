"""A study's protocol: which newer version there is, what it would change, and taking it."""

from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from access.errors import Conflict, InvalidInput
from access.models import Study, User
from access.protocol_files import library_protocols, protocol_from_text
from access.services import event_record
from annotation.models import LabelVersion, Volume
from annotation.services.deriving import derived_request_missing
from protocols.difference import Change, broken_labels, broken_roles, protocol_changes
from protocols.protocol import Protocol


@dataclass(frozen=True)
class Upgrade:
    """A newer version of a study's protocol.

    Attributes
    ----------
    protocol : Protocol or None
        With the study's own options; None where there is no newer one.
    changes : tuple of Change
        What it changes.
    refusals : tuple of str
        Why it can't be taken; empty where it can.
    """

    protocol: Protocol | None
    changes: tuple[Change, ...]
    refusals: tuple[str, ...]


def upgrade_offered(study: Study, text: str | None = None) -> Upgrade:
    """Tell what a newer version of a study's protocol would change.

    Parameters
    ----------
    study : Study
        The study.
    text : str or None
        A lab's own protocol file; None for the library's.

    Raises
    ------
    InvalidInput
        If the file is wrong, with line and reason; if it is another protocol, or not newer.
    """
    newer = _own(study, text) if text is not None else library_protocols().get(study.protocol_name)
    if newer is None or newer.version <= study.protocol_version:
        return Upgrade(None, (), ())
    known = {option.name for option in newer.options}
    chosen = [one["name"] for one in study.protocol.get("options", ()) if one["name"] in known]
    snapshot = newer.with_options(chosen)
    new = snapshot.to_json()
    refusals = broken_labels(study.protocol, new, _labels_in_use(study)) + broken_roles(new, _roles_in_use(study))
    return Upgrade(snapshot, protocol_changes(study.protocol, new), refusals)


@transaction.atomic
def protocol_upgrade(*, study: Study, by: User | None, text: str | None = None) -> Study:
    """Take a newer version of a study's protocol.

    Parameters
    ----------
    study : Study
        The study; its labels, images and models stay as they are.
    by : User or None
        Who decides; None for the command line.
    text : str or None
        A lab's own protocol file; None for the library's.

    Raises
    ------
    InvalidInput
        If the file is wrong, is another protocol, or is not newer.
    Conflict
        If there is no newer version, or it would change the meaning of what is stored.
    """
    study = Study.objects.select_for_update(no_key=True).get(pk=study.pk)
    offered = upgrade_offered(study, text)
    if offered.protocol is None:
        raise Conflict(f"There is no version of the protocol '{study.protocol_name}' after {study.protocol_version}.")
    if offered.refusals:
        raise Conflict(
            f"Version {offered.protocol.version} would change the meaning of what is stored. "
            f"{' '.join(offered.refusals)} Make a new study with it instead."
        )
    before = study.protocol_version
    study.protocol, study.protocol_version = offered.protocol.to_json(), offered.protocol.version
    study.save(update_fields=["protocol", "protocol_version"])
    changes = [change.text for change in offered.changes]
    detail = {"protocol": study.protocol_name, "from": before, "to": study.protocol_version, "changes": changes}
    event_record(study=study, actor=by, verb="protocol.upgraded", subject=study, detail=detail)
    derived_request_missing(study=study, by=by)
    return study


def _own(study: Study, text: str) -> Protocol:
    newer = protocol_from_text(text)
    if newer.name != study.protocol_name:
        message = f"The file is the protocol '{newer.name}'; this study has '{study.protocol_name}'."
        raise InvalidInput(message, {"file": [message]})
    if newer.version <= study.protocol_version:
        message = f"The file is version {newer.version}; the study has version {study.protocol_version} already."
        raise InvalidInput(message, {"file": [message]})
    return newer


def _labels_in_use(study: Study) -> Counter[int]:
    """Label value to how many label versions hold it: older versions count, since nothing is lost."""
    found: Counter[int] = Counter()
    rows = LabelVersion.objects.filter(volume__case__study=study).order_by().values_list("counts", flat=True)
    for counts in rows.iterator(chunk_size=2000):
        found.update(int(value) for value, voxels in counts.items() if voxels)
    return found


def _roles_in_use(study: Study) -> dict[str, tuple[int, bool]]:
    found: dict[str, tuple[int, bool]] = {}
    labelled = set(LabelVersion.objects.filter(volume__case__study=study).order_by().values_list("volume", flat=True))
    known = {role["name"] for role in study.protocol["volumes"]}
    for pk, role in Volume.objects.filter(case__study=study, role__in=known).order_by().values_list("pk", "role"):
        count, some = found.get(role, (0, False))
        found[role] = (count + 1, some or pk in labelled)
    return found
