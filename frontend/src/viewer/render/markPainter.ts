import { isRegion, valueLines } from '../../geometry/marks';
import type { GridPlane } from '../../geometry/planes';
import type { CanvasPoint, SliceView, ViewportSize } from '../../geometry/sliceView';
import { slicesAway, type CommentThread, type Mark, type MarksState } from '../../state/marks';
import type { VolumeId } from '../../state/task';
import { handleAt } from '../../tools/markGestures';
import { strokeBoth } from './sketchPainter';

interface MarkScene {
  readonly plane: GridPlane;
  readonly view: SliceView;
  readonly size: ViewportSize;
  readonly slice: number;
  readonly volume: VolumeId;
}

const COLOUR = '#ffd166';
const SELECTED = '#7ee8fa';
const PIN = '#f4a6d7';
/** On how many slices beside its own a mark is shown faintly, where that is wished. */
const GHOST_SLICES = 2;

/** Measurements, points and pinned comments of a slice, over everything else. */
export function drawMarks(context: CanvasRenderingContext2D, scene: MarkScene, state: MarksState): void {
  const { draft, selected, ghosts } = state;
  const shown = [...state.marks.filter(({ id }) => id !== draft?.id), ...(draft ? [draft] : [])];
  for (const mark of shown) {
    const away = mark.volume === scene.volume ? slicesAway(mark, scene.plane.sliceAxis, scene.slice) : null;
    if (away === null || away > (ghosts ? GHOST_SLICES : 0)) continue;
    context.globalAlpha = away === 0 ? 1 : 0.35;
    drawMark(context, scene, mark, mark.id === selected || mark === draft ? SELECTED : COLOUR, away === 0);
  }
  context.globalAlpha = 1;
  state.comments?.threads.forEach((thread, n) => drawPin(context, scene, thread, n + 1));
}

function drawMark(context: CanvasRenderingContext2D, scene: MarkScene, mark: Mark, colour: string, full: boolean): void {
  const points = mark.points.map((point) => handleAt(scene, point));
  strokeBoth(context, outlineOf(mark, points), colour);
  const handles = new Path2D();
  for (const { x, y } of points) {
    handles.moveTo(x + 4, y);
    handles.arc(x, y, 4, 0, 2 * Math.PI);
  }
  strokeBoth(context, handles, colour);
  if (!full) return;
  const lines = [...(mark.name ? [mark.name] : []), ...(mark.points.length > 1 || mark.kind === 'point' ? valueLines(mark.kind, mark.values) : [])];
  drawText(context, scene.size, anchorOf(points), mark.kind === 'angle' && mark.points.length < 3 ? ['drag the other arm'] : lines, colour);
}

function outlineOf({ kind }: Mark, points: readonly CanvasPoint[]): Path2D {
  const path = new Path2D();
  const [a, b] = points;
  if (isRegion(kind) && a && b) {
    const [width, height] = [Math.abs(b.x - a.x), Math.abs(b.y - a.y)];
    if (kind === 'rectangle') path.rect(Math.min(a.x, b.x), Math.min(a.y, b.y), width, height);
    else path.ellipse((a.x + b.x) / 2, (a.y + b.y) / 2, width / 2, height / 2, 0, 0, 2 * Math.PI);
    return path;
  }
  if (kind === 'point' && a) {
    path.moveTo(a.x - 8, a.y);
    path.lineTo(a.x + 8, a.y);
    path.moveTo(a.x, a.y - 8);
    path.lineTo(a.x, a.y + 8);
    return path;
  }
  points.forEach(({ x, y }, n) => (n === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
  return path;
}

const anchorOf = (points: readonly CanvasPoint[]): CanvasPoint => ({
  x: Math.max(...points.map(({ x }) => x)) + 9,
  y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
});

const LINE_PIXELS = 15;

/** Text on a dark plate, moved so that all of it is in the viewport. */
function drawText(context: CanvasRenderingContext2D, size: ViewportSize, at: CanvasPoint, lines: readonly string[], colour: string): void {
  if (lines.length === 0) return;
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  const width = Math.max(...lines.map((line) => context.measureText(line).width)) + 10;
  const height = lines.length * LINE_PIXELS + 4;
  const left = Math.min(at.x, size.width - width - 4);
  const top = Math.min(Math.max(at.y - height / 2, 4), size.height - height - 4);
  context.fillStyle = 'rgba(14, 16, 19, 0.78)';
  context.fillRect(left, top, width, height);
  context.fillStyle = colour;
  lines.forEach((line, n) => context.fillText(line, left + 5, top + 2 + LINE_PIXELS * (n + 0.5)));
}

/** A comment's number in a drop whose tip is the voxel; hollow once it is resolved. */
function drawPin(context: CanvasRenderingContext2D, scene: MarkScene, thread: CommentThread, number: number): void {
  const { plane, slice, volume } = scene;
  const [i, j, k] = thread.ijk ?? [];
  if (i === undefined || j === undefined || k === undefined || thread.volume !== volume) return;
  const place = [i, j, k] as const;
  if (place[plane.sliceAxis] !== slice) return;
  const { x, y } = handleAt(scene, place);
  const drop = new Path2D();
  drop.moveTo(x, y);
  drop.lineTo(x - 6, y - 10);
  drop.arc(x, y - 16, 9, 0.75 * Math.PI, 0.25 * Math.PI);
  drop.closePath();
  context.fillStyle = thread.resolved ? 'rgba(14, 16, 19, 0.78)' : PIN;
  context.fill(drop);
  strokeBoth(context, drop, PIN);
  context.font = '600 11px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = thread.resolved ? PIN : '#0e1013';
  context.fillText(String(number), x, y - 15.5);
  context.textAlign = 'start';
}
