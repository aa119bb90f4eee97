import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LabelArray } from '../commands/labelGrid';
import type { VoxelChange } from '../commands/voxelChange';
import { LONGEST_UNSAVED_MS, QUIET_MS } from '../state/autosave';
import { LabelSession } from '../state/labelSession';
import type { LabelVersion, Task, TaskId, VersionId, VolumeId } from '../state/task';
import { Autosaver } from './autosaver';
import { newestOf, type Draft, type DraftKey, type DraftStore } from './draftStore';
import { RequestRefused, ServerAway, type LabelSave, type LabelSaved, type TaskApi } from './taskApi';

const task = 'task' as TaskId;
const volume = 'volume' as VolumeId;

const versionOf = (id: string, parent: VersionId | null = null): LabelVersion => ({
  id: id as VersionId, number: 1, parent, created_at: '', author: 'ada', source: 'person', model_name: null,
  dtype: 'uint8', counts: {}, voxels_sha256: id, voxels_url: '', nifti_url: '',
});

/** A server that keeps what it is sent, and is away, refuses or is contradicted when told so. */
class FakeServer implements TaskApi {
  readonly saves: LabelSave[] = [];
  readonly adopted: VersionId[] = [];
  fault: Error | null = null;
  conflict: LabelVersion | null = null;
  head: LabelVersion | null = null;
  hold: Promise<void> = Promise.resolve();

  async saveLabels(save: LabelSave): Promise<LabelSaved> {
    await this.hold;
    if (this.fault) throw this.fault;
    this.saves.push(save);
    const version = versionOf(`v${this.saves.length}`, save.parent);
    return { version, conflict: this.conflict };
  }

  async adopt(_: TaskId, version: VersionId): Promise<void> {
    this.adopted.push(version);
  }

  async task(): Promise<Task> {
    return { volumes: [{ id: volume, head: this.head }] } as unknown as Task;
  }

  open = (): Promise<Task> => Promise.reject(new Error('not asked'));
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
    if (this.full) throw new Error('The disk is full.');
    this.kept.set(String(draft.parent), draft);
  }

  newest = async (): Promise<Draft | null> => newestOf([...this.kept.values()]);

  async remove({ parent }: DraftKey): Promise<void> {
    this.kept.delete(String(parent));
  }
}

const paint = (index: number, value = 1): VoxelChange => ({ indices: Uint32Array.of(index), values: Uint16Array.of(value) });

function scene(loadVersion: (version: LabelVersion) => Promise<LabelArray> = async () => new Uint8Array(8)) {
  const session = new LabelSession([2, 2, 2], new Uint8Array(8));
  const server = new FakeServer();
  const drafts = new MemoryDrafts();
  const saver = new Autosaver({
    task, volume, parent: 'v0' as VersionId, session, api: server, drafts, activeSeconds: () => 7, loadVersion,
  });
  return { session, server, drafts, saver };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('autosaver', () => {
  it('saves a moment after the last stroke, all of the map, on the version it came from', async () => {
    const { session, server, saver } = scene();
    session.apply(paint(3), 'stroke');
    await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
    session.apply(paint(4), 'stroke');
    await vi.advanceTimersByTimeAsync(QUIET_MS - 1);
    expect(server.saves.length).toBe(0);
    await vi.advanceTimersByTimeAsync(2);
    expect(server.saves.map(({ parent, labels, activeSeconds }) => ({ parent, labels: [...labels], activeSeconds }))).toEqual([
      { parent: 'v0', labels: [0, 0, 0, 1, 1, 0, 0, 0], activeSeconds: 7 },
    ]);
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
    expect([...((await drafts.newest())?.labels ?? [])]).toEqual([0, 0, 0, 0, 0, 1, 0, 0]);
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

  it('a full disk stops no save', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { session, server, drafts } = scene();
    drafts.full = true;
    session.apply(paint(5), 'stroke');
    await vi.advanceTimersByTimeAsync(QUIET_MS + 300);
    expect(server.saves.length).toBe(1);
    expect(warned).toHaveBeenCalled();
    warned.mockRestore();
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

  it('its own save come back as the "other" version is no conflict', async () => {
    const { session, server, saver } = scene(async () => Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
    server.conflict = versionOf('echo');
    session.apply(paint(0), 'stroke');
    await vi.advanceTimersByTimeAsync(QUIET_MS + 1);
    expect(saver.state).toMatchObject({ phase: 'saved', conflict: null });
    expect(server.adopted).toEqual(['v1']);
  });

  it('a restored draft counts as unsaved and goes to the server', async () => {
    const { session, server, saver } = scene();
    saver.restore(Uint8Array.of(2, 2, 0, 0, 0, 0, 0, 0));
    expect(saver.state.phase).toBe('dirty');
    await vi.advanceTimersByTimeAsync(QUIET_MS + 1);
    expect([...(server.saves[0]?.labels ?? [])]).toEqual([...session.labels]);
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
