import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LabelArray } from '../commands/labelGrid';
import { applyRuns, fitsRuns } from '../commands/labelRuns';
import type { VoxelChange } from '../commands/voxelChange';
import { saveWords } from '../panels/saveWords';
import { isDrafted, LONGEST_UNSAVED_MS, QUIET_MS } from '../state/autosave';
import { LabelSession } from '../state/labelSession';
import type { LabelVersion, Task, TaskId, VersionId, VolumeId } from '../state/task';
import { Autosaver } from './autosaver';
import { newestOf, type AnyDraft, type Draft, type DraftPlace, type DraftStore } from './draftStore';
import { RequestRefused, ServerAway, type ChangesSave, type LabelSave, type LabelSaved, type TaskApi } from './taskApi';

const task = 'task' as TaskId;
const volume = 'volume' as VolumeId;

const versionOf = (id: string, parent: VersionId | null = null): LabelVersion => ({
  id: id as VersionId, number: 1, parent, created_at: '', author: 'ada', source: 'person', model_name: null,
  dtype: 'uint8', counts: {}, voxels_sha256: id, voxels_url: '', nifti_url: '',
});

interface Stored {
  readonly parent: VersionId | null;
  readonly labels: readonly number[];
  readonly activeSeconds: number;
  readonly whole: boolean;
}

/** A server that keeps what it is sent, and is away, refuses or is contradicted when told so. */
class FakeServer implements TaskApi {
  readonly saves: Stored[] = [];
  readonly adopted: VersionId[] = [];
  readonly stored = new Map<string, Uint8Array>([['v0', new Uint8Array(8)]]);
  fault: Error | null = null;
  /** The save is kept, and its answer lost. */
  loseAnswer = false;
  refuseChanges = false;
  conflict: LabelVersion | null = null;
  head: LabelVersion | null = null;
  hold: Promise<void> = Promise.resolve();

  async versions(): Promise<readonly LabelVersion[]> {
    return [];
  }

  async maps(): Promise<readonly never[]> {
    return [];
  }

  async saveLabels({ parent, labels, activeSeconds }: LabelSave): Promise<LabelSaved> {
    await this.hold;
    return this.keep(parent, Uint8Array.from(labels), activeSeconds, true);
  }

  async saveChanges({ base, runs, activeSeconds }: ChangesSave): Promise<LabelSaved> {
    await this.hold;
    if (this.refuseChanges) throw new RequestRefused(409, 'Another base.');
    const labels = this.stored.get(base?.id ?? '')?.slice() ?? new Uint8Array(8);
    expect(fitsRuns(labels, runs)).toBe(true);
    applyRuns(labels, runs);
    return this.keep(base?.id ?? null, labels, activeSeconds, false);
  }

  private keep(parent: VersionId | null, labels: Uint8Array, activeSeconds: number, whole: boolean): LabelSaved {
    if (this.fault) throw this.fault;
    const known = [...this.stored].find(([id, map]) => id === this.head?.id && map.every((value, n) => value === labels[n]));
    const id = known?.[0] ?? `v${this.saves.length + 1}`;
    if (!known) {
      this.saves.push({ parent, labels: [...labels], activeSeconds, whole });
      this.stored.set(id, labels);
    }
    const version = versionOf(id, parent);
    if (!this.conflict) this.head = version;
    if (this.loseAnswer) {
      this.loseAnswer = false;
      throw new ServerAway('The server cannot be reached.');
    }
    return { version, conflict: this.conflict };
  }

  async adopt(_: TaskId, version: VersionId): Promise<void> {
    this.adopted.push(version);
  }

  async task(): Promise<Task> {
    return { volumes: [{ id: volume, head: this.head }] } as unknown as Task;
  }

