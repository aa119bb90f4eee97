"""Maps of diffusion images: computed on the io worker, kept as volumes of the case with what they were made from."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from access.errors import Conflict, InvalidInput
from access.models import Study, User
from access.services import event_record
from annotation.models import Case, Volume
from annotation.selectors.volumes import volume_grid
from annotation.services.storing import image_store
from blobs.models import Blob
from blobs.services import blob_path, blob_put_bytes, blob_read
from jobs.models import Job, Queue
from jobs.provenance import code_version
from jobs.services import LIVE_STATES, job_create
from mri.bids import parse_name
from mri.browser import array_for_browser
from mri.diffusion.gradients import B0_BELOW, GradientTable, read_gradients
from mri.diffusion.maps import MAPS, MapName
from mri.diffusion.tensor import FIT_METHOD, VERSION, tensor_maps
from mri.image_files import image_bytes
from mri.volumes import VolumeFile, read_volume
from protocols import loader
from protocols.plan import TensorSettings
from protocols.protocol import VolumeRole

JOB_KIND = "derive"
Progress = Callable[[float, str], None]
USUAL_FIT = TensorSettings(FIT_METHOD, B0_BELOW)


def derived_request(*, study: Study, cases: Sequence[Case], maps: Sequence[str], by: User | None) -> Job:
    """Queue the maps of the cases' diffusion images.

    Parameters
    ----------
    study : Study
        Whose they are.
    cases : sequence of Case
        Of this study.
    maps : sequence of str
        Names of maps; those that the protocol derives where it is empty.

    Raises
    ------
    InvalidInput
        For a map that there isn't, or where neither the request nor the protocol names one.
    Conflict
        If no case has a diffusion image with gradients, or the same maps are being computed.
    """
    unknown = [name for name in maps if name not in MAPS]
    if unknown:
        message = f"There is no map {', '.join(unknown)}; there are {', '.join(MAPS)}."
        raise InvalidInput(message, {"maps": [message]})
    names = list(maps) or [role.derived for role in _derived_roles(study)]
    if not names:
        message = f"The protocol derives no map, so name some of {', '.join(MAPS)}."
        raise InvalidInput(message, {"maps": [message]})
    volumes = Volume.objects.filter(case__in=[case.pk for case in cases], bval__isnull=False).order_by("name", "id")
    if not volumes:
        raise Conflict("There is no diffusion image with gradient files (.bval, .bvec) to compute maps from.")
    parameters = {"volumes": [str(volume.pk) for volume in volumes], "maps": names}
    with transaction.atomic():
        Study.objects.select_for_update(no_key=True).get(pk=study.pk)
        live = Job.objects.filter(study=study, kind=JOB_KIND, state__in=LIVE_STATES, parameters=parameters).first()
        if live is not None:
            raise Conflict(f"These maps are being computed already ('{live.title}').")
        count = len(parameters["volumes"])
        title = f"{', '.join(names)} of {count} diffusion image{'s' if count > 1 else ''}"
        return job_create(study=study, kind=JOB_KIND, title=title[:200], queue=Queue.IO, parameters=parameters, by=by)


def derived_request_missing(*, study: Study, by: User | None) -> Job | None:
    """Queue the maps that the protocol derives, for the cases that lack one; None where nothing is missing."""
    names = [role.derived for role in _derived_roles(study)]
    if not names:
        return None
    lacking = [case for case in Case.objects.filter(study=study).prefetch_related("volumes") if _lacks(case, study)]
    if not lacking:
        return None
    try:
        return derived_request(study=study, cases=lacking, maps=names, by=by)
    except Conflict:
        return None  # they are on their way


def _lacks(case: Case, study: Study) -> bool:
    volumes = list(case.volumes.all())
    there = {volume.role for volume in volumes}
    wanted = {role.name for role in _derived_roles(study)}
    return any(volume.bval_id is not None for volume in volumes) and not wanted <= there


def _derived_roles(study: Study) -> list[VolumeRole]:
    return [role for role in loader.from_json(study.protocol).volumes if role.derived]


def derive_volume(*, volume: Volume, maps: Iterable[str], progress: Progress) -> list[Volume]:
    """Compute maps of one diffusion image and keep them as volumes of its case.

    Parameters
    ----------
    volume : Volume
        With gradient files, and `case.study` at hand.
    maps : iterable of str
        Names of maps. One that was computed before by the same rules, or that an imported volume stands for in the
        case, is left alone.
    progress : callable
        Told how far it is; it may raise to stop.

    Returns
    -------
    list of Volume
        Those that are new.

    Raises
    ------
    ImageError
        If no tensor can be fitted.
    """
    roles = {role.derived: role for role in _derived_roles(volume.case.study)}
    missing = [name for name in MAPS if name in set(maps) and not _there(volume, name, roles.get(name))]
    if not missing:
        return []
    progress(0.0, "reading")
    image = read_volume(blob_path(volume.original_id), allow_frames=True)
    fit = _fit(volume.case.study)
    table = replace(volume_gradients(volume), b0_below=fit.b0_threshold)
    made = tensor_maps(
        image.voxels, image.grid, table, missing, method=fit.fit, progress=lambda s, m: progress(0.05 + 0.75 * s, m)
    )
    volumes = []
    for place, (name, voxels) in enumerate(made.items()):
        progress(0.8 + 0.2 * place / len(made), f"keeping {name}")
        volumes.append(_keep(volume, name, roles.get(name), voxels, image))
    return volumes


def volume_gradients(volume: Volume) -> GradientTable:
    """The gradients of a diffusion image; its files are checked against their hashes first.

    Raises
    ------
    Conflict
        If it has none.
    BlobDamaged
        If a file is gone or changed.
    """
    if volume.bval_id is None or volume.bvec_id is None:
        raise Conflict(f"{volume.name} has no gradient files (.bval, .bvec); import it again with them.")
    for sha256 in (volume.bval_id, volume.bvec_id):
        blob_read(sha256)
    return read_gradients(blob_path(volume.bval_id), blob_path(volume.bvec_id), volume.frames)


def _there(volume: Volume, name: MapName, role: VolumeRole | None) -> bool:
    if Volume.objects.filter(derived_from=volume, derivation_key=_key(volume, name)).exists():
        return True
    imported = Volume.objects.filter(case=volume.case, derived_from=None)
    return role is not None and imported.filter(role=role.name).exists()


def _fit(study: Study) -> TensorSettings:
    """How the study's protocol fits a tensor; one that says nothing has the usual way."""
    return loader.from_json(study.protocol).tensor or USUAL_FIT


