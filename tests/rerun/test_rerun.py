"""Each published study from its phantoms to its report, as `manage.py rerun` runs it, in the small size."""

import json
import os
from html import escape
from pathlib import Path
from uuid import UUID

import pytest
import torch
from django.core.management import CommandError, call_command

from access.errors import Conflict
from annotation.models import Case, LabelSource, LabelVersion, Task, TaskState
from models_app.models import ArchitectureComparison, Proposal
from models_app.selectors.architectures import comparison_table
from mri.phantom.cohort import SITES, write_cohort
from protocols.loader import list_protocols
from radicula.rerun.context import RATERS, RerunOrder
from radicula.rerun.running import rerun
from radicula.rerun.setting_up import subjects_to_test
from radicula.rerun.sizes import SIZES
from results.models import Analysis

pytestmark = pytest.mark.django_db

SIZE = SIZES["nightly" if os.environ.get("RADICULA_FULL") == "1" else "small"]
PROTOCOLS = {one.name: one for one in list_protocols()}
SECTIONS = {
    "rootlets": ("Agreement of raters", "Networks", "Published figures and ours"),
    "dentate-qsm": ("External test of two tools", "Volume and susceptibility of the dentate nuclei"),
    "lumbar-nerve-dti": ("Tractography", "By nerve", "Manual against automatic"),
    "lumbar-morphometry": ("Disc heights", "Cross-sections of the paraspinal muscles", "Loading of the discs"),
    "cord-dti": ("Diffusion indices by region", "Index error by region"),
}
"""What the report of each protocol has to tell of."""


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


COMPARED = "cord-dti"
"""In which two networks are compared in the small size too: its networks are the smallest."""


def order_of(protocol: str, folder: Path) -> RerunOrder:
    size = SIZE.with_choices(steps=None, networks=max(SIZE.candidates, 2) if protocol == COMPARED else None)
    return RerunOrder(PROTOCOLS[protocol], size, folder, seed=3, subjects=SIZE.subjects)


def cases_to_test() -> list[UUID]:
    return list(Case.objects.filter(subject__in_test_set=True).values_list("pk", flat=True))


@pytest.mark.parametrize("protocol", ["rootlets", "dentate-qsm", "lumbar-nerve-dti", "lumbar-morphometry", "cord-dti"])
def test_a_study_runs_from_phantoms_to_its_report(protocol: str, tmp_path: Path) -> None:
    said: list[str] = []
    rerun(order_of(protocol, tmp_path), said.append)

    read = Task.objects.filter(state=TaskState.ACCEPTED)
    assert read.filter(read=1).count() == 2 * Task.objects.values("case").distinct().count()
    assert read.filter(read=2).exists()
    assert not Task.objects.exclude(state=TaskState.ACCEPTED).exists()
    assert LabelVersion.objects.filter(source=LabelSource.PERSON).count() >= read.count()
    # The truth is nobody's reading: it stayed beside the dataset.
    assert not LabelVersion.objects.filter(author_name="truth").exists()
    assert Proposal.objects.exists()
    assert not Proposal.objects.filter(volume__case__subject__in_test_set=False).exists()
    analyses = Analysis.objects.all()
    assert {one.kind for one in analyses} >= {"inter_rater", "intra_rater", "human_model"}
    assert all(one.document_id for one in analyses)

    comparisons = list(ArchitectureComparison.objects.all())
    assert bool(comparisons) == (protocol == COMPARED or SIZE.candidates > 1)
    for comparison in comparisons:
        table = comparison_table(comparison)
        assert len(table["cases"]) == len(cases_to_test())
        assert any(row["best"] for row in table["rows"])
        assert table["pairs"]

    page = (tmp_path / "report.html").read_text()
    assert ("Paired tests on the same cases, with Holm" in page) == bool(comparisons)
    assert len(page) < 1_000_000
    assert "https://" not in page.replace("https://www.w3.org", "")  # nothing is fetched from outside
    for figure in PROTOCOLS[protocol].published:
        assert escape(figure.name) in page
        assert escape(figure.comparable) in page
    for section in SECTIONS[protocol]:
        assert f"</span> {section}</h" in page, section
    for rater in RATERS:
        assert rater in page

    # Asked again it finds everything done; asked for something else in the same folder it refuses.
    stages = json.loads((tmp_path / "rerun.json").read_text())["stages"]
    said.clear()
    rerun(order_of(protocol, tmp_path), said.append)
    assert sum("(done before)" in line for line in said) == len(stages) - 1  # the report is written anew
    with pytest.raises(Conflict, match="holds another re-run"):
        rerun(RerunOrder(PROTOCOLS[protocol], SIZE, tmp_path, seed=4, subjects=SIZE.subjects), said.append)


def test_a_lab_brings_images_and_labels_of_its_own(tmp_path: Path) -> None:
    data = tmp_path / "data"
    scan = {"shape_ras": (60, 44, 30), "spacing_ras_mm": (1.4, 1.4, 1.4)}
    write_cohort(data, "dentate-qsm", 4, 6, truth=False, sites=SITES[:2], **scan)  # type: ignore[arg-type]
    size = SIZES["small"].with_choices(steps=2, networks=1)
    said: list[str] = []
    rerun(RerunOrder(PROTOCOLS["dentate-qsm"], size, tmp_path / "run", seed=3, data=data), said.append)

    assert set(Task.objects.values_list("rater__name", "read", "state")) == {
        ("rater1", 1, TaskState.ACCEPTED),
        ("rater2", 1, TaskState.ACCEPTED),
    }
    assert not LabelVersion.objects.filter(author__isnull=False).exists()
    page = (tmp_path / "run" / "report.html").read_text()
    assert "Nothing here was measured on people" not in page
    assert "Between raters" in page
    assert "Between reads of the same rater" not in page
    assert any("An intra-rater analysis needs two reads of the same rater" in line for line in said)


def test_a_dataset_without_labels_is_one_sentence(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write_cohort(data, "dentate-qsm", 2, 6, truth=False, raters={}, shape_ras=(40, 30, 20))
    order = RerunOrder(PROTOCOLS["dentate-qsm"], SIZES["small"], tmp_path / "run", data=data)
    with pytest.raises(Conflict, match="holds no label map that fits the protocol 'dentate-qsm'"):
        rerun(order, lambda line: None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["knee", "--phantoms"], "There is no protocol 'knee'; there are: "),
        (["rootlets", "--phantoms", "--subjects", "1"], "takes two subjects or more"),
        (["rootlets", "--phantoms", "--steps", "0"], "for one step or more"),
        (["rootlets", "--data", "/nowhere/at/all"], "There is no folder /nowhere/at/all"),
    ],
)
def test_what_cannot_be_run_is_one_sentence(arguments: list[str], words: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=words) as refused:
        call_command("rerun", *arguments, "-o", str(tmp_path / "run"))
    assert refused.value.returncode == 2
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("sites", "chosen"),
    [
        ({"01": "a", "02": "b", "03": "a", "04": "b"}, ["02", "04"]),
        ({"01": "a", "02": "b", "03": "b", "04": "b"}, ["01"]),
        ({"01": "", "02": "", "03": "", "04": "", "05": "", "06": ""}, ["03", "06"]),
        ({"01": "", "02": ""}, ["02"]),
        ({"01": "a"}, []),
    ],
)
def test_the_test_set_is_an_unseen_site_where_there_are_sites(sites: dict[str, str], chosen: list[str]) -> None:
    assert subjects_to_test(sites) == chosen