  open = (): Promise<Task> => Promise.reject(new Error('not asked'));
  version = (): Promise<LabelVersion> => Promise.reject(new Error('not asked'));
  voxels = (): Promise<ArrayBuffer> => Promise.reject(new Error('not asked'));
  checks = (): Promise<never[]> => Promise.reject(new Error('not asked'));
  submit = (): Promise<void> => Promise.reject(new Error('not asked'));
  review = (): Promise<void> => Promise.reject(new Error('not asked'));
  next = (): Promise<null> => Promise.reject(new Error('not asked'));
}

class MemoryDrafts implements DraftStore {
  readonly kept = new Map<string, Draft>();
  full = false;

  async put(draft: Draft): Promise<void> {
    if (this.full) throw new DOMException('Full.', 'QuotaExceededError');
    this.kept.set(draft.base?.id ?? '', draft);
  }

  newest = async (): Promise<AnyDraft | null> => newestOf([...this.kept.values()]);

  async remove(place: DraftPlace): Promise<void> {
    this.kept.delete(('base' in place ? place.base?.id : place.parent) ?? '');
  }

  /** The map that the newest draft makes of its base. */
  labels(server: FakeServer): number[] {
    const draft = newestOf([...this.kept.values()]);
    const labels = server.stored.get(draft?.base?.id ?? '')?.slice() ?? new Uint8Array(8);
    if (draft) applyRuns(labels, draft.runs);
    return [...labels];
  }
}

const paint = (index: number, value = 1): VoxelChange => ({ indices: Uint32Array.of(index), values: Uint16Array.of(value) });