def _key(volume: Volume, name: MapName) -> str:
    fit = _fit(volume.case.study)
    content: list[Any] = [volume.original_id, volume.bval_id, volume.bvec_id, name, fit.fit, VERSION]
    if fit.b0_threshold != USUAL_FIT.b0_threshold:
        content.append(fit.b0_threshold)
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _keep(source: Volume, name: MapName, role: VolumeRole | None, voxels: NDArray[Any], image: VolumeFile) -> Volume:
    stored, grid = array_for_browser(voxels), volume_grid(source)
    stem = source.name.removesuffix(str(source.entities.get("suffix", ""))).rstrip("_")
    derivation = _derivation(source, name)
    original = blob_put_bytes(image_bytes(voxels, grid, description=f"{name} of {source.original_id[:16]}"))
    volume = Volume(
        case=source.case,
        role=role.name if role is not None else name,
        name=f"{stem}_{name}",
        source_path=_path(source, f"{stem}_{name}"),
        entities={**source.entities, "suffix": name},
        original=original,
        voxels=image_store(stored.content),
        voxel_type=stored.dtype,
        original_type=voxels.dtype.name,
        shape=source.shape,
        components=MAPS[name].components,
        affine=source.affine,
        spacing_mm=source.spacing_mm,
        orientation=source.orientation,
        lowest=float(voxels.min()),
        highest=float(voxels.max()),
        labelled=role.labelled if role is not None else False,
        derived_from=source,
        derivation=derivation,
        derivation_key=_key(source, name),
        **_window(voxels, name),
    )
    return _save(volume, original)


def _save(volume: Volume, original: Blob) -> Volume:
    with transaction.atomic():
        # Two jobs at once take turns here: the second one finds what the first one kept.
        study = Study.objects.select_for_update(no_key=True).get(pk=volume.case.study_id)
        same = Volume.objects.filter(case=volume.case, original=original).first()
        if same is not None:
            return same
        volume.full_clean(validate_unique=False, validate_constraints=False)
        volume.save(force_insert=True)
        detail = {"map": volume.derivation["map"], "from": str(volume.derived_from_id)} if volume.derivation else {}
        event_record(study=study, actor=None, verb="volume.derived", subject=volume, detail=detail)
    return volume


def _derivation(source: Volume, name: MapName) -> dict[str, Any]:
    return {
        "map": name,
        "title": MAPS[name].title,
        "unit": MAPS[name].unit,
        "sources": [{"volume": str(source.pk), "sha256": source.original_id}],
        "gradients": {"bval": source.bval_id, "bvec": source.bvec_id},
        "parameters": _parameters(source.case.study, name),
        "code_version": code_version(),
        "dipy_version": version("dipy"),
    }


def _parameters(study: Study, name: MapName) -> dict[str, Any]:
    fit = _fit(study)
    return {"b0_below": fit.b0_threshold} | ({} if name == "b0" else {"fit": fit.fit})


def _path(source: Volume, stem: str) -> str:
    parsed = parse_name(source.source_path)
    folder = f"derivatives/radicula/sub-{parsed.subject}"
    return f"{folder}/{f'ses-{parsed.session}/' if parsed.session else ''}dwi/{stem}.nii.gz"[:500]


def _window(voxels: NDArray[Any], name: MapName) -> dict[str, float]:
    """The map's own window; for one without, from the 2nd to the 98th percentile of the voxels above 0."""
    natural = MAPS[name].window
    if natural is None:
        above = voxels[voxels > 0]
        lower, upper = (float(n) for n in np.percentile(above, (2, 98))) if above.size else (0.0, 1.0)
        natural = (lower, upper) if upper > lower else (lower, lower + 1.0)
    return {"window_lower": natural[0], "window_upper": natural[1]}
