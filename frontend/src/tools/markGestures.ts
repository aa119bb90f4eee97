import { AXES, type Triple } from '../geometry/frames';
import { isRegion, type MarkKind } from '../geometry/marks';
import { voxelOnPlane } from '../geometry/planes';
import { planeToCanvas, type CanvasPoint, type PlanePoint } from '../geometry/sliceView';
import { slicesAway, type Mark, type MarkBoard } from '../state/marks';
import type { VolumeId } from '../state/task';
import type { ToolName } from '../state/viewerStore';
import type { Gesture, PlaneSurface, StartGesture, ToolContext } from './toolContext';

export const MARK_TOOLS = ['length', 'angle', 'ellipse', 'rectangle', 'point'] as const satisfies readonly MarkKind[];
export const isMarkTool = (tool: ToolName): tool is MarkKind => (MARK_TOOLS as readonly ToolName[]).includes(tool);

/** So near to a handle a press takes it, in CSS pixels. */
const REACH_PIXELS = 9;
/** Below this a press was a slip, not a measurement. */
const SMALLEST_PIXELS = 3;

/** A place on the slice in voxels, kept inside the image. */
function placeAt({ plane, slice }: PlaneSurface, { x, y }: PlanePoint): Triple {
  const within = (at: number, size: number): number => Math.min(Math.max(at, -0.5), size - 0.5);
  return [...voxelOnPlane(plane, within(x, plane.sizeX), within(y, plane.sizeY), slice)] as unknown as Triple;
}

/** Where a mark's point is on screen. */
export const handleAt = ({ plane, view, size }: Pick<PlaneSurface, 'plane' | 'view' | 'size'>, point: Triple): CanvasPoint =>
  planeToCanvas(plane, view, size, { x: point[plane.x.axis], y: point[plane.y.axis] });

/** A handle under the pointer: of the selected mark first, then the one drawn last. */
export function handleUnder(board: MarkBoard, volume: VolumeId, surface: PlaneSurface, at: CanvasPoint): { readonly mark: Mark; readonly point: number } | null {
  const { marks, selected } = board.store.getState();
  const here = marks.filter((mark) => mark.volume === volume && slicesAway(mark, surface.plane.sliceAxis, surface.slice) === 0);
  for (const mark of [...here].reverse().sort((a, b) => Number(b.id === selected) - Number(a.id === selected))) {
    const point = mark.points.findIndex((place) => {
      const handle = handleAt(surface, place);
      return Math.hypot(handle.x - at.x, handle.y - at.y) <= REACH_PIXELS;
    });
    if (point >= 0) return { mark, point };
  }
  return null;
}

/** A version 4 UUID; the browser's own is missing on plain http addresses other than localhost. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const withPoint = (points: readonly Triple[], n: number, place: Triple): readonly Triple[] => points.map((point, at) => (at === n ? place : point));

/** Draws marks, or drags a handle of one that is there. An angle takes two drags: an arm to the vertex, then the other. */
export const startMark: StartGesture = (context, surface, at) => {
  const { marks: board, markVolume: volume, store } = context;
  const { tool } = store.getState();
  if (!board || volume === null || !isMarkTool(tool)) return null;
  const held = handleUnder(board, volume, surface, at);
  const { draft } = board.store.getState();
  if (held && !draft) return dragPoint(board, surface, held.mark, held.point, at);
  if (tool === 'angle' && draft?.kind === 'angle' && draft.volume === volume) return drawLastArm(board, surface, draft, at);
  return drawNew(context, board, surface, tool, volume, at);
};

function drawNew(context: ToolContext, board: MarkBoard, surface: PlaneSurface, kind: MarkKind, volume: VolumeId, at: CanvasPoint): Gesture {
  const first = placeAt(surface, surface.toPlane(at));
  const shape = {
    id: randomId(), volume, kind, name: '', frame: isRegion(kind) ? (context.store.getState().frames[volume] ?? 0) : 0,
    sliceAxis: isRegion(kind) ? surface.plane.sliceAxis : null,
  };
  let last: CanvasPoint = at;
  const drawn = (): Mark => board.measured({ ...shape, points: kind === 'point' ? [placeAt(surface, surface.toPlane(last))] : [first, placeAt(surface, surface.toPlane(last))] });
  board.store.setState({ draft: drawn(), selected: null });
  return {
    move: (points) => {
      last = points.at(-1) ?? last;
      // Escape has given it up.
      if (board.store.getState().draft?.id === shape.id) board.store.setState({ draft: drawn() });
    },
    end: () => {
      if (board.store.getState().draft?.id !== shape.id) return;
      // A step by keys is meant, however small it is on screen.
      const least = context.store.getState().byKeys ? 1e-3 : SMALLEST_PIXELS;
      const slipped = kind !== 'point' && Math.hypot(last.x - at.x, last.y - at.y) < least;
      if (slipped) board.store.setState({ draft: null });
      else if (kind !== 'angle') board.keep(drawn());
    },
  };
}

function drawLastArm(board: MarkBoard, surface: PlaneSurface, draft: Mark, at: CanvasPoint): Gesture {
  const [first, vertex] = draft.points as readonly [Triple, Triple];
  let last: CanvasPoint = at;
  const drawn = (): Mark => board.measured({ ...draft, points: [first, vertex, placeAt(surface, surface.toPlane(last))] });
  board.store.setState({ draft: drawn() });
  return {
    move: (points) => {
      last = points.at(-1) ?? last;
      if (board.store.getState().draft?.id === draft.id) board.store.setState({ draft: drawn() });
    },
    end: () => {
      if (board.store.getState().draft?.id === draft.id) board.keep(drawn());
    },
  };
}

function dragPoint(board: MarkBoard, surface: PlaneSurface, mark: Mark, point: number, at: CanvasPoint): Gesture {
  let last: CanvasPoint = at;
  const moved = (): Mark => {
    const place = placeAt(surface, surface.toPlane(last));
    // Both corners of a region stay on its slice.
    const axis = mark.sliceAxis;
    const kept = axis === null ? place : (AXES.map((each) => (each === axis ? mark.points[point]?.[each] : place[each])) as unknown as Triple);
    return board.measured({ ...mark, points: withPoint(mark.points, point, kept) });
  };
  board.store.setState({ selected: mark.id });
  return {
    move: (points) => {
      last = points.at(-1) ?? last;
      board.store.setState({ draft: moved() });
    },
    end: () => {
      const changed = board.store.getState().draft !== null;
      board.store.setState({ draft: null });
      if (changed) board.keep(moved());
    },
  };
}
