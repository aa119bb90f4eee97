"""A study with one person per role, and something of every kind in it."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from access.models import Event, Membership, Role, Study, User
from access.services import event_record
from annotation.models import CommentThread, LabelVersion, MarkRevision, Task, Volume
from annotation.services.comments import thread_start
from annotation.services.marks import MarkDrawing, mark_save
from annotation.services.tasks import task_open
from clinical.models import Source, StudyMeasure, StudyMeasureValue
from jobs.models import Job, Queue
from measures.marks import MarkKind
from models_app.models import (
    ArchitectureComparison,
    ModelExport,
    ModelVersion,
    RoundChoice,
    ScoredCase,
    TrainingRun,
    UncertaintyRecord,
)
from models_app.score_table import MEASURES
from models_app.specification import settings_for, specification_for
from protocols import loader
from results.models import Analysis
from results.parameters import Parameters
from results.readers import Reader, ReaderType
from tests.factories.diffusion import make_tractogram
from tests.factories.labels import make_label, make_proposal, make_submitted, make_task, make_volume
from tests.factories.people import make_member, make_study, make_user
from tests.factories.rounds import make_reserved, make_round, make_uncertainty
from tracts.models import Tractogram, TractRating

ACTORS = ("anonymous", "outsider", "own", "other", "reviewer", "engineer", "lead")


@dataclass
class World:
    """What `make_world` made. `own` is the annotator whose task `task` is; `other` reads the same case."""

    study: Study
    people: dict[str, User]
    membership: Membership
    volume: Volume
    volume_2: Volume
    task: Task
    head: LabelVersion
    submitted: Task
    others_task: Task
    others_version: LabelVersion
    proposal: LabelVersion
    job: Job
    analysis: Analysis
    training_run: TrainingRun
    model_version: ModelVersion
    export: ModelExport
    scored: ScoredCase
    event: Event
    tractogram: Tractogram
    rating: TractRating
    mark: MarkRevision
    thread: CommentThread
    measure: StudyMeasure
    comparison: ArchitectureComparison
    choice: RoundChoice
    uncertainty: UncertaintyRecord

    def addresses(self) -> dict[str, str | UUID]:
        """The values of the parameters in the site's addresses."""
        return {
            "slug": self.study.slug,
            "name": "spinal-cord",
            "membership_id": self.membership.pk,
            "case_id": self.task.case_id,
            "volume_id": self.volume.pk,
            "task_id": self.task.pk,
            "version_id": self.head.pk,
            "job_id": self.job.pk,
            "analysis_id": self.analysis.pk,
            "number": 0,
            "run_id": self.training_run.pk,
            "training_run_id": self.training_run.pk,
            "model_version_id": self.model_version.pk,
            "export_id": self.export.pk,
            "scored_id": self.scored.pk,
            "tractogram_id": self.tractogram.pk,
            "rating_id": self.rating.pk,
            "mark_id": self.mark.mark,
            "thread_id": self.thread.pk,
            "session_id": self.job.pk,  # any id: no session is open
            "table_id": self.measure.pk,
            "round_id": self.choice.round_id,
            "choice_id": self.choice.pk,
            "uncertainty_id": self.uncertainty.pk,
            "kind": "csv",
            "place": 0,
            "comparison_id": self.comparison.pk,
        }


