import type { CanvasPoint, PlanePoint } from '../geometry/sliceView';
import { polygonMask } from '../operations/planeShapes';
import { editRegion } from '../operations/regionEdit';
import type { ViewerState } from '../state/viewerStore';
import type { PaintRule } from '../commands/voxelRule';
import { masked } from './intensityMask';
import { labelVolume } from './labelVolume';
import { mayWrite } from './mayWrite';
import type { PlaneSurface, StartGesture, ToolContext } from './toolContext';

/** A press of the pointer that moves no further is a polygon's corner, not a lasso. */
const CLICK_PIXELS = 5;
/** A corner this near to the first one closes the polygon. */
const CLOSE_PIXELS = 9;

const ruleOf = ({ lassoAct, activeLabel, paintOver, eraseOnly }: ViewerState): PaintRule =>
  lassoAct === 'fill'
    ? { kind: 'paint', value: activeLabel, over: paintOver }
    : { kind: 'erase', only: eraseOnly === 'active' ? activeLabel : null };

/**
 * Lasso and polygon in one: a drag draws a line that closes when the pointer lets go; single clicks set corners until a
 * click on the first corner, a double click or Enter closes them.
 */
export const startLasso: StartGesture = (context, surface, at) => {
  const { store } = context;
  if (!mayWrite(context, ruleOf(store.getState()))) return null;
  const { plane, slice } = surface;
  const pending = pendingOn(store.getState(), surface);
  if (pending && pending.length > 2 && isNear(surface, pending[0], at, CLOSE_PIXELS)) {
    finishLasso(context);
    return null;
  }
  const points = [...(pending ?? []), surface.toPlane(at)];
  let travelled = false;
  const show = (open: boolean): void => store.setState({ sketch: { kind: 'path', plane, slice, points: [...points], open } });
  show(pending !== null);
  return {
    move: (moved) => {
      if (store.getState().sketch === null) return;
      travelled ||= store.getState().byKeys || moved.some((point) => Math.hypot(point.x - at.x, point.y - at.y) > CLICK_PIXELS);
      if (!travelled) return;
      points.push(...moved.map((point) => surface.toPlane(point)));
      show(pending !== null);
    },
    end: () => {
      if (store.getState().sketch === null) return;
      show(true);
      if (travelled && !pending) finishLasso(context);
    },
  };
};

/** Closes the line and writes its inside or outside. */
export function finishLasso(context: ToolContext): void {
  const { store, session } = context;
  const state = store.getState();
  const { sketch, lassoWhere, lassoAct, activeLabel } = state;
  const volume = labelVolume(context);
  store.setState({ sketch: null });
  if (!session || !volume || sketch?.kind !== 'path' || sketch.points.length < 3) return;
  const { plane, slice, points } = sketch;
  const region = { kind: 'prism', mask: polygonMask(plane, points), firstSlice: slice, lastSlice: slice } as const;
  const change = editRegion(volume, plane, region, lassoWhere, ruleOf(state));
  session.apply(masked(context, change), `Lasso ${lassoAct} ${lassoWhere}, label ${activeLabel}`);
}

function pendingOn({ sketch }: ViewerState, { plane, slice }: PlaneSurface): readonly PlanePoint[] | null {
  const open = sketch?.kind === 'path' && sketch.open && sketch.plane.name === plane.name && sketch.slice === slice;
  return open ? sketch.points : null;
}

function isNear(surface: PlaneSurface, corner: PlanePoint | undefined, at: CanvasPoint, pixels: number): boolean {
  if (!corner) return false;
  const here = surface.toPlane(at);
  const { plane, view } = surface;
  const offMm = Math.hypot((here.x - corner.x) * plane.spacingXMm, (here.y - corner.y) * plane.spacingYMm);
  return offMm <= pixels * view.mmPerPixel;
}
