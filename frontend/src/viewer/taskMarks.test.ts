import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { Mark } from '../state/marks';
import type { TaskId, VolumeId } from '../state/task';
import type { MarkDraft, MarkDrafts } from './markDrafts';
import { TaskMarks } from './taskMarks';
import type { TaskWorkspace } from './workspace';

const TASK = 'task' as TaskId;
const VOLUME = 'volume' as VolumeId;
const mark = (id: string, name = ''): Mark => ({ id, name, volume: VOLUME, kind: 'point', points: [[1, 2, 3]], sliceAxis: null, frame: 0, values: {} });

/** Drafts as IndexedDB keeps them, of one task. */
class Drafts implements MarkDrafts {
  readonly rows = new Map<string, MarkDraft>();
  readonly foreign: MarkDraft[] = [];
  put = async (draft: MarkDraft): Promise<void> => void this.rows.set(draft.id, draft);
  left = async (): Promise<readonly MarkDraft[]> => [...this.foreign];
  remove = async ({ id, tab }: Pick<MarkDraft, 'id' | 'tab'>): Promise<void> => {
    if (this.rows.get(id)?.tab === tab) this.rows.delete(id);
    const at = this.foreign.findIndex((draft) => draft.id === id && draft.tab === tab);
    if (at >= 0) this.foreign.splice(at, 1);
  };
}

/** As much of a workspace as marks need, and the server's side of them. */
function opened(drafts = new Drafts()) {
  const store = createStore(() => ({ notice: null as { text: string } | null }));
  const state = createStore(() => ({ shown: VOLUME, task: { may: { edit: true } } }));
  const steps: string[] = [];
  const session = { get steps() { return steps; }, forgotten: { steps: 0 } };
  const workspace = { store, state, opened: () => ({ session }) } as unknown as TaskWorkspace;
  return { marks: new TaskMarks(workspace, TASK, drafts), steps, drafts, store };
}

let away = false;
const sent: string[] = [];

beforeEach(() => {
  away = false;
  sent.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal('document', { cookie: '' });
  vi.stubGlobal('fetch', async (request: Request) => {
    if (away) throw new TypeError('no network');
    sent.push(`${request.method} ${request.url.split('/').at(-1)}`);
    return new Response(request.method === 'DELETE' ? null : '{}', { status: request.method === 'DELETE' ? 204 : 200 });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the marks of a task', () => {
  it('are undone and done again in the order of the work, labels between them', () => {
    const { marks, steps } = opened();
    const ids = (): string[] => marks.store.getState().marks.map(({ id }) => id);
    marks.keep(mark('a'));
    steps.push('a stroke');
    marks.keep(mark('b'));
    expect(marks.undo()).toBe(true);
    expect(ids()).toEqual(['a']);
    // Next is the stroke: the labels' turn.
    expect(marks.undo()).toBe(false);
    steps.pop();
    expect(marks.undo()).toBe(true);
    expect(ids()).toEqual([]);
    expect(marks.redo()).toBe(true);
    expect(marks.redo()).toBe(false);
    steps.push('a stroke');
    expect(marks.redo()).toBe(true);
    expect(ids()).toEqual(['a', 'b']);
  });

  it('are kept on this computer until the server has them', async () => {
    const { marks, drafts } = opened();
    away = true;
    marks.keep(mark('a', 'PMJ'));
    await vi.advanceTimersByTimeAsync(10);
    expect([...drafts.rows.keys()]).toEqual(['a']);
    expect([...marks.store.getState().unsaved]).toEqual(['a']);
    away = false;
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent).toEqual(['PUT a']);
    expect([...marks.store.getState().unsaved]).toEqual([]);
    expect(drafts.rows.size).toBe(0);
  });

  it('come back from a tab that is gone, deletions too', async () => {
    const { marks, drafts, store } = opened();
    drafts.foreign.push({ task: TASK, id: 'a', mark: mark('a', 'PMJ'), tab: 'gone' }, { task: TASK, id: 'b', mark: null, tab: 'gone' });
    marks.store.setState({ marks: [mark('b')] });
    await marks.restore();
    await vi.advanceTimersByTimeAsync(10);
    expect(marks.store.getState().marks.map(({ name }) => name)).toEqual(['PMJ']);
    expect(sent).toEqual(['PUT a', 'DELETE b']);
    expect([...drafts.rows.keys(), ...drafts.foreign]).toEqual([]);
    expect(store.getState().notice?.text).toBe('Restored your unsaved marks.');
  });
});
