"""Which model version answers clicks."""

from access.models import Study
from models_app.architectures import ARCHITECTURES
from models_app.models import ModelState, ModelVersion
from models_app.selectors import model_version_list

CLICKED = tuple(name for name, row in ARCHITECTURES.items() if row.clicks)


def model_version_clicked(study: Study) -> ModelVersion | None:
    """The newest version that takes clicks and is not retired.

    It is not promoted: it proposes nothing by itself, and each of its answers is looked at before it is taken.
    """
    versions = model_version_list(study).filter(architecture__in=CLICKED).exclude(state=ModelState.RETIRED)
    return versions.order_by("-number").first()
