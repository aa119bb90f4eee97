import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Task, TaskId } from '../state/task';
import { createWorkspaceStore } from '../state/workspaceState';
import { TaskInHand } from './taskInHand';
import type { TaskApi } from './taskApi';
import { UNCERTAINTY, type UncertaintyMap } from './uncertaintyMaps';

const id = 't' as TaskId;
const volume = { id: 'a', role: 'T2w', labelled: true };
const taskIn = (state: string): Task =>
  ({ id, state, study: { slug: 'cord' }, may: { edit: true }, volumes: [volume], hanging: { roles: [{ name: 'T2w' }], layouts: [], first: '' } }) as unknown as Task;
const map = { id: 'm', volume: 'a', name: 'entropy', shape: [1, 1, 1], affine: [], spacing_mm: [1, 1, 1], range: { lower: 0, upper: 1 } } as unknown as UncertaintyMap;

function begunWith(answers: Partial<TaskApi>): { inHand: TaskInHand; roles: () => string[]; asked: string[] } {
  const asked: string[] = [];
  const heard = (name: 'task' | 'open' | 'maps', otherwise: () => Promise<unknown>) => (...given: never[]) => {
    asked.push(name);
    return ((answers[name] as ((...all: never[]) => Promise<unknown>) | undefined) ?? otherwise)(...given);
  };
  const api = {
    task: heard('task', async () => taskIn('todo')),
    open: heard('open', async () => taskIn('in_progress')),
    maps: heard('maps', async () => [map]),
  } as unknown as TaskApi;
  const state = createWorkspaceStore();
  const roles = (): string[] => (state.getState().task?.volumes ?? []).map(({ role }) => role);
  return { inHand: new TaskInHand(api, state, new AbortController().signal), roles, asked };
}

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null });
});
afterEach(() => vi.unstubAllGlobals());

describe('the task in hand', () => {
  it('is there before its uncertainty maps are asked for, and keeps them when the work has begun', async () => {
    const { inHand, roles, asked } = begunWith({});
    await inHand.read(id);
    expect([asked, roles()]).toEqual([['task'], ['T2w']]);
    await inHand.addMaps();
    expect(roles()).toEqual(['T2w', UNCERTAINTY]);
    expect((await inHand.begin()).state).toBe('in_progress');
    expect(roles()).toEqual(['T2w', UNCERTAINTY]);
    await inHand.addMaps();
    expect(asked).toEqual(['task', 'maps', 'open']);
  });

  it('waits for the maps where one is remembered, so that it is hung as it was', async () => {
    kept.set('radicula.view.cord', JSON.stringify({ overlaidRole: UNCERTAINTY }));
    const { inHand, roles } = begunWith({});
    await inHand.read(id);
    expect(roles()).toEqual(['T2w', UNCERTAINTY]);
  });

  it('is begun once, however often that is asked for; one that is over is not begun', async () => {
    const { inHand, asked } = begunWith({});
    await inHand.read(id);
    await Promise.all([inHand.begin(), inHand.begin()]);
    await inHand.begin();
    expect(asked).toEqual(['task', 'open']);
    const over = begunWith({ task: async () => taskIn('accepted') });
    await over.inHand.read(id);
    expect((await over.inHand.begin()).state).toBe('accepted');
    expect(over.asked).toEqual(['task']);
  });

  it('says so every time where the work could not begin', async () => {
    const { inHand } = begunWith({ open: () => Promise.reject(new Error('The server cannot be reached.')) });
    await inHand.read(id);
    await expect(inHand.begin()).rejects.toThrow('reached');
    await expect(inHand.begin()).rejects.toThrow('reached');
  });
});
