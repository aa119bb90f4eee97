"""The last stage of a re-run: its report, with what must be said of it before any number."""

from collections.abc import Sequence

from annotation.models import Case
from radicula.rerun.context import Rerun
from radicula.rerun.networks import FAILED
from radicula.rerun.questions import TOOL, TOOL_STYLE
from radicula.rerun.reading import SECONDS_PER_SLICE, STYLES
from radicula.study_report.making import PAGE, study_report
from radicula.study_report.source import RunFacts


def report_write(run: Rerun) -> str:
    """Write the report beside the journal."""
    stages = tuple((stage.title, stage.seconds, stage.said) for stage in run.journal.stages if stage.name != "report")
    facts = RunFacts(run.size.name, run.simulated, tuple(_remarks(run)), stages)
    files = study_report(run.study, facts)
    for name, data in files.items():
        (run.order.folder / name).write_bytes(data)
    return f"{run.order.folder / PAGE}, {len(files[PAGE]) // 1000} kB"


def _remarks(run: Rerun) -> Sequence[str]:
    size = run.size
    epochs = "1 epoch" if size.epochs == 1 else f"{size.epochs} epochs"
    steps = f"{size.steps} steps ({epochs} of {size.steps_per_epoch})"
    asked = run.protocol.model.training
    networks = f"Each network was trained for {steps}; the protocol asks for {asked.steps}."
    if size.learning_rate is not None:
        networks += (
            f" The learning rate rises to {size.learning_rate:g} in the place of {asked.learning_rate:g}: a short "
            "schedule takes larger steps."
        )
    if size.stand_in and size.candidates == 1:
        networks += " Small U-Nets stand in the place of the protocol's networks."
    if size.candidates > 1 and any(model.architecture == "nnunet" for model in run.protocol.models):
        networks += " nnU-Net plans for 1 GB of memory and keeps its own schedule."
    if run.simulated:
        networks += " They work at the voxel size of the phantoms."
    remarks = [networks]
    failed = run.journal.notes.get(FAILED, {})
    remarks += [f"{name} could not be trained: {why}" for name, why in failed.items()]
    if not run.simulated:
        return remarks
    styles = "; ".join(
        f"{name}: bias {_signed(style.bias_mm)} mm, habit of SD {style.noise_mm:.2f} mm, slips of "
        f"{style.repeat_noise_mm:.2f} mm in every read, {SECONDS_PER_SLICE[name]:g} s a slice"
        for name, style in STYLES.items()
    )
    cases = Case.objects.filter(study=run.study).count()
    images = f"{run.order.subjects} subjects, {cases} cases, seed {run.order.seed}"
    borders = (
        "They move the outer boundary of what is labelled; a border between two labels that touch stays where it is "
        "true, so agreement on it is better than people's. There is no pause between two reads."
    )
    remarks[:0] = [
        f"Images are digital phantoms ({images}) of two simulated scanners, in several orientations and tilts.",
        f"Raters are simulated from the known truth ({styles}). {borders}",
        "The test set is the second scanner, which no training has seen.",
    ]
    if "external_test" in run.protocol.statistics:
        remarks.append(
            f"“{TOOL}” is no real tool: it draws the truth {TOOL_STYLE.bias_mm:g} mm too wide, with an SD of "
            f"{TOOL_STYLE.noise_mm:g} mm."
        )
    return remarks


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
