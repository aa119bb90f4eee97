"""The ways to segment by marks, by name."""

from dataclasses import dataclass

from access.models import Study
from models_app.selectors.interactive import model_version_clicked

GRAPH_CUT, DEEPEDIT = "graph-cut", "deepedit"


@dataclass(frozen=True)
class InteractiveMethod:
    """A way to segment by marks.

    Attributes
    ----------
    name, title : str
    takes : str
        `scribbles` or `clicks`: which of the two it is made for; it understands both.
    model_version : str
        Whose weights it uses; empty for one that needs none.
    """

    name: str
    title: str
    takes: str
    model_version: str = ""


def interactive_methods(study: Study) -> list[InteractiveMethod]:
    """What there is in a study now: the graph cut always, a network where one that takes clicks serves."""
    methods = [InteractiveMethod(GRAPH_CUT, "Graph cut from scribbles", "scribbles")]
    version = model_version_clicked(study)
    if version is not None:
        methods.append(InteractiveMethod(DEEPEDIT, "DeepEdit from clicks", "clicks", version.name))
    return methods
