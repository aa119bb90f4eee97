"""MONAI Label's datastore over the site's tables, and the protocol's rules about who gets and sees what."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import nibabel as nib
import numpy as np
import pytest
from django.db import connection
from rest_framework.test import APIClient

from access.models import User
from annotation.models import LabelSource, Task
from models_app.engine.app import RadiculaApp
from models_app.engine.datastore import StudyDatastore, acting_user
from models_app.engine.files import cache_folder, volume_file
from models_app.engine.parts import ImageNotFoundException, LabelNotFoundException, MONAILabelException
from models_app.monailabel_rest.app import info_of
from models_app.services.client_labels import case_next_for_user
from models_app.services.interactive_methods import GRAPH_CUT
from mri.labels import LabelMap
from mri.nifti import write_nifti
from tests.engine.cohort import Cohort

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    made = Cohort(("01", "02", "03"))
    made.accept("01")
    return made


@pytest.fixture
def datastore(cohort: Cohort) -> StudyDatastore:
    return StudyDatastore(cohort.study)


def client(user: User) -> APIClient:
    made = APIClient()
    made.force_login(user)
    return made


def test_images_and_labels_come_from_the_tables(cohort: Cohort, datastore: StudyDatastore) -> None:
    ids = {label: str(volume.pk) for label, volume in cohort.volumes.items()}
    assert datastore.list_images() == [ids["01"], ids["02"], ids["03"]]
    assert datastore.get_labeled_images() == [ids["01"]]
    assert datastore.get_unlabeled_images() == [ids["02"], ids["03"]]
    assert datastore.status() == {"total": 3, "completed": 1, "label_tags": {"final": 1, "original": 0}}
    assert datastore.get_labels_by_image_id(ids["01"]) == {"final": ids["01"]}
    assert datastore.get_label_by_image_id(ids["02"], "final") == ""
    (row,) = datastore.datalist()
    assert np.array_equal(np.asarray(nib.load(row["label"]).dataobj), cohort.truth["01"])
    assert Path(row["image"]).name.endswith(".nii.gz")
    assert set(datastore.json()["objects"]) == set(ids.values())


def test_a_file_is_read_only_and_named_by_its_hash(cohort: Cohort) -> None:
    path = volume_file(cohort.volumes["01"])
    assert path == cache_folder() / f"{cohort.volumes['01'].original_id}.nii.gz"
    assert path.stat().st_mode & 0o222 == 0
    assert volume_file(cohort.volumes["01"]) == path


@pytest.mark.parametrize("image_id", ["/etc/passwd", "../secret", "", "5f0c1e6e-8f0b-4a53-9d3f-0a4d5be1c0de"])
def test_only_ids_of_the_study_open_a_file(datastore: StudyDatastore, image_id: str) -> None:
    with pytest.raises(ImageNotFoundException):
        datastore.get_image_uri(image_id)


def test_an_image_of_another_study_is_not_there(cohort: Cohort) -> None:
    other = StudyDatastore(cohort.study)
    other.study = type(cohort.study)(pk=uuid4(), protocol=cohort.study.protocol)
    with pytest.raises(ImageNotFoundException):
        other.get_image_uri(str(cohort.volumes["01"].pk))


def test_nothing_is_added_or_deleted_through_it(cohort: Cohort, datastore: StudyDatastore) -> None:
    key = str(cohort.volumes["01"].pk)
    for refused in (
        lambda: datastore.remove_image(key),
        lambda: datastore.remove_label(key, "final"),
        lambda: datastore.add_image("x", "/etc/passwd", {}),
        lambda: datastore.save_label(key, "/etc/passwd", "final", {}),
    ):
        with pytest.raises(MONAILabelException):
            refused()
    with pytest.raises(LabelNotFoundException):
        datastore.get_label_uri(key, "original")


def test_a_label_is_saved_as_a_version_of_the_acting_users_task(
    cohort: Cohort, datastore: StudyDatastore, tmp_path: Path
) -> None:
    volume = cohort.volumes["02"]
    labels = LabelMap(cohort.truth["02"], _grid(volume))
    path = tmp_path / "label.nii.gz"
    write_nifti(labels, path)
    mark = acting_user.set(cohort.ben)
    try:
        datastore.save_label(str(volume.pk), str(path), "original", {})
    finally:
        acting_user.reset(mark)
    head = Task.objects.get(case=volume.case, rater__user=cohort.ben).working.get().head
    assert (head.source, head.author) == (LabelSource.PERSON, cohort.ben)


def test_the_app_offers_what_the_site_says_it_does(cohort: Cohort) -> None:
    """The site answers /info/ without the engine; both must say the same."""
    app, site = RadiculaApp(cohort.study).info(), info_of(cohort.study, cohort.emil)
    assert set(site) | {"datastore"} == set(app)
    for part in ("labels", "name", "description"):
        assert site[part] == app[part]
    for part in ("trainers", "strategies"):
        assert set(site[part]) == set(app[part])
    # The graph cut asks no network: the engine answers it beside the app, for every study.
    assert set(site["models"]) == {*app["models"], GRAPH_CUT}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("strategy", ["first", "random"])
def test_two_users_at_once_never_get_the_same_case(cohort: Cohort, strategy: str) -> None:
    def ask(user: User) -> object:
        try:
            case = case_next_for_user(study=cohort.study, by=user, strategy=strategy)
            return case.pk if case is not None else None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        given = list(pool.map(ask, [cohort.ada, cohort.ben]))
    assert None not in given
    assert len(set(given)) == 2
    assert ask(cohort.rita) is None


def test_an_annotator_gets_no_label_of_a_colleague(cohort: Cohort) -> None:
    """Blind means blind: `final` is one's own label, and a proposal is seen once one's own label started from it."""
    volume = cohort.volumes["01"]
    other = cohort.volumes["02"]
    address = "/monailabel/cord/datastore/label"
    assert client(cohort.ada).get(address, {"label": str(volume.pk), "tag": "final"}).status_code == 200
    assert client(cohort.rita).get(address, {"label": str(volume.pk), "tag": "final"}).status_code == 200
    assert client(cohort.ben).get(address, {"label": str(volume.pk), "tag": "final"}).status_code == 404
    assert client(cohort.olga).get(address, {"label": str(volume.pk), "tag": "final"}).status_code == 404
    everything = client(cohort.ben).get("/monailabel/cord/datastore/", {"output": "all"}).json()["objects"]
    assert everything[str(volume.pk)]["labels"] == {}
    assert client(cohort.ben).get("/monailabel/cord/datastore/").json()["completed"] == 0
    assert client(cohort.ben).get(address, {"label": str(other.pk), "tag": "original"}).status_code == 404


def test_a_label_with_an_unknown_value_is_refused(cohort: Cohort, tmp_path: Path) -> None:
    volume = cohort.volumes["02"]
    path = tmp_path / "label.nii.gz"
    write_nifti(LabelMap(cohort.truth["02"] * 9, _grid(volume)), path)
    with path.open("rb") as stream:
        answer = client(cohort.ben).put(
            f"/monailabel/cord/datastore/label?image={volume.pk}&tag=final", {"label": stream}, format="multipart"
        )
    assert answer.status_code == 400
    assert "9" in answer.json()["detail"]


def _grid(volume):  # type: ignore[no-untyped-def]
    from annotation.selectors.volumes import volume_grid

    return volume_grid(volume)
