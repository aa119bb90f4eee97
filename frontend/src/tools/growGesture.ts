import type { VoxelChange } from '../commands/voxelChange';
import { clampToShape, continuousIjk, roundIjk } from '../geometry/frames';
import { voxelOnPlane } from '../geometry/planes';
import type { LabelSession } from '../state/labelSession';
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

/** What a preview shows, and of which labels and settings it is true. */
interface Shown {
  readonly change: VoxelChange;
  readonly session: LabelSession;
  readonly revision: number;
  readonly state: ViewerState;
}

const lastShown = new WeakMap<ToolContext, Shown>();

const isAsBefore = (now: ViewerState, before: ViewerState): boolean =>
  DEPENDS_ON.every((setting) => now[setting] === before[setting]);

/** Keeps the preview in step with seed and settings. Returns the disposer. */
export function followGrow(context: ToolContext): () => void {
  return context.store.subscribe((now, before) => {
    if (isAsBefore(now, before)) return;
    if (!now.growSeed) {
      if (before.growSeed) context.store.setState({ preview: null });
      return;
    }
    const { session } = context;
    const revision = session?.revision;
    void grown(context).then((change) => {
      // Null: the slider has moved on, and a later preview is on its way.
      if (!change || !session || revision === undefined || !context.store.getState().growSeed) return;
      lastShown.set(context, { change, session, revision, state: now });
      context.store.setState({ preview: { indices: change.indices, value: now.activeLabel } });
    });
  });
}

/** Writes what the preview shows; it is worked out anew where labels or settings have changed under it. */
export async function acceptGrow(context: ToolContext): Promise<void> {
  const { session, store } = context;
  if (!session) return;
  const { growSeed } = store.getState();
  for (;;) {
    const state = store.getState();
    const { revision } = session;
    const shown = lastShown.get(context);
    const isTrue = shown?.session === session && shown.revision === revision && isAsBefore(state, shown.state);
    const change = isTrue ? shown.change : await grown(context);
    // Given up, or another seed was planted, before there was anything to write.
    if (!change || context.session !== session || store.getState().growSeed !== growSeed) return;
    if (session.revision !== revision) continue;
    store.setState({ growSeed: null });
    session.apply(change, `Grow, label ${state.activeLabel}`);
    return;
  }
}
