"""MONAI Label's datastore over the site's own tables, for one study.

Ids are the ids of volumes; a path never comes from a client. PostgreSQL is the truth: what MONAI Label keeps in one
JSON file is read from rows each time. Two tags exist: `final`, the accepted label, and `original`, the newest proposal.
"""

import io
import tempfile
import zipfile
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

from access.models import Study, User
from annotation.models import LabelVersion, Volume
from annotation.selectors.labels import proposal_newest
from models_app.engine.files import label_file, volume_file
from models_app.engine.parts import (
    Datastore,
    DefaultLabelTag,
    ImageNotFoundException,
    LabelNotFoundException,
    MONAILabelError,
    MONAILabelException,
)
from models_app.selectors import accepted_samples, primary_volumes, volumes_labelled_by_people
from models_app.services.client_files import client_labels_read, segments_of
from models_app.services.client_labels import client_label_save

FINAL, ORIGINAL = DefaultLabelTag.FINAL.value, DefaultLabelTag.ORIGINAL.value

acting_user: ContextVar[User | None] = ContextVar("acting_user", default=None)
"""Who a label is saved for; without a user nothing is saved."""


class StudyDatastore(Datastore):
    """The volumes of a study that models label, with their accepted labels and proposals.

    Parameters
    ----------
    study : Study
        The study.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self._marks: dict[str, dict[str, Any]] = {}

    def name(self) -> str:
        """The study's address."""
        return self.study.slug

    def set_name(self, name: str) -> NoReturn:
        """Refused: a study is renamed on the site."""
        self._refuse("A study is renamed on the site.")

    def description(self) -> str:
        """The study's name."""
        return self.study.name

    def set_description(self, description: str) -> NoReturn:
        """Refused: a study is described on the site."""
        self._refuse("A study is described on the site.")

    def datalist(self) -> list[dict[str, Any]]:
        """Image and accepted label of each volume, as paths. A training takes its own frozen list instead."""
        return [
            {"image": str(volume_file(sample.volume)), "label": str(label_file(sample.version))}
            for sample in accepted_samples(self.study)
        ]

    def list_images(self) -> list[str]:
        """All volumes that models label."""
        return [
            str(key)
            for key in primary_volumes(self.study).order_by("case__subject__label", "pk").values_list("pk", flat=True)
        ]

    def get_labeled_images(self, label_tag: str | None = None, labels: list[str] | None = None) -> list[str]:
        """The volumes with an accepted label."""
        return [str(sample.volume.pk) for sample in accepted_samples(self.study)]

    def get_unlabeled_images(self, label_tag: str | None = None, labels: list[str] | None = None) -> list[str]:
        """The volumes that nobody has labelled yet; a proposal does not count."""
        volumes = primary_volumes(self.study).exclude(pk__in=volumes_labelled_by_people(self.study))
        return [str(key) for key in volumes.order_by("case__subject__label", "pk").values_list("pk", flat=True)]

    def get_image(self, image_id: str, params: Any = None) -> io.BytesIO:
        """The bytes of an image."""
        return io.BytesIO(Path(self.get_image_uri(image_id)).read_bytes())

    def get_image_uri(self, image_id: str) -> str:
        """The path of an image's file, made from its id."""
        return str(volume_file(self._volume(image_id)))

    def get_image_info(self, image_id: str) -> dict[str, Any]:
        """Facts about an image, and what strategies noted about it in this process."""
        volume = self._volume(image_id)
        facts = {"name": volume.name, "case": volume.case.name, "role": volume.role, "shape": volume.shape}
        return {**facts, **self._marks.get(image_id, {})}

    def update_image_info(self, image_id: str, info: dict[str, Any]) -> None:
        """Note something about an image, for as long as this process lives: reservations are tasks, in the database."""
        self._volume(image_id)
        self._marks.setdefault(image_id, {}).update(info)

    def get_labels_by_image_id(self, image_id: str) -> dict[str, str]:
        """The tags that an image has a label for; a label goes by its image's id."""
        return {tag: image_id for tag in (FINAL, ORIGINAL) if self._version(image_id, tag) is not None}

    def get_label_by_image_id(self, image_id: str, tag: str) -> str:
        """The id of an image's label for a tag; empty where there is none."""
        return self.get_labels_by_image_id(image_id).get(_tag(tag), "")

    def get_label(self, label_id: str, label_tag: str, params: Any = None) -> io.BytesIO:
        """The bytes of a label."""
        return io.BytesIO(Path(self.get_label_uri(label_id, label_tag)).read_bytes())

    def get_label_uri(self, label_id: str, label_tag: str) -> str:
        """The path of a label's file."""
        version = self._version(label_id, _tag(label_tag))
        if version is None:
            raise LabelNotFoundException(f"The image {label_id} has no label {_tag(label_tag)!r}.")
        return str(label_file(version))

    def get_label_info(self, label_id: str, label_tag: str) -> dict[str, Any]:
        """Facts about a label."""
        version = self._version(label_id, _tag(label_tag))
        if version is None:
            raise LabelNotFoundException(f"The image {label_id} has no label {_tag(label_tag)!r}.")
        return {"version": str(version.pk), "source": version.source, "counts": version.counts}

    def update_label_info(self, label_id: str, label_tag: str, info: dict[str, Any]) -> NoReturn:
        """Refused: a label version is never changed."""
        self._refuse("A label version is never changed.")

    def save_label(self, image_id: str, label_filename: str, label_tag: str, label_info: dict[str, Any]) -> str:
        """Keep a label as a new version of the acting user's task, through the annotation services."""
        user = acting_user.get()
        if user is None:
            self._refuse("A label is saved for a user; nobody is signed in.")
        volume = self._volume(image_id)
        labels = client_labels_read(Path(label_filename), volume, segments_of(label_info))
        client_label_save(volume=volume, by=user, labels=labels, submit=_tag(label_tag) == FINAL)
        return image_id

    def remove_label(self, label_id: str, label_tag: str) -> NoReturn:
        """Refused: nothing is lost."""
        self._refuse("A label is never deleted.")

    def add_image(self, image_id: str, image_filename: str, image_info: dict[str, Any]) -> NoReturn:
        """Refused: images are imported on the site, which checks them."""
        self._refuse("Images are imported on the site, which checks them.")

    def remove_image(self, image_id: str) -> NoReturn:
        """Refused: nothing is lost."""
        self._refuse("An image is never deleted.")

    def get_dataset_archive(self, limit_cases: int | None) -> str:
        """Images and accepted labels in a temporary archive, which the caller deletes."""
        with tempfile.NamedTemporaryFile(prefix="radicula-", suffix=".zip", delete=False) as file:
            with zipfile.ZipFile(file, "w") as archive:
                for row in self.datalist()[: limit_cases or None]:
                    for kind, path in row.items():
                        archive.write(path, f"{kind}/{Path(path).name}")
            return file.name

    def refresh(self) -> None:
        """Nothing to do: rows are read each time."""

    def status(self) -> dict[str, Any]:
        """How many images there are, and how many are labelled."""
        accepted, images = len(self.get_labeled_images()), self.list_images()
        proposed = primary_volumes(self.study).filter(proposals__isnull=False).distinct().count()
        return {"total": len(images), "completed": accepted, "label_tags": {FINAL: accepted, ORIGINAL: proposed}}

    def json(self) -> dict[str, Any]:
        """All images with their labels."""
        images = {
            key: {
                "image": {"info": self.get_image_info(key)},
                "labels": {tag: {"info": self.get_label_info(key, tag)} for tag in self.get_labels_by_image_id(key)},
            }
            for key in self.list_images()
        }
        return {"name": self.name(), "description": self.description(), "objects": images}

    def _volume(self, image_id: str) -> Volume:
        try:
            key = UUID(str(image_id))
        except ValueError as error:
            # Also what an attempt looks like to read another file of the server: it is not even looked at.
            raise ImageNotFoundException(f"{image_id!r} is no image id of this study.") from error
        volume = primary_volumes(self.study).filter(pk=key).first()
        if volume is None:
            raise ImageNotFoundException(f"The study has no image {key}.")
        return volume

    def _version(self, image_id: str, tag: str) -> LabelVersion | None:
        volume = self._volume(image_id)
        if tag == ORIGINAL:
            return proposal_newest(volume)
        found = [sample.version for sample in accepted_samples(self.study) if sample.volume.pk == volume.pk]
        return found[0] if tag == FINAL and found else None

    def _refuse(self, sentence: str) -> NoReturn:
        raise MONAILabelException(MONAILabelError.INVALID_INPUT, sentence)


def _tag(tag: str | DefaultLabelTag) -> str:
    return str(tag.value) if isinstance(tag, DefaultLabelTag) else str(tag)
