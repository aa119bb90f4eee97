import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { CommentThread, Mark } from '../state/marks';
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
function opened(drafts = new Drafts(), task = TASK) {
  const store = createStore(() => ({ notice: null as { text: string } | null }));
  const state = createStore(() => ({ shown: VOLUME, task: { may: { edit: true } } }));
  const steps: string[] = [];
  const session = { get steps() { return steps; }, forgotten: { steps: 0 } };
  const workspace = { store, state, opened: () => ({ session }) } as unknown as TaskWorkspace;
  return { marks: new TaskMarks(workspace, task, drafts), steps, drafts, store };
}

let away = false;
const sent: string[] = [];
let threads: readonly CommentThread[] = [];

beforeEach(() => {
  threads = [];
  away = false;
  sent.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal('document', { cookie: '' });
  vi.stubGlobal('fetch', async (request: Request) => {
    if (away) throw new TypeError('no network');
    sent.push(`${request.method} ${request.url.split('/').at(-1)}`);
    if (request.url.endsWith('/comments')) return Response.json({ threads, unread: 0, may_comment: true });
    if (request.url.endsWith('/marks')) return Response.json([]);
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

describe('a comment', () => {
  const SITE_TASK = '0198c3a5-7d6e-7000-8000-000000000001' as TaskId;
  const rows = new Map<string, string>();
  beforeEach(() => {
    rows.clear();
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => rows.get(key) ?? null,
      setItem: (key: string, value: string) => void rows.set(key, value),
      removeItem: (key: string) => void rows.delete(key),
    });
  });
  const said = (text: string): CommentThread => ({ id: text, volume: null, ijk: null, resolved: false, comments: [{ id: text, speaker: 'you', author: null, text, at: '2026-01-01T00:00:00Z' }] });

  it('is there again after a reload, with its form, where the server did not take it', async () => {
    const { marks } = opened(new Drafts(), SITE_TASK);
    await marks.load();
    expect(marks.store.getState().commenting).toBe(null);
    marks.write(null, 'Is this the conus?');
    away = true;
    await expect(marks.comment('Is this the conus?', null)).rejects.toThrow();
    away = false;
    const again = opened(new Drafts(), SITE_TASK).marks;
    await again.load();
    expect(again.store.getState().commenting).toBe('kept');
    expect(again.unsent(null)).toBe('Is this the conus?');
  });

  it('is not there to be sent again once the server has it, known or not', async () => {
    const { marks } = opened(new Drafts(), SITE_TASK);
    await marks.load();
    threads = [said('First')];
    await marks.comment('First', null);
    expect([marks.unsent(null), rows.size]).toEqual(['', 0]);
    // Taken, but the page went before the answer came.
    away = true;
    await expect(marks.comment('Second', null)).rejects.toThrow();
    away = false;
    threads = [said('First'), said('Second')];
    const again = opened(new Drafts(), SITE_TASK).marks;
    await again.load();
    expect([again.unsent(null), again.store.getState().commenting, rows.size]).toEqual(['', null, 0]);
  });
});
