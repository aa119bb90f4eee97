import type { VoxelChange } from '../commands/voxelChange';
import { clampToShape, continuousIjk, roundIjk } from '../geometry/frames';
import { voxelOnPlane } from '../geometry/planes';
import type { ViewerState } from '../state/viewerStore';
import { masked } from './intensityMask';
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

async function grown(context: ToolContext): Promise<VoxelChange | null> {
  const { session, image, store } = context;
  const state = store.getState();
  const volume = labelVolume(context);
  if (!session || !volume || !image || !state.growSeed) return null;
  const { voxel, plane } = state.growSeed;
  const change = await context.live.run(volume, image, {
    kind: 'growRegion',
    seed: voxel,
    tolerance: toleranceOf(state),
    reachMm: state.growReachMm,
    acrossAxis: state.growSolid ? null : plane.sliceAxis,
    rule: ruleOf(state),
    locked: [...session.locked],
  });
  return change && masked(context, change);
}

const DEPENDS_ON = [
  'growSeed', 'growTolerance', 'growReachMm', 'growSolid', 'activeLabel', 'paintOver', 'intensityMask', 'brushRange',
] as const;

/** Keeps the preview in step with seed and settings. Returns the disposer. */
export function followGrow(context: ToolContext): () => void {
  return context.store.subscribe((now, before) => {
    if (DEPENDS_ON.every((setting) => now[setting] === before[setting])) return;
    if (!now.growSeed) {
      if (before.growSeed) context.store.setState({ preview: null });
      return;
    }
    void grown(context).then((change) => {
      // Null: the slider has moved on, and a later preview is on its way.
      if (!change || !context.store.getState().growSeed) return;
      context.store.setState({ preview: { indices: change.indices, value: now.activeLabel } });
    });
  });
}

/** Writes what the preview shows, worked out anew in case the labels have changed under it. */
export async function acceptGrow(context: ToolContext): Promise<void> {
  const { session, store } = context;
  const { activeLabel } = store.getState();
  const revision = session?.revision;
  const change = await grown(context);
  if (!change || !session || !store.getState().growSeed) return;
  store.setState({ growSeed: null });
  if (session.revision === revision) session.apply(change, `Grow, label ${activeLabel}`);
}
