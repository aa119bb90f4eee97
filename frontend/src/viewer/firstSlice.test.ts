import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VolumeId } from '../state/task';
import { createWorkspaceStore } from '../state/workspaceState';
import { afterFirstSlice } from './firstSlice';

const frames: (() => void)[] = [];
const drawFrame = async (): Promise<void> => {
  frames.splice(0).forEach((frame) => frame());
  await Promise.resolve();
  await Promise.resolve();
};

beforeEach(() => {
  vi.useFakeTimers();
  frames.length = 0;
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('what waits for the first slice', () => {
  const shown = { shown: 'v' as VolumeId };

  it('is done once, when the slice has been on screen for a frame', async () => {
    const [state, work] = [createWorkspaceStore(), vi.fn()];
    afterFirstSlice(state, new AbortController().signal, work);
    state.setState({ arrivals: 1 });
    await drawFrame();
    await drawFrame();
    state.setState(shown);
    await drawFrame();
    expect(work).not.toHaveBeenCalled();
    await drawFrame();
    expect(work).toHaveBeenCalledOnce();
    state.setState({ shown: 'w' as VolumeId });
    await drawFrame();
    await drawFrame();
    expect(work).toHaveBeenCalledOnce();
  });

  it('is done where a slice is on screen already, and on a page that draws no frames', async () => {
    const [state, work] = [createWorkspaceStore(), vi.fn()];
    state.setState(shown);
    afterFirstSlice(state, new AbortController().signal, work);
    await vi.advanceTimersByTimeAsync(1000);
    expect(work).toHaveBeenCalledOnce();
  });

  it('is left when the task is left first', async () => {
    const [state, work, abort] = [createWorkspaceStore(), vi.fn(), new AbortController()];
    afterFirstSlice(state, abort.signal, work);
    abort.abort();
    state.setState(shown);
    await vi.advanceTimersByTimeAsync(1000);
    expect(work).not.toHaveBeenCalled();
  });
});
