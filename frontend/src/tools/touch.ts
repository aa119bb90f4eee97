import type { CanvasPoint, SliceView } from '../geometry/sliceView';
import { panBy, zoomAbout } from '../geometry/sliceView';
import type { PlaneSurface } from './toolContext';

export type TwoFingers = readonly [CanvasPoint, CanvasPoint];

/** How far a finger goes before it is drawing, in CSS pixels: until then a second one may join it. */
export const FINGER_SLOP_PX = 7;

const between = ([a, b]: TwoFingers): CanvasPoint => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
const apart = ([a, b]: TwoFingers): number => Math.max(Math.hypot(a.x - b.x, a.y - b.y), 1);

export const movedApart = (a: CanvasPoint, b: CanvasPoint): number => Math.hypot(a.x - b.x, a.y - b.y);

/** The view after two fingers went from one place to another: what was between them still is, as much larger as they are further apart. */
export function pinched({ plane, view, size }: Pick<PlaneSurface, 'plane' | 'view' | 'size'>, from: TwoFingers, to: TwoFingers): SliceView {
  const [start, end] = [between(from), between(to)];
  const zoomed = zoomAbout(plane, view, size, start, apart(to) / apart(from));
  return panBy(plane, zoomed, end.x - start.x, end.y - start.y);
}
