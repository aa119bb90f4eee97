import type { PaintRule } from '../commands/voxelRule';
import type { PlanePoint } from '../geometry/sliceView';
import { circleMask, planeDistanceMm, rectangleMask } from '../operations/planeShapes';
import { editRegion, type Region } from '../operations/regionEdit';
import type { ViewerState } from '../state/viewerStore';
import { masked } from './intensityMask';
import { labelVolume } from './labelVolume';
import { mayWrite } from './mayWrite';
import type { StartGesture } from './toolContext';

const ruleOf = ({ cutAct, activeLabel, paintOver, eraseOnly }: ViewerState): PaintRule =>
  cutAct === 'fill'
    ? { kind: 'paint', value: activeLabel, over: paintOver }
    : { kind: 'erase', only: eraseOnly === 'active' ? activeLabel : null };

/** Below this a press of the pointer was a slip, not a cut; a step by keys is meant, however small it is on screen. */
const SMALLEST_PIXELS = 3;

/** Scissors: a rectangle from corner to corner, a circle or sphere from its centre; cut when the pointer lets go. */
export const startScissors: StartGesture = (context, surface, at) => {
  const { store, session } = context;
  if (!session || !mayWrite(context, ruleOf(store.getState()))) return null;
  const { plane, slice } = surface;
  const from = surface.toPlane(at);
  let to: PlanePoint | null = null;
  const maskTo = (end: PlanePoint): Uint8Array =>
    store.getState().cutShape === 'rectangle'
      ? rectangleMask(plane, from, end)
      : circleMask(plane, from, planeDistanceMm(plane, from, end));
  return {
    move: (points) => {
      const last = points.at(-1);
      const cancelled = to !== null && store.getState().sketch === null;
      const isSlip = to === null && !store.getState().byKeys && last && Math.hypot(last.x - at.x, last.y - at.y) < SMALLEST_PIXELS;
      if (!last || cancelled || isSlip) return;
      to = surface.toPlane(last);
      store.setState({ sketch: { kind: 'mask', plane, slice, mask: maskTo(to) } });
    },
    end: () => {
      const state = store.getState();
      const volume = labelVolume(context);
      const given = state.sketch === null;
      store.setState({ sketch: null });
      if (!to || given || !volume) return;
      const all = state.cutDepth === 'all';
      const region: Region =
        state.cutShape === 'sphere'
          ? { kind: 'sphere', centre: from, slice, radiusMm: planeDistanceMm(plane, from, to) }
          : { kind: 'prism', mask: maskTo(to), firstSlice: all ? 0 : slice, lastSlice: all ? plane.sliceCount - 1 : slice };
      const change = editRegion(volume, plane, region, state.cutWhere, ruleOf(state));
      session.apply(masked(context, change), `Scissors ${state.cutAct} ${state.cutWhere} ${state.cutShape}`);
    },
  };
};
