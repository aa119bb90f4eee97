"""Who may do what: one row per method and address, one status per kind of person.

The order of the statuses: anonymous, outsider, annotator whose task it is, another annotator, reviewer, engineer, lead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from protocols.loader import LIBRARY
from tests.factories.images import SHAPE
from tests.factories.worlds import World

Body = Callable[[World], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """The statuses, and what is sent."""

    statuses: tuple[int, ...]
    body: Body | None = None
    query: Callable[[World], str] | None = None
    content: bytes | None = None
    form: bool = False
    task: str = "task"


ALL = (401, 200, 200, 200, 200, 200, 200)
MEMBERS = (401, 404, 200, 200, 200, 200, 200)
OWN_READ = (401, 404, 200, 404, 200, 200, 200)
OWN_WRITE = (401, 404, 200, 404, 403, 403, 403)
COMMENT = (401, 404, 200, 404, 200, 403, 200)
OVERSEERS = (401, 404, 403, 403, 200, 200, 200)
OVERSEERS_HIDDEN = (401, 404, 404, 404, 200, 200, 200)
ENGINEERS = (401, 404, 403, 403, 403, 200, 200)
MAKERS_HIDDEN = (401, 404, 404, 404, 403, 200, 200)
LEAD = (401, 404, 403, 403, 403, 403, 200)


def _status(statuses: tuple[int, ...], was: int, now: int) -> tuple[int, ...]:
    return tuple(now if status == was else status for status in statuses)


def _archive(world: World) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("data.zip", b"PK"), "accept_labels": "true"}


WRONG = {"username": "nobody", "password": "wrong"}

MATRIX: dict[tuple[str, str], Row] = {
    ("POST", "auth/login"): Row((401,) * 7, lambda world: WRONG),
    ("POST", "auth/token"): Row((401,) * 7, lambda world: WRONG),
    ("POST", "auth/logout"): Row(_status(ALL, 200, 204)),
    ("GET", "auth/session"): Row((200,) * 7),
    ("GET", "protocols"): Row(ALL),
    ("GET", "protocols/<slug:name>"): Row(ALL),
    ("POST", "protocols/check"): Row(ALL, lambda world: {"file": (LIBRARY / "spinal-cord.toml").read_text()}),
    ("GET", "studies/<slug:slug>/protocol"): Row(MEMBERS),
    # This study has the newest version: past the roles, there is none to take.
    ("POST", "studies/<slug:slug>/protocol"): Row(_status(LEAD, 200, 409), lambda world: {}),
    ("POST", "studies/<slug:slug>/protocol/preview"): Row(LEAD, lambda world: {}),
    ("GET", "studies"): Row(ALL),
    ("POST", "studies"): Row(
        _status(ALL, 200, 201), lambda world: {"slug": "new", "name": "New", "protocol": "spinal-cord"}
    ),
    ("GET", "studies/<slug:slug>"): Row(MEMBERS),
    ("PATCH", "studies/<slug:slug>"): Row(LEAD, lambda world: {"name": "Renamed"}),
    ("GET", "studies/<slug:slug>/overview"): Row(MEMBERS),
    ("GET", "studies/<slug:slug>/members"): Row(MEMBERS),
    ("POST", "studies/<slug:slug>/members"): Row(
        _status(LEAD, 200, 201), lambda world: {"username": "olga", "role": "annotator"}
    ),
    ("DELETE", "studies/<slug:slug>/members/<uuid:membership_id>"): Row(_status(LEAD, 200, 204)),
    ("GET", "studies/<slug:slug>/raters"): Row(OVERSEERS),
    ("GET", "studies/<slug:slug>/events"): Row(LEAD),
    ("GET", "studies/<slug:slug>/corrections"): Row(OVERSEERS),
    ("PATCH", "studies/<slug:slug>/test-set"): Row(ENGINEERS, lambda world: {"subjects": ["02"]}),
    ("POST", "studies/<slug:slug>/imports"): Row(_status(ENGINEERS, 200, 202), _archive, form=True),
    ("GET", "studies/<slug:slug>/cases"): Row(MEMBERS),
    ("POST", "studies/<slug:slug>/tasks"): Row(
        _status(LEAD, 200, 201),
        lambda world: {"cases": [str(world.volume_2.case_id)], "raters": [world.people["other"].pk], "reads": 2},
    ),
    ("GET", "cases/<uuid:case_id>"): Row(MEMBERS),
    # Nothing of this study is a diffusion image: past the roles, there is nothing to derive from.
    ("POST", "studies/<slug:slug>/derived"): Row(_status(ENGINEERS, 200, 409), lambda world: {"maps": ["FA"]}),
    ("POST", "cases/<uuid:case_id>/derived"): Row(_status(ENGINEERS, 200, 409), lambda world: {"maps": ["FA"]}),
    ("GET", "volumes/<uuid:volume_id>"): Row(MEMBERS),
    ("GET", "volumes/<uuid:volume_id>/voxels"): Row(MEMBERS),
    ("GET", "volumes/<uuid:volume_id>/frames"): Row(MEMBERS),
    # This volume is a 3-D image: who may see it is told that it has no gradient files.
    ("GET", "volumes/<uuid:volume_id>/bval"): Row(_status(MEMBERS, 200, 404)),
    ("GET", "volumes/<uuid:volume_id>/bvec"): Row(_status(MEMBERS, 200, 404)),
    ("GET", "volumes/<uuid:volume_id>/file"): Row(MEMBERS),
    ("GET", "studies/<slug:slug>/architecture-comparisons"): Row(OVERSEERS),
    # Nothing of this study is accepted: past the roles, there is nothing to train on.
    ("POST", "studies/<slug:slug>/architecture-comparisons"): Row(_status(ENGINEERS, 200, 409), lambda world: {}),
    ("GET", "architecture-comparisons/<uuid:comparison_id>"): Row(OVERSEERS_HIDDEN),
    # Both of its candidates failed before they began: past the roles, there is nothing to cancel.
    ("POST", "architecture-comparisons/<uuid:comparison_id>/cancel"): Row((401, 404, 404, 404, 403, 409, 409)),
    ("GET", "studies/<slug:slug>/measures"): Row(OVERSEERS),
    # This study's protocol names no clinical measure: past the roles, there is none to compute.
    ("POST", "studies/<slug:slug>/measures"): Row(_status(ENGINEERS, 200, 409), lambda world: {}),
    ("GET", "studies/<slug:slug>/measure-summary"): Row(OVERSEERS),
    ("GET", "studies/<slug:slug>/measures/<slug:kind>"): Row(OVERSEERS),
    ("GET", "measure-tables/<uuid:table_id>"): Row(OVERSEERS_HIDDEN),
    ("GET", "measure-tables/<uuid:table_id>/voxels"): Row(OVERSEERS_HIDDEN),
    ("GET", "measure-tables/<uuid:table_id>/values/<int:place>"): Row(OVERSEERS_HIDDEN),
    ("GET", "studies/<slug:slug>/tractograms"): Row(MEMBERS),
    # No case of this study has a diffusion image: past the roles, there is nothing to track in.
    ("POST", "studies/<slug:slug>/tractograms"): Row(
        _status(ENGINEERS, 200, 409), lambda world: {"label_version": str(world.head.pk)}
    ),
    ("GET", "studies/<slug:slug>/tracking"): Row(MEMBERS),
    ("GET", "studies/<slug:slug>/tract-comparison"): Row(OVERSEERS),
    # Its mask's author has it to rate, blind: even what is of one's own hand stays out of sight until then.
    ("GET", "tractograms/<uuid:tractogram_id>"): Row(OVERSEERS_HIDDEN),
    ("GET", "tractograms/<uuid:tractogram_id>/trk"): Row(OVERSEERS_HIDDEN),
    ("GET", "tractograms/<uuid:tractogram_id>/tck"): Row(OVERSEERS_HIDDEN),
    ("GET", "tract-ratings"): Row(ALL),
    ("GET", "studies/<slug:slug>/tract-ratings"): Row(MEMBERS),
    ("GET", "studies/<slug:slug>/tract-ratings/table"): Row(LEAD),
    ("POST", "studies/<slug:slug>/tract-ratings"): Row(_status(LEAD, 200, 201), lambda world: {"raters": ["ada"]}),
    ("PUT", "tract-ratings/<uuid:rating_id>"): Row((401, 404, 200, 404, 404, 404, 404), lambda world: {"score": 4}),
    ("GET", "tract-ratings/<uuid:rating_id>/trk"): Row((401, 404, 200, 404, 404, 404, 404)),
    ("GET", "tasks"): Row(ALL),
    ("POST", "tasks/next"): Row(ALL, lambda world: {"study": "cord"}),
    ("GET", "tasks/<uuid:task_id>"): Row(OWN_READ),
    ("POST", "tasks/<uuid:task_id>/open"): Row(OWN_WRITE),
    ("POST", "tasks/<uuid:task_id>/label-versions"): Row(
        _status(OWN_WRITE, 200, 201),
        query=lambda world: f"volume={world.volume.pk}&parent={world.head.pk}&active_seconds=5",
        content=bytes(SHAPE[0] * SHAPE[1] * SHAPE[2]),
    ),
    ("POST", "tasks/<uuid:task_id>/label-changes"): Row(
        _status(OWN_WRITE, 200, 201),
        query=lambda world: f"volume={world.volume.pk}&base={world.head.pk}&base_sha256={world.head.voxels_id}",
        content=b"RLC1" + bytes(4),
    ),
    ("POST", "tasks/<uuid:task_id>/adopt"): Row(OWN_WRITE, lambda world: {"version": str(world.head.pk)}),
    ("POST", "tasks/<uuid:task_id>/checks"): Row(OWN_READ),
    ("GET", "tasks/<uuid:task_id>/interactive"): Row(OWN_WRITE),
    # No engine runs beside these tests: who may is told that it is away.
    ("POST", "tasks/<uuid:task_id>/interactive"): Row(
        _status(OWN_WRITE, 200, 503), lambda world: {"volume": str(world.volume.pk)}
    ),
    ("POST", "tasks/<uuid:task_id>/interactive/<uuid:session_id>"): Row(
        _status(OWN_WRITE, 200, 503), lambda world: {"method": "graph-cut", "positive": [0, 4], "negative": []}
    ),
    ("DELETE", "tasks/<uuid:task_id>/interactive/<uuid:session_id>"): Row(_status(OWN_WRITE, 200, 503)),
    ("POST", "tasks/<uuid:task_id>/submit"): Row(OWN_WRITE, lambda world: {"active_seconds": 90, "comment": ""}),
    ("POST", "tasks/<uuid:task_id>/exclude"): Row(
        (401, 404, 200, 404, 403, 403, 200), lambda world: {"reason": "moved in the scanner"}
    ),
    ("POST", "tasks/<uuid:task_id>/review"): Row(
        (401, 404, 403, 404, 200, 403, 200), lambda world: {"verdict": "accepted"}, task="submitted"
    ),
    ("GET", "studies/<slug:slug>/marks"): Row(MEMBERS),
    ("GET", "studies/<slug:slug>/marks.csv"): Row(MEMBERS),
    ("GET", "tasks/<uuid:task_id>/marks"): Row(OWN_READ),
    ("GET", "tasks/<uuid:task_id>/marks.json"): Row(OWN_READ),
    ("PUT", "tasks/<uuid:task_id>/marks/<uuid:mark_id>"): Row(
        OWN_WRITE, lambda world: {"volume": str(world.volume.pk), "kind": "point", "points_ijk": [[1, 1, 1]]}
    ),
    ("DELETE", "tasks/<uuid:task_id>/marks/<uuid:mark_id>"): Row(_status(OWN_WRITE, 200, 204)),
    ("GET", "tasks/<uuid:task_id>/comments"): Row(OWN_READ),
    ("POST", "tasks/<uuid:task_id>/comments"): Row(_status(COMMENT, 200, 201), lambda world: {"text": "Here?"}),
    ("POST", "tasks/<uuid:task_id>/comments/read"): Row(OWN_READ),
    ("POST", "tasks/<uuid:task_id>/comments/<uuid:thread_id>/replies"): Row(
        _status(COMMENT, 200, 201), lambda world: {"text": "Yes."}
    ),
    ("POST", "tasks/<uuid:task_id>/comments/<uuid:thread_id>/resolve"): Row(COMMENT, lambda world: {"resolved": True}),
    ("GET", "label-versions"): Row(ALL),
    ("GET", "label-versions/<uuid:version_id>"): Row(OWN_READ),
    ("GET", "label-versions/<uuid:version_id>/voxels"): Row(OWN_READ),
    ("GET", "label-versions/<uuid:version_id>/nifti"): Row(OWN_READ),
    ("GET", "jobs"): Row(ALL),
    ("GET", "jobs/<uuid:job_id>"): Row(OVERSEERS_HIDDEN),
    ("POST", "jobs/<uuid:job_id>/cancel"): Row((401, 404, 404, 404, 403, 200, 200)),
    ("POST", "jobs/<uuid:job_id>/retry"): Row((401, 404, 404, 404, 403, 409, 409)),
    ("GET", "studies/<slug:slug>/analyses"): Row(OVERSEERS),
    ("POST", "studies/<slug:slug>/analyses"): Row(
        # The two raters of this study share no submitted volume: past the roles it is refused as input.
        _status(OVERSEERS, 200, 400),
        lambda world: {
            "kind": "inter_rater",
            "readers": [{"type": "rater", "name": "ada"}, {"type": "rater", "name": "benedikt"}],
        },
    ),
    ("GET", "analyses/<uuid:analysis_id>"): Row(OVERSEERS_HIDDEN),
    ("GET", "analyses/<uuid:analysis_id>/csv"): Row(OVERSEERS_HIDDEN),
    ("GET", "studies/<slug:slug>/analysis-options"): Row(OVERSEERS),
    ("POST", "studies/<slug:slug>/external-labels"): Row(
        _status(ENGINEERS, 200, 202), lambda world: {**_archive(world), "tool": "sct"}, form=True
    ),
    ("GET", "analyses/<uuid:analysis_id>/rows"): Row(OVERSEERS_HIDDEN),
    ("GET", "analyses/<uuid:analysis_id>/readings"): Row(OVERSEERS_HIDDEN),
    # This analysis has not run, and could not again: past the roles there is no row, no answer and nothing to compare.
    ("GET", "analyses/<uuid:analysis_id>/document"): Row(_status(OVERSEERS_HIDDEN, 200, 404)),
    ("GET", "analyses/<uuid:analysis_id>/rows/<int:number>"): Row(_status(OVERSEERS_HIDDEN, 200, 404)),
    ("GET", "analyses/<uuid:analysis_id>/rows/<int:number>/disagreement"): Row(_status(OVERSEERS_HIDDEN, 200, 404)),
    ("GET", "analyses/<uuid:analysis_id>/rows/<int:number>/consensus"): Row(_status(OVERSEERS_HIDDEN, 200, 404)),
    ("GET", "analyses/<uuid:analysis_id>/report"): Row(OVERSEERS_HIDDEN),
    ("GET", "analyses/<uuid:analysis_id>/report/<str:name>"): Row(_status(OVERSEERS_HIDDEN, 200, 404)),
    ("POST", "analyses/<uuid:analysis_id>/report"): Row(_status(OVERSEERS_HIDDEN, 200, 409)),
    ("GET", "analyses/<uuid:analysis_id>/volumes/<uuid:volume_id>/picture"): Row(_status(OVERSEERS_HIDDEN, 200, 404)),
    ("POST", "analyses/<uuid:analysis_id>/rerun"): Row(_status(OVERSEERS_HIDDEN, 200, 400)),
    ("GET", "studies/<slug:slug>/training-runs"): Row(OVERSEERS),
    # Nothing is accepted in this study, and no model serves: past the roles, training and proposing cannot start.
    ("POST", "studies/<slug:slug>/training-runs"): Row(_status(ENGINEERS, 200, 409), lambda world: {}),
    ("GET", "training-runs/<uuid:run_id>"): Row(OVERSEERS_HIDDEN),
    ("GET", "studies/<slug:slug>/training-preview"): Row(OVERSEERS),
    ("GET", "studies/<slug:slug>/model-versions"): Row(OVERSEERS),
    ("GET", "model-versions/<uuid:model_version_id>"): Row(OVERSEERS_HIDDEN),
    ("POST", "model-versions/<uuid:model_version_id>/promote"): Row(MAKERS_HIDDEN),
    ("GET", "model-versions/<uuid:model_version_id>/scores"): Row(OVERSEERS_HIDDEN),
    # Nothing is accepted: past the roles there is nothing to score on.
    ("POST", "model-versions/<uuid:model_version_id>/scores"): Row(_status(MAKERS_HIDDEN, 200, 409), lambda world: {}),
    ("PATCH", "model-versions/<uuid:model_version_id>"): Row(MAKERS_HIDDEN, lambda world: {"limits": "Adults only."}),
    ("GET", "model-versions/<uuid:model_version_id>/gate"): Row(OVERSEERS_HIDDEN),
    ("POST", "model-versions/<uuid:model_version_id>/retire"): Row(MAKERS_HIDDEN),
    # It is not retired, and none served before it: past the roles there is nothing to bring or to roll back.
    ("POST", "model-versions/<uuid:model_version_id>/reinstate"): Row(_status(MAKERS_HIDDEN, 200, 409)),
    ("POST", "studies/<slug:slug>/serving/roll-back"): Row(_status(ENGINEERS, 200, 409)),
    ("GET", "studies/<slug:slug>/serving"): Row(OVERSEERS),
    ("GET", "studies/<slug:slug>/model-transitions"): Row(OVERSEERS),
    ("GET", "studies/<slug:slug>/model-comparison"): Row(
        OVERSEERS, query=lambda world: f"first={world.model_version.pk}&second={world.model_version.pk}"
    ),
    ("GET", "scored-cases/<uuid:scored_id>"): Row(OVERSEERS_HIDDEN),
    ("GET", "scored-cases/<uuid:scored_id>/voxels"): Row(OVERSEERS_HIDDEN),
    ("GET", "scored-cases/<uuid:scored_id>/disagreement"): Row(OVERSEERS_HIDDEN, query=lambda world: "label=1"),
    ("GET", "model-versions/<uuid:model_version_id>/card"): Row(OVERSEERS_HIDDEN),
    ("GET", "model-versions/<uuid:model_version_id>/exports"): Row(OVERSEERS_HIDDEN),
    ("POST", "model-versions/<uuid:model_version_id>/exports"): Row(
        _status(MAKERS_HIDDEN, 200, 202), lambda world: {"format": "torchscript"}
    ),
    ("GET", "model-exports/<uuid:export_id>/file"): Row(MAKERS_HIDDEN),
    ("POST", "studies/<slug:slug>/model-imports"): Row(_status(ENGINEERS, 200, 400), _archive, form=True),
    # The job of this study is an import: past the roles it makes no proposals.
    ("GET", "jobs/<uuid:job_id>/proposal-requests"): Row((401, *(404,) * 6)),
    ("GET", "studies/<slug:slug>/rounds"): Row(OVERSEERS),
    # A round of this study is under way, and its one case is begun: past the roles, none can be begun, taken or freed.
    ("POST", "studies/<slug:slug>/rounds"): Row(
        _status(ENGINEERS, 200, 409), lambda world: {"strategy": "random", "k": 1}
    ),
    ("GET", "studies/<slug:slug>/round-options"): Row(OVERSEERS),
    ("GET", "studies/<slug:slug>/rounds-report"): Row(OVERSEERS),
    ("GET", "studies/<slug:slug>/report"): Row(OVERSEERS),
    ("POST", "studies/<slug:slug>/report"): Row(_status(OVERSEERS, 200, 202)),
    ("GET", "studies/<slug:slug>/report/<str:name>"): Row(_status(OVERSEERS, 200, 404)),
    ("GET", "studies/<slug:slug>/own-round"): Row(MEMBERS),
    ("POST", "studies/<slug:slug>/own-round"): Row((401, 404, 409, 409, 409, 403, 409)),
    ("GET", "rounds/<uuid:round_id>"): Row(OVERSEERS_HIDDEN),
    ("POST", "rounds/<uuid:round_id>/train"): Row(_status(MAKERS_HIDDEN, 200, 409)),
    ("POST", "rounds/<uuid:round_id>/cancel"): Row(MAKERS_HIDDEN),
    ("POST", "round-choices/<uuid:choice_id>/reserve"): Row(
        (401, 404, 403, 404, 403, 409, 409), lambda world: {"rater": world.people["other"].pk}
    ),
    ("POST", "round-choices/<uuid:choice_id>/release"): Row((401, 404, 409, 404, 403, 409, 409)),
    ("GET", "volumes/<uuid:volume_id>/uncertainty"): Row(MEMBERS),
    ("GET", "uncertainty-maps/<uuid:uncertainty_id>/voxels"): Row(OVERSEERS_HIDDEN),
    ("GET", "studies/<slug:slug>/proposals"): Row(OVERSEERS),
    ("POST", "studies/<slug:slug>/proposals"): Row(_status(ENGINEERS, 200, 409), lambda world: {}),
}
