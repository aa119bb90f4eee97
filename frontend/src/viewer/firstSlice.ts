import type { WorkspaceStore } from '../state/workspaceState';

/** A page that nobody looks at draws no frames: then it is taken for shown after so long. */
const UNSEEN_MS = 200;

/**
 * Does what the first slice of a task need not wait for, when it has been on screen for a frame. Nothing is done once the
 * signal is given.
 */
export function afterFirstSlice(state: WorkspaceStore, signal: AbortSignal, work: () => void): void {
  let stop = (): void => {};
  const shown = (): void => {
    stop();
    void onScreen().then(() => {
      if (!signal.aborted) work();
    });
  };
  if (state.getState().shown !== null) return shown();
  stop = state.subscribe((now) => {
    if (now.shown !== null) shown();
  });
  signal.addEventListener('abort', stop, { once: true });
}

/** The first frame paints it, the second comes when it was put together. */
const onScreen = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, UNSEEN_MS);
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  });
