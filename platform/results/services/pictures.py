"""Keeping QC pictures."""

from blobs.services import blob_put_bytes
from results.models import AnalysisFile, AnalysisVolume
from results.selectors.pictures import picture_draw, picture_key


def picture_get(*, row: AnalysisVolume) -> AnalysisFile:
    """The picture of a volume, drawn where there is none yet of what the analysis has read."""
    name, key = f"picture/{row.volume_id}.png", picture_key(row)
    kept = AnalysisFile.objects.filter(analysis_id=row.analysis_id, name=name, made_from=key).first()
    if kept is not None:
        return kept
    blob = blob_put_bytes(picture_draw(row).png)
    kept, _ = AnalysisFile.objects.update_or_create(
        analysis_id=row.analysis_id, name=name, defaults={"blob": blob, "made_from": key}
    )
    return kept
