"""The stages of a re-run, one after the other, each of them once."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from access.errors import Conflict
from measures.clinical.catalogue import measures_of
from radicula.rerun.cohort import cohort_make
from radicula.rerun.context import Rerun, RerunOrder, Say
from radicula.rerun.journal import Journal, StageDone
from radicula.rerun.nerves import tractograms_make
from radicula.rerun.networks import networks_train, proposals_make
from radicula.rerun.numbers import measures_make
from radicula.rerun.questions import analyses_make, tool_import
from radicula.rerun.reading import cases_read
from radicula.rerun.reporting import report_write
from radicula.rerun.setting_up import images_import, maps_derive, study_make, test_set_choose


@dataclass(frozen=True)
class Stage:
    """A step of a re-run.

    Attributes
    ----------
    name, title : str
        Of the journal, and for people.
    work : callable
        Does it, or what is left of it, and says in one line what came of it.
    applies : callable
        Whether the protocol has it.
    again : bool
        Whether it is done also where it was done before.
    """

    name: str
    title: str
    work: Callable[[Rerun], str]
    applies: Callable[[Rerun], bool] = lambda run: True
    again: bool = False


STAGES = (
    Stage("cohort", "images", cohort_make),
    Stage("study", "study and team", study_make),
    Stage("import", "import", images_import),
    Stage("maps", "diffusion maps", maps_derive, lambda run: bool(run.protocol.derived_roles)),
    Stage("reads", "readings", cases_read),
    Stage("test-set", "frozen test set", test_set_choose),
    Stage("training", "training", networks_train),
    Stage("proposals", "proposals", proposals_make),
    Stage("tracts", "tractography and ratings", tractograms_make, lambda run: run.protocol.tracking is not None),
    Stage("tool", "another tool", tool_import, lambda run: "external_test" in run.protocol.statistics),
    Stage("measures", "clinical measures", measures_make, lambda run: bool(measures_of(run.protocol.name))),
    Stage("analyses", "analyses", analyses_make),
    Stage("report", "report", report_write, again=True),
)


def rerun(order: RerunOrder, say: Say) -> Path:
    """Run a published study again, or go on with one that was interrupted.

    Parameters
    ----------
    order : RerunOrder
        What is asked for. Its folder is made where it is missing.
    say : callable
        Takes lines of progress.

    Returns
    -------
    Path
        The folder, with the journal `rerun.json` and the report.

    Raises
    ------
    ApplicationError
        If something can't be done: one sentence, with the stage before it. Calling it again goes on from there.
    """
    order.folder.mkdir(parents=True, exist_ok=True)
    run = Rerun(order, Journal(order.folder, order.to_json()), say)
    stages = [stage for stage in STAGES if stage.applies(run)]
    began = time.monotonic()
    for number, stage in enumerate(stages, start=1):
        head = f"[{number:>2}/{len(stages)}] {stage.title}"
        done = run.journal.stage(stage.name)
        if done is not None and not stage.again:
            say(f"{head}: {done.said} (done before)")
            continue
        say(f"{head} ...")
        started = time.monotonic()
        said = stage.work(run)
        seconds = round(time.monotonic() - started, 2)
        run.journal.finish(StageDone(stage.name, stage.title, seconds, said))
        say(f"{head}: {said} ({seconds:.1f} s)")
    say(f"{order.folder}: {time.monotonic() - began:.1f} s")
    return order.folder


def require_order(order: RerunOrder, phantoms: tuple[str, ...]) -> None:
    """Refuse a protocol without phantoms where no images are given, and subjects that are too few.

    Raises
    ------
    Conflict
        In words.
    """
    if order.data is None and order.protocol.name not in phantoms:
        raise Conflict(
            f"There are no phantoms for '{order.protocol.name}'; there are for {', '.join(phantoms)}. Give images of "
            "your own with --data FOLDER."
        )
    if order.data is None and order.subjects < 2:
        raise Conflict(f"A re-run takes two subjects or more, one to train on and one to test; {order.subjects} came.")
    if order.data is not None and not order.data.is_dir():
        raise Conflict(f"There is no folder {order.data}.")
