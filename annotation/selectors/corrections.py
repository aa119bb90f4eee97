"""What became of proposals, for those who oversee a study."""

from django.db.models import QuerySet

from access.models import Study
from annotation.models import Correction


def correction_list(study: Study) -> QuerySet[Correction]:
    """The corrections of a study, oldest first; whoever asks must oversee it.

    Each tells the proposal (and through it the model version), the voxels changed, and the time the rater spent: what a
    model's use is measured by.
    """
    return (
        Correction.objects.filter(task__case__study=study)
        .select_related("task__rater", "proposal__volume", "submitted")
        .order_by("created_at", "id")
    )
