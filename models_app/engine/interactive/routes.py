"""The interactive routes of the MONAI Label process, for the site alone."""

import time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from access.errors import InvalidInput
from annotation.models import Volume
from models_app.engine.interactive.answers import MEDIA_TYPE, Region, changed, encode
from models_app.engine.interactive.cases import OpenCases, volume_to_label
from models_app.engine.interactive.clicking import Clicking
from models_app.engine.interactive.graphcut import Reach, box_of, region_cut
from models_app.engine.interactive.hints import Hints
from models_app.engine.interactive.sessions import LEASE_SECONDS, Session, Sessions
from models_app.engine.loaded_apps import with_database
from models_app.services.interactive_methods import DEEPEDIT, GRAPH_CUT

Slug = str


class Opening(BaseModel):
    """Who opens which volume."""

    user: str
    volume: UUID


class Asked(BaseModel):
    """Marks, and what to make of them; `models_app.interactive_api` says what each field means."""

    user: str
    method: str
    since: int = 0
    positive: list[int]
    negative: list[int]
    margin_mm: Annotated[float, Field(gt=0, le=200)] = 8.0
    smoothness: Annotated[float, Field(ge=0, le=50)] = 1.0
    slice_axis: Annotated[int, Field(ge=0, le=2)] | None = None
    slice_index: int | None = None


class Interactive:
    """What the routes share: sessions, cases and networks of this process."""

    def __init__(self) -> None:
        self.sessions, self.cases, self.clicking = Sessions(), OpenCases(), Clicking()

    def open(self, slug: str, opening: Opening) -> dict[str, Any]:
        """Read the case, then open a session on it."""
        started = time.perf_counter()
        volume = volume_to_label(slug, opening.volume)
        self.cases.get(volume)
        self.clicking.prepare(volume)
        session = self.sessions.open(user=opening.user, study=slug, volume=opening.volume)
        milliseconds = round(1000 * (time.perf_counter() - started), 1)
        return {"id": session.id, "lease_seconds": int(LEASE_SECONDS), "milliseconds": milliseconds}

    def answer(self, slug: str, session_id: str, asked: Asked) -> Response:
        """Work out a region and say what changed."""
        session = self.sessions.get(session_id, user=asked.user, study=slug)
        with session.lock:
            clock = _Stopwatch()
            volume = volume_to_label(slug, session.volume)
            hints = Hints.from_runs(asked.positive, asked.negative, _shape(volume))
            clock.lap("read")
            region = self._region(slug, volume, hints, asked)
            clock.lap("work")
            content = _told(session, region, asked.since)
            clock.lap("pack")
        return Response(content, media_type=MEDIA_TYPE, headers={"Server-Timing": clock.header()})

    def _region(self, slug: str, volume: Volume, hints: Hints, asked: Asked) -> Region:
        if asked.method == GRAPH_CUT:
            case = self.cases.get(volume)
            box = box_of(hints, case.grid, Reach(asked.margin_mm, asked.slice_axis, asked.slice_index))
            if box is None:
                return Region.empty()
            inside = region_cut(
                case.voxels[box.slices()], hints.within(box), case.grid.spacing_mm, asked.smoothness, asked.margin_mm
            )
            return Region(box, inside).tight()
        if asked.method == DEEPEDIT:
            return self.clicking.region(volume, hints)
        raise InvalidInput(f"There is no interactive method '{asked.method}'; there are {GRAPH_CUT}, {DEEPEDIT}.")


def _told(session: Session, region: Region, since: int) -> bytes:
    """Bytes for a client that holds answer number `since`; all of the region where that is another than the last."""
    whole = since != session.sequence or since == 0
    told = region if whole else changed(session.answer, region)
    session.answer, session.sequence = region, session.sequence + 1
    return encode(told, sequence=session.sequence, whole=whole)


def router(work: Interactive) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/studies/{slug}/interactive")

    # Plain functions: the framework runs them in its thread pool.
    @routes.post("")
    @with_database
    def interactive_open(slug: Slug, opening: Opening) -> dict[str, Any]:
        """Open a session."""
        return work.open(slug, opening)

    @routes.post("/{session_id}")
    @with_database
    def interactive_answer(slug: Slug, session_id: str, asked: Asked) -> Response:
        """Answer marks."""
        return work.answer(slug, session_id, asked)

    @routes.delete("/{session_id}")
    def interactive_close(slug: Slug, session_id: str, user: str) -> JSONResponse:
        """End a session."""
        work.sessions.close(session_id, user=user, study=slug)
        return JSONResponse({})

    return routes


class _Stopwatch:
    """Milliseconds by part, as the `Server-Timing` header has them."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._laps: list[tuple[str, float]] = []

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self._laps.append((name, 1000 * (now - self._last)))
        self._last = now

    def header(self) -> str:
        return ", ".join(f"{name};dur={milliseconds:.1f}" for name, milliseconds in self._laps)


def _shape(volume: Volume) -> tuple[int, int, int]:
    i, j, k = (int(size) for size in volume.shape)
    return i, j, k
