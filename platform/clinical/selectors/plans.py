"""What goes into a measure of a label map, told without reading a voxel: files, versions, points, settings."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import OuterRef, Subquery

from access.models import Study
from annotation.models import Case, LabelVersion, MarkRevision, Volume
from clinical.models import Source
from clinical.selectors.sources import MeasuredSource, source_of, sources_of
from measures.clinical.catalogue import CATALOGUE, ClinicalMeasure
from measures.clinical.inputs import LabelMeaning
from measures.clinical.values import VERSION, protocol_meanings
from measures.marks import MarkKind

PMJ = "pmj"
WEIGHT_COLUMNS = ("body_mass_kg", "weight", "weight_kg", "mass_kg")
"""Columns of participants.tsv that hold the mass of the body; BIDS calls it weight, in kg."""

_GROUP_OF: Mapping[str, str] = {
    "disc-heights": "disc",
    "vertebral-heights": "vertebra",
    "spinal-angles": "vertebra",
    "muscle-areas": "muscle",
    "loading": "disc",
}
"""The group of labels that a volume must be drawn with for a measure to be about it."""


@dataclass(frozen=True)
class MeasurePlan:
    """A measure of a label map, with everything that goes in.

    Attributes
    ----------
    source : MeasuredSource
        Whose map of which volume.
    measure : ClinicalMeasure
        The measure.
    maps : mapping of str to tuple of LabelVersion
        Other label maps by role; several versions stand for their consensus.
    masks, images : mapping of str to Volume
        Masks and images by role.
    points : mapping of str to tuple of MarkRevision
        Named points; of several the mean counts.
    options : mapping
        Settings of the measure: those asked for, and what participants.tsv says.
    asked : mapping
        The settings that were asked for.
    undefined : str
        Why it can't be computed; empty where it can.
    """

    source: MeasuredSource
    measure: ClinicalMeasure
    maps: Mapping[str, tuple[LabelVersion, ...]] = field(default_factory=dict)
    masks: Mapping[str, Volume] = field(default_factory=dict)
    images: Mapping[str, Volume] = field(default_factory=dict)
    points: Mapping[str, tuple[MarkRevision, ...]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    asked: Mapping[str, Any] = field(default_factory=dict)
    undefined: str = ""

    def inputs(self) -> dict[str, Any]:
        """Return ids and hashes of all that goes in, as JSON."""
        return {
            "labels": [_version(one) for one in self.source.versions],
            "maps": {role: [_version(one) for one in several] for role, several in sorted(self.maps.items())},
            "masks": {role: _volume(one) for role, one in sorted(self.masks.items())},
            "images": {role: _volume(one) for role, one in sorted(self.images.items())},
            "points": {
                name: [
                    {"mark": str(one.mark), "revision": one.number, "ras_mm": one.points_ras_mm[0]} for one in several
                ]
                for name, several in sorted(self.points.items())
            },
            "options": dict(self.options),
        }

    def key(self, meanings: Sequence[LabelMeaning]) -> str:
        """Return the hash of the inputs, the options, what the labels mean and the version of the definitions."""
        labels = [[m.value, m.side, m.level, m.group] for m in meanings]
        content = [VERSION, self.measure.name, self.inputs(), labels, self.undefined]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def point_ras_mm(self, name: str) -> tuple[float, float, float] | None:
        """Return a named point in world RAS, mm; of several their mean."""
        several = self.points.get(name, ())
        if not several:
            return None
        x, y, z = np.mean([one.points_ras_mm[0] for one in several], axis=0)
        return float(x), float(y), float(z)


def _version(version: LabelVersion) -> dict[str, str]:
    return {"version": str(version.pk), "sha256": version.voxels_id}


def _volume(volume: Volume) -> dict[str, str]:
    return {"volume": str(volume.pk), "sha256": volume.original_id}


def _point(mark: MarkRevision) -> dict[str, Any]:
    return {"mark": str(mark.mark), "revision": mark.number, "ras_mm": mark.points_ras_mm[0]}


def measures_of_study(study: Study) -> tuple[ClinicalMeasure, ...]:
    """The clinical measures that a study's protocol names, in the order of the catalogue."""
    named = set(study.protocol.get("measures", ()))
    return tuple(measure for measure in CATALOGUE.values() if measure.name in named)


