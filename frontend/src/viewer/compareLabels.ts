import type { LabelArray } from '../commands/labelGrid';
import { labelDifference } from '../operations/labelDifference';
import type { LabelSession } from '../state/labelSession';
import type { OpenVolume } from './openVolume';
import type { TaskWorkspace } from './workspace';

type Compared = Pick<TaskWorkspace, 'store' | 'state' | 'viewports' | 'opened'>;

/** The two label maps that the layout compares, and the volume of both. */
export interface ComparedMaps {
  readonly open: OpenVolume;
  readonly first: LabelArray;
  readonly second: LabelArray;
  /** Of the first, where it is being worked on. */
  readonly session: LabelSession | null;
}

/** Null while fewer than two label maps are side by side, or one of them is on its way. */
export function comparedMaps(workspace: Pick<TaskWorkspace, 'viewports' | 'opened'>): ComparedMaps | null {
  const { viewports } = workspace;
  const [a, b] = [viewports.planeCell('a'), viewports.planeCell('b')];
  if (!a || !b || b.labels === null || a.volume !== b.volume) return null;
  const open = workspace.opened(a.volume);
  const [first, second] = [viewports.labelsOf(a), viewports.labelsOf(b)];
  if (!open || !first || !second || first.labels.length !== second.labels.length) return null;
  return { open, first: first.labels, second: second.labels, session: first.session };
}

const SETTLED_MS = 250;

/** Keeps the difference of the maps compared in step with them, when the pen rests. Returns the disposer. */
export function followDifference(workspace: Compared): () => void {
  const { state, store } = workspace;
  let due: ReturnType<typeof setTimeout> | undefined;
  let session: LabelSession | null = null;
  let stopSession = (): void => {};
  let of: readonly (LabelArray | undefined)[] = [];
  const compare = (): void => {
    const maps = comparedMaps(workspace);
    if (maps?.session?.isPainting) return later();
    state.setState({ difference: maps && labelDifference(maps.first, maps.second, maps.open.volume.shape) });
  };
  const later = (): void => {
    clearTimeout(due);
    due = setTimeout(compare, SETTLED_MS);
  };
  const look = (): void => {
    const maps = comparedMaps(workspace);
    if ((maps?.session ?? null) !== session) {
      stopSession();
      session = maps?.session ?? null;
      stopSession = session?.subscribe((change) => change !== 'locks' && later()) ?? (() => {});
    }
    const now = [maps?.first, maps?.second];
    if (now.every((map, n) => map === of[n])) return;
    of = now;
    clearTimeout(due);
    store.setState({ differenceAt: null });
    compare();
  };
  const stop = state.subscribe((now, before) => {
    if (now.arrivals !== before.arrivals || now.cells !== before.cells || now.shown !== before.shown) look();
  });
  return () => {
    clearTimeout(due);
    stopSession();
    stop();
  };
}

/** The next place where the two maps differ, the largest first; after the last one the first again. */
export function stepToDifference(workspace: Pick<TaskWorkspace, 'store' | 'state' | 'jumpTo'>, direction: 1 | -1): void {
  const { difference } = workspace.state.getState();
  const { differenceAt } = workspace.store.getState();
  if (!difference) return;
  const count = difference.regions.length;
  if (count === 0) {
    workspace.store.setState({ notice: { text: 'The two label maps are the same.', tone: 'info' } });
    return;
  }
  const next = differenceAt === null ? (direction === 1 ? 0 : count - 1) : (Math.min(differenceAt, count - 1) + direction + count) % count;
  const region = difference.regions[next];
  if (!region) return;
  workspace.store.setState({ differenceAt: next });
  workspace.jumpTo(region.at);
}
