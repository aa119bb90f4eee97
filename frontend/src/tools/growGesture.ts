import type { VoxelChange } from '../commands/voxelChange';
import { clampToShape, continuousIjk, roundIjk } from '../geometry/frames';
import { voxelOnPlane } from '../geometry/planes';
import { growRegion } from '../operations/regionGrow';
import type { ViewerState } from '../state/viewerStore';
import { labelVolume } from './labelVolume';
import { mayWrite } from './mayWrite';
import type { StartGesture, ToolContext } from './toolContext';

const ruleOf = ({ activeLabel, paintOver }: ViewerState) =>
  ({ kind: 'paint', value: activeLabel, over: paintOver }) as const;

/** The tolerance in use: a twentieth of the window until someone moves the slider. */
export const toleranceOf = ({ growTolerance, window }: ViewerState): number =>
  growTolerance ?? (window.upper - window.lower) / 20;

/** A press plants the seed; the preview follows it, the slider and the keys until Enter or Escape. */
export const startGrow: StartGesture = (context, surface, at) => {
  const { store, session } = context;
  if (!session || !mayWrite(context, ruleOf(store.getState()))) return null;
  const { x, y } = surface.toPlane(at);
  const [i, j, k] = voxelOnPlane(surface.plane, x, y, surface.slice);
  const voxel = clampToShape(roundIjk(continuousIjk(i, j, k)), session.shape);
  store.setState({ growSeed: { voxel, plane: surface.plane } });
  return { move: () => {}, end: () => {} };
};

function grown(context: ToolContext): VoxelChange | null {
  const { session, image, store } = context;
  const state = store.getState();
  const volume = labelVolume(context);
  if (!session || !volume || !image || !state.growSeed) return null;
  const { voxel, plane } = state.growSeed;
  return growRegion(volume, image, {
    seed: voxel,
    tolerance: toleranceOf(state),
    reachMm: state.growReachMm,
    acrossAxis: state.growSolid ? null : plane.sliceAxis,
    rule: ruleOf(state),
    locked: session.locked,
  });
}

const DEPENDS_ON = ['growSeed', 'growTolerance', 'growReachMm', 'growSolid', 'activeLabel', 'paintOver'] as const;

/** Keeps the preview in step with seed and settings. Returns the disposer. */
export function followGrow(context: ToolContext): () => void {
  return context.store.subscribe((now, before) => {
    if (DEPENDS_ON.every((setting) => now[setting] === before[setting])) return;
    if (!now.growSeed) {
      if (before.growSeed) context.store.setState({ preview: null });
      return;
    }
    const change = grown(context);
    context.store.setState({ preview: change && { indices: change.indices, value: now.activeLabel } });
  });
}

/** Writes what the preview shows, worked out anew in case the labels have changed under it. */
export function acceptGrow(context: ToolContext): void {
  const change = grown(context);
  const { activeLabel } = context.store.getState();
  context.store.setState({ growSeed: null });
  if (change) context.session?.apply(change, `Grow, label ${activeLabel}`);
}