def make_world() -> World:
    """A study at work."""
    people = {name: make_user(name) for name in ("lena", "ada", "benedikt", "rita", "emil", "olga")}
    lead, own, other, reviewer, engineer, outsider = people.values()
    study = make_study(lead)
    make_study(outsider, "elsewhere")
    make_member(study, own, Role.ANNOTATOR)
    make_member(study, other, Role.ANNOTATOR)
    make_member(study, engineer, Role.ENGINEER)
    membership = make_member(study, reviewer, Role.REVIEWER)[0]
    volume, volume_2 = make_volume(study, "01"), make_volume(study, "02", seed=1)
    proposal = make_proposal(volume)
    task = task_open(task=make_task(volume.case, own), by=own)
    head = make_label(task, seed=1, parent=task.working.get().head)
    others_task = make_submitted(volume.case, other, seed=2)
    job = Job.objects.create(study=study, kind="import", title="an import", queue=Queue.IO, created_by=lead)
    training_job = Job.objects.create(
        study=study, kind="train", title="a training", queue=Queue.ENGINE, created_by=lead
    )
    protocol = loader.load(study.protocol_name)
    specification = specification_for(protocol, "unet3d").to_json()
    run = TrainingRun.objects.create(
        study=study,
        job=training_job,
        architecture="unet3d",
        parameters={"settings": settings_for(protocol).to_json(), "specification": specification, "raters": []},
        seed=1,
        code_version="0",
        created_by=lead,
    )
    model_version = ModelVersion.objects.create(
        study=study,
        training_run=run,
        number=1,
        architecture="unet3d",
        specification=specification,
        weights=volume.voxels,
    )
    others_version = others_task.working.get().submitted
    measure = StudyMeasure.objects.create(
        study=study,
        volume=volume,
        measure="susceptibility",
        source=Source.RATER,
        reader=other.username,
        title=other.username,
        label_version=others_version,
        inputs={"labels": [{"version": str(others_version.pk)}]},
        protocol_version=1,
    )
    StudyMeasureValue.objects.create(table=measure, place=0, quantity="volume", item="Dentate left", value=1.0)
    export_job = Job.objects.create(study=study, kind="model-export", title="an export", queue=Queue.ENGINE)
    export = ModelExport.objects.create(
        model_version=model_version, job=export_job, format="radicula", name="cord-v1.radicula.zip", file=volume.voxels
    )
    undefined = dict.fromkeys(MEASURES, "empty in both maps")
    scored = ScoredCase.objects.create(
        model_version=model_version,
        volume=volume,
        reference=head,
        labels={"1": {**dict.fromkeys(MEASURES), "reference_mm3": 0.0, "candidate_mm3": 0.0, "undefined": undefined}},
        voxels=head.voxels,
        voxel_type=head.voxel_type,
        seconds=1.0,
        hardware="a processor",
        code_version="0",
    )
    analysis_job = Job.objects.create(study=study, kind="analysis", title="agreement", queue=Queue.IO)
    analysis = Analysis.objects.create(
        study=study,
        job=analysis_job,
        kind="inter_rater",
        title="ada against benedikt",
        parameters=Parameters(
            "inter_rater", (Reader(ReaderType.RATER, "ada"), Reader(ReaderType.RATER, "benedikt"))
        ).to_json(),
        code_version="0",
    )
    tractogram = make_tractogram(head)
    rating = TractRating.objects.create(study=study, tractogram=tractogram, user=own, place=1)
    mark = mark_save(
        task=task, by=own, mark=uuid4(), drawing=MarkDrawing(volume.pk, MarkKind.POINT, [[1, 2, 3]], name="PMJ")
    )
    return World(
        study=study,
        people={
            "own": own,
            "other": other,
            "reviewer": reviewer,
            "engineer": engineer,
            "lead": lead,
            "outsider": outsider,
        },
        membership=membership,
        volume=volume,
        volume_2=volume_2,
        task=task,
        head=head,
        submitted=make_submitted(volume_2.case, own, seed=3),
        others_task=others_task,
        others_version=others_version,
        proposal=proposal,
        job=job,
        analysis=analysis,
        training_run=run,
        model_version=model_version,
        export=export,
        scored=scored,
        tractogram=tractogram,
        rating=rating,
        mark=mark,
        choice=make_reserved(make_round(study, model_version), task),
        uncertainty=make_uncertainty(volume, model_version),
        measure=measure,
        comparison=ArchitectureComparison.objects.create(study=study, seed=0, code_version="0"),
        thread=thread_start(task=task, by=own, text="Is this C4?", volume_id=volume.pk, voxel_ijk=[1, 2, 3]),
        event=event_record(
            study=study, actor=other, verb="task.opened", subject=others_task, detail={"who": "benedikt"}
        ),
    )