def meanings_of(study: Study) -> tuple[LabelMeaning, ...]:
    """What the labels of a study stand for."""
    return protocol_meanings(study.protocol["labels"])


class StudyInputs:
    """Everything in a study that a measure may need, read in a few queries.

    Parameters
    ----------
    study : Study
        The study.
    cases : sequence of UUID, optional
        Ids of cases; all by default.
    """

    def __init__(self, study: Study, cases: Sequence[UUID] | None = None) -> None:
        self.study = study
        self.measures = measures_of_study(study)
        self.meanings = meanings_of(study)
        self.sources = sources_of(study, cases)
        of_cases = Case.objects.filter(study=study)
        if cases is not None:
            of_cases = of_cases.filter(pk__in=cases)
        self._volumes: dict[UUID, list[Volume]] = defaultdict(list)
        for volume in Volume.objects.filter(case__in=of_cases, frames=1, components=1).order_by("name", "pk"):
            self._volumes[volume.case_id].append(volume)
        self._points = _points_by_case(of_cases)
        self._by_author: dict[tuple[UUID, tuple[str, str, int]], list[MeasuredSource]] = defaultdict(list)
        self._references: dict[UUID, list[MeasuredSource]] = defaultdict(list)
        for one in self.sources:
            self._by_author[one.volume.case_id, one.author].append(one)
            if one.source is Source.RATER:
                self._references[one.volume.pk].append(one)

    def plans(
        self,
        *,
        measures: Sequence[str] | None = None,
        sources: Sequence[Source] | None = None,
        options: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> list[MeasurePlan]:
        """Return every measure of every label map that it is about, source by source.

        Parameters
        ----------
        measures : sequence of str, optional
            Names of measures; all of the protocol by default.
        sources : sequence of Source, optional
            Kinds of author; all by default.
        options : mapping of str to mapping, optional
            Settings by measure.
        """
        return [
            self.plan(one, measure, (options or {}).get(measure.name, {}))
            for one in self.sources
            if sources is None or one.source in sources
            for measure in self.measures
            if (measures is None or measure.name in measures) and self._is_about(measure, one)
        ]

    def plan_of(self, version: LabelVersion, measure: ClinicalMeasure) -> MeasurePlan | None:
        """Return a measure of one label version, also of one that was handed in and counts no more.

        None where the measure is not about such labels.
        """
        found = next((one for one in self.sources if one.label_version == version), None) or source_of(version)
        return self.plan(found, measure, {}) if self._is_about(measure, found) else None

    def _is_about(self, measure: ClinicalMeasure, source: MeasuredSource) -> bool:
        if measure.name == "index-error":  # a comparison: of a proposal or another tool with a reading
            return source.source in (Source.MODEL, Source.TOOL)
        group = _GROUP_OF.get(measure.name)
        if group is None:
            return True
        labels = self.study.protocol["labels"]
        role = source.volume.role
        return any(one.get("group") == group and role in (one.get("roles") or [role]) for one in labels)

    def plan(self, source: MeasuredSource, measure: ClinicalMeasure, asked: Mapping[str, Any]) -> MeasurePlan:
        """Return a measure of a label map with what the study has for it."""
        roles = {role.name: role for role in measure.roles}
        maps: dict[str, tuple[LabelVersion, ...]] = {}
        masks: dict[str, Volume] = {}
        images: dict[str, Volume] = {}
        points: dict[str, tuple[MarkRevision, ...]] = {}
        for name, role in roles.items():
            if role.kind == "image":
                image = self._image(source, name)
                images |= {name: image} if image is not None else {}
            elif name == "reference":
                maps |= self._reference(source)
            elif name == "vertebrae":
                maps |= self._companion(source, measure)
            else:
                several = self._points_for(source, name) if role.point else ()
                mask = self._mask(source, name) if not several else None
                points |= {name: several} if several else {}
                masks |= {name: mask} if mask is not None else {}
        options = _options(source, measure, asked)
        missing = [r.name for r in measure.roles if r.required and r.name not in {*maps, *masks, *images, *points}]
        missing += [f"the option {o.name}" for o in measure.options if o.required and o.name not in options]
        return MeasurePlan(source, measure, maps, masks, images, points, options, asked, _why(missing))

    def _image(self, source: MeasuredSource, role: str) -> Volume | None:
        return next((one for one in self._volumes[source.volume.case_id] if one.role == role), None)

    def _mask(self, source: MeasuredSource, role: str) -> Volume | None:
        """The mask of a role; where there are several, the one on the grid that is measured."""
        masks = [one for one in self._volumes[source.volume.case_id] if one.role == role]
        shape, affine = source.volume.shape, source.volume.affine
        same = [one for one in masks if one.shape == shape and np.allclose(one.affine, affine, atol=1e-3)]
        return next(iter(same or masks), None)

    def _reference(self, source: MeasuredSource) -> dict[str, tuple[LabelVersion, ...]]:
        """What review accepted last, else the first rater's first read."""
        there = sorted(self._references[source.volume.pk], key=lambda one: (not one.accepted, one.read))
        return {"reference": there[0].versions} if there else {}

    def _companion(self, source: MeasuredSource, measure: ClinicalMeasure) -> dict[str, tuple[LabelVersion, ...]]:
        """The same author's map of the case's other labelled image: bones for muscles, and muscles for a loading.

        A network labels one image; the other one's map is then the newest proposal of whichever network labels that.
        """
        others = [
            one for one in self._by_author[source.volume.case_id, source.author] if one.volume.pk != source.volume.pk
        ]
        if not others and source.source is Source.MODEL:
            of_case = [one for one in self.sources if one.volume.case_id == source.volume.case_id]
            proposed = [one for one in of_case if one.source is Source.MODEL and one.volume.pk != source.volume.pk]
            others = sorted(proposed, key=lambda one: one.versions[0].created_at, reverse=True)
        role = "vertebrae" if measure.name == "muscle-areas" else "muscles"
        return {role: others[0].versions} if others else {}

    def _points_for(self, source: MeasuredSource, name: str) -> tuple[MarkRevision, ...]:
        """The raters' own points where they set some, else the newest of the case."""
        of_case = [one for one in self._points[source.volume.case_id] if one.name.lower() == name]
        tasks = {version.task_id for version in source.versions} - {None}
        own = {one.task_id: one for one in of_case if one.task_id in tasks}
        return tuple(own[task] for task in sorted(own, key=str)) or tuple(of_case[-1:])


def _options(source: MeasuredSource, measure: ClinicalMeasure, asked: Mapping[str, Any]) -> dict[str, Any]:
    options = dict(asked)
    if measure.name == "loading" and "body_mass_kg" not in options:
        mass = _number(source.volume.case.subject.attributes)
        options |= {"body_mass_kg": mass} if mass is not None else {}
    return options


def _why(missing: Sequence[str]) -> str:
    if not missing:
        return ""
    weight = " (a column weight in participants.tsv, in kg)" if "the option body_mass_kg" in missing else ""
    return f"the case lacks {', '.join(missing)}{weight}"


def _number(attributes: Mapping[str, Any]) -> float | None:
    for name in WEIGHT_COLUMNS:
        try:
            mass = float(attributes.get(name, ""))
        except (TypeError, ValueError):
            continue
        if mass > 0:
            return mass
    return None


def _points_by_case(cases: object) -> dict[UUID, list[MarkRevision]]:
    """The named points of some cases as they are now, oldest first."""
    newest = MarkRevision.objects.filter(mark=OuterRef("mark")).order_by("-number").values("pk")[:1]
    rows = MarkRevision.objects.filter(
        pk=Subquery(newest), deleted=False, kind=MarkKind.POINT.value, task__case__in=cases
    ).exclude(name="")
    found: dict[UUID, list[MarkRevision]] = defaultdict(list)
    for row in rows.select_related("task").order_by("created_at", "pk"):
        found[row.task.case_id].append(row)
    return found