function scene(load?: (version: LabelVersion) => Promise<LabelArray>, session = new LabelSession([2, 2, 2], new Uint8Array(8))) {
  const server = new FakeServer();
  const drafts = new MemoryDrafts();
  const loadVersion = async (version: LabelVersion | null): Promise<LabelArray> => {
    const known = version && server.stored.get(version.id)?.slice();
    return known ?? (version && load ? load(version) : new Uint8Array(8));
  };
  const saver = new Autosaver({
    task, volume, base: versionOf('v0'), session, api: server, drafts, activeSeconds: () => 7, loadVersion,
  });
  return { session, server, drafts, saver };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('autosaver', () => {
  it('saves a moment after the last stroke what changed in the version it came from', async () => {
    const { session, server, saver } = scene();
    session.apply(paint(3), 'stroke');
    await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
    session.apply(paint(4), 'stroke');
    await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
    expect(server.saves.length).toBe(0);
    await vi.advanceTimersByTimeAsync(2);
    expect(server.saves).toEqual([{ parent: 'v0', labels: [0, 0, 0, 1, 1, 0, 0, 0], activeSeconds: 7, whole: false }]);
    expect(saver.state).toMatchObject({ phase: 'saved', parent: 'v1' });
  });

  it('does not wait for ever while someone goes on painting', async () => {
    const { session, server } = scene();
    for (let n = 0; n < 40; n++) {
      session.apply(paint(0, n + 1), 'stroke');
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(40 * 500).toBeGreaterThan(LONGEST_UNSAVED_MS);
    expect(server.saves.length).toBe(1);
  });

  it('never says saved of a map that has changed since it was sent', async () => {
    const { session, server, saver } = scene();
    let letGo = (): void => {};
    server.hold = new Promise((resolve) => (letGo = resolve));
    session.apply(paint(1), 'stroke');
    await vi.advanceTimersByTimeAsync(QUIET_MS + 1);
    expect(saver.state.phase).toBe('saving');
    session.apply(paint(2), 'stroke');
    letGo();
    await vi.advanceTimersByTimeAsync(1);
    expect(saver.state.phase).toBe('dirty');
    expect([...(server.saves[0]?.labels ?? [])]).toEqual([0, 1, 0, 0, 0, 0, 0, 0]);
    await vi.advanceTimersByTimeAsync(QUIET_MS + 1);
    expect(saver.state).toMatchObject({ phase: 'saved', parent: 'v2' });
    expect(server.saves[1]?.parent).toBe('v1');
  });

  it('keeps a draft while the server is away, tries again by itself, then drops the draft', async () => {
    const { session, server, drafts, saver } = scene();
    server.fault = new ServerAway('The server cannot be reached.');
    session.apply(paint(5), 'stroke');
    await vi.advanceTimersByTimeAsync(QUIET_MS + 300);
    expect(saver.state).toMatchObject({ phase: 'offline', attempts: 1 });
    expect(drafts.labels(server)).toEqual([0, 0, 0, 0, 0, 1, 0, 0]);
    server.fault = null;
    await vi.advanceTimersByTimeAsync(2100);
    expect(saver.state.phase).toBe('saved');
    expect(drafts.kept.size).toBe(0);
  });

  it('a refusal is said and not repeated; the draft stays', async () => {
    const { session, server, drafts, saver } = scene();
    server.fault = new RequestRefused(403, 'The task is closed.');
    session.apply(paint(5), 'stroke');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(saver.state).toMatchObject({ phase: 'error', message: 'The task is closed.' });
    expect(drafts.kept.size).toBe(1);
    server.fault = null;
    expect(await saver.flush()).toBe(true);
    expect(server.saves.length).toBe(1);
  });

  it('a save whose answer was lost is sent again as it was, so that it meets itself and not a conflict', async () => {
    const { session, server, drafts, saver } = scene();
    server.loseAnswer = true;
    session.apply(paint(1), 'stroke');
    await vi.advanceTimersByTimeAsync(QUIET_MS + 1);
    expect(saver.state.phase).toBe('offline');
    session.apply(paint(2), 'stroke');
    await vi.advanceTimersByTimeAsync(100);
    expect(drafts.labels(server)).toEqual([0, 1, 1, 0, 0, 0, 0, 0]);
    await vi.advanceTimersByTimeAsync(2100 + QUIET_MS);
    expect(saver.state).toMatchObject({ phase: 'saved', parent: 'v2' });
    expect(server.saves.map(({ parent, labels }) => [parent, labels])).toEqual([
      ['v0', [0, 1, 0, 0, 0, 0, 0, 0]],
      ['v1', [0, 1, 1, 0, 0, 0, 0, 0]],
    ]);
    expect(drafts.kept.size).toBe(0);
  });

  it('saves the whole map where the server wants no changes of this base', async () => {
    const { session, server, saver } = scene();
    server.refuseChanges = true;
    session.apply(paint(1), 'stroke');
    await vi.advanceTimersByTimeAsync(QUIET_MS + 1);
    expect(server.saves).toMatchObject([{ parent: 'v0', labels: [0, 1, 0, 0, 0, 0, 0, 0], whole: true }]);
    server.refuseChanges = false;
    session.undo();
    await vi.advanceTimersByTimeAsync(QUIET_MS + 1);
    expect(server.saves[1]).toMatchObject({ parent: 'v1', labels: [0, 0, 0, 0, 0, 0, 0, 0], whole: false });
    expect(saver.state.phase).toBe('saved');
  });

  it('writes a draft while a long stroke is still under way', async () => {
    const { session, server, drafts, saver } = scene();
    let painting = true;
    vi.spyOn(session, 'isPainting', 'get').mockImplementation(() => painting);
    session.apply(paint(4), 'part of a stroke');
    await vi.advanceTimersByTimeAsync(499);
    expect(drafts.kept.size).toBe(0);
    await vi.advanceTimersByTimeAsync(2);
    expect(drafts.labels(server)).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
    expect(isDrafted(saver.state)).toBe(true);
    painting = false;
    session.apply(paint(5), 'its end');
    expect(isDrafted(saver.state)).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(drafts.labels(server)).toEqual([0, 0, 0, 0, 1, 1, 0, 0]);
  });

  it('a full browser storage is said and stops no save', async () => {
    const { session, server, drafts, saver } = scene();
    drafts.full = true;
    server.fault = new ServerAway('The server cannot be reached.');
    session.apply(paint(5), 'stroke');
    await vi.advanceTimersByTimeAsync(QUIET_MS + 300);
    expect(saver.state).toMatchObject({ phase: 'offline', draftTrouble: 'its storage is full' });
    const words = saveWords(saver.state);
    expect(words.long).toContain('keeps no draft: its storage is full');
    expect(words.long).not.toContain('kept on this computer');
    drafts.full = false;
    server.fault = null;
    session.apply(paint(6), 'stroke');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(saver.state).toMatchObject({ phase: 'saved', draftTrouble: null });
  });

  it('a conflict waits for a person; both ways out', async () => {
    for (const choice of ['mine', 'theirs'] as const) {
      const { session, server, saver } = scene(async () => Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9));
      server.conflict = versionOf('theirs');
      server.head = versionOf('theirs');
      session.apply(paint(0), 'stroke');
      await vi.advanceTimersByTimeAsync(QUIET_MS + 1);
      expect(saver.state).toMatchObject({ phase: 'conflict', conflict: { mine: { id: 'v1' }, theirs: { id: 'theirs' } } });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(server.saves.length).toBe(1);
      if (choice === 'mine') {
        await saver.keepMine();
        expect(server.adopted).toEqual(['v1']);
        expect(session.labels[0]).toBe(1);
      } else {
        await saver.takeTheirs();
        expect(session.labels[0]).toBe(9);
        expect(saver.state.parent).toBe('theirs');
      }
      expect(saver.state).toMatchObject({ phase: 'saved', conflict: null });
    }
  });

  it('a merge adds their changes, ignores locks, can be undone, and goes on from their version', async () => {
    const { session, server, saver } = scene();
    server.stored.set('theirs', Uint8Array.of(0, 0, 0, 0, 0, 0, 2, 3));
    server.conflict = versionOf('theirs');
    session.setLocked(2, true);
    session.apply({ indices: Uint32Array.of(0, 7), values: Uint16Array.of(1, 1) }, 'stroke');
    await vi.advanceTimersByTimeAsync(QUIET_MS + 1);
    expect(await saver.difference()).toMatchObject({ clashes: 1, differing: Uint32Array.of(0, 6, 7) });
    server.conflict = null;
    server.head = versionOf('theirs');
    await saver.merge();
    expect([...session.labels]).toEqual([1, 0, 0, 0, 0, 0, 2, 1]);
    expect(saver.state).toMatchObject({ phase: 'dirty', conflict: null, parent: 'theirs' });
    await vi.advanceTimersByTimeAsync(QUIET_MS + 1);
    expect(server.saves.at(-1)).toMatchObject({ parent: 'theirs', labels: [1, 0, 0, 0, 0, 0, 2, 1], whole: false });
    session.undo();
    expect([...session.labels]).toEqual([1, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('a restored draft counts as unsaved and goes to the server', async () => {
    const session = new LabelSession([2, 2, 2], new Uint8Array(8));
    const runs = { starts: Uint32Array.of(0), lengths: Uint32Array.of(2), before: Uint16Array.of(0), after: Uint16Array.of(2) };
    const draft: Draft = { task, volume, tab: 'a tab that is gone', base: versionOf('gone'), runs, savedAtMs: 1 };
    // As a volume is opened: the strokes are back before there is a saver.
    session.restore(runs);
    const { server, saver, drafts } = scene(undefined, session);
    drafts.kept.set('gone', draft);
    saver.noteRestored(draft);
    expect(saver.state.phase).toBe('dirty');
    await vi.advanceTimersByTimeAsync(1);
    expect([...drafts.kept.keys()]).toEqual(['v0']);
    await vi.advanceTimersByTimeAsync(QUIET_MS + 1);
    expect(server.saves[0]?.labels).toEqual([2, 2, 0, 0, 0, 0, 0, 0]);
  });

  it('locking a label is no work to save, and a disposed saver is silent', async () => {
    const { session, server, saver, drafts } = scene();
    session.setLocked(1, true);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server.saves.length).toBe(0);
    session.apply(paint(0, 2), 'stroke');
    saver.dispose();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server.saves.length).toBe(0);
    expect(drafts.kept.size).toBe(1);
  });
});
