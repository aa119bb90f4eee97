import { describe, expect, it } from 'vitest';
import type { LabelVersion, TaskId, VolumeId } from '../state/task';
import { draftTrouble, IndexedDbDrafts, newestOf, type Draft } from './draftStore';

const runs = { starts: Uint32Array.of(1), lengths: Uint32Array.of(1), before: Uint16Array.of(0), after: Uint16Array.of(1) };
const draft = (base: string | null, savedAtMs: number, tab = 'tab'): Draft => ({
  task: 'task' as TaskId, volume: 'volume' as VolumeId, tab, base: base === null ? null : ({ id: base } as LabelVersion), runs, savedAtMs,
});

/** As much of IndexedDB as a put and a delete need, with connections that can be closed or refused from outside. */
class FakeIndexedDb {
  readonly rows = new Map<string, unknown>();
  readonly connections: { onversionchange: (() => void) | null; closed: boolean }[] = [];
  refuse = false;

  factory = (): IDBFactory => ({ open: () => this.open() }) as unknown as IDBFactory;

  private open(): object {
    const connection = {
      onversionchange: null, onclose: null, closed: false,
      close(): void {
        this.closed = true;
      },
      createObjectStore: () => {},
      transaction: () => {
        if (connection.closed) throw new DOMException('The connection is closed.', 'InvalidStateError');
        const transaction = { oncomplete: (): void => {}, error: null, objectStore: () => store };
        queueMicrotask(() => transaction.oncomplete());
        return transaction;
      },
    };
    const store = {
      put: (value: unknown, key: string[]) => ({ result: this.rows.set(key.join('/'), value) }),
      delete: (key: string[]) => ({ result: this.rows.delete(key.join('/')) }),
    };
    const request = { result: connection, error: new Error('Not allowed here.'), onsuccess: (): void => {}, onerror: (): void => {} };
    const refused = this.refuse;
    if (!refused) this.connections.push(connection);
    queueMicrotask(() => (refused ? request.onerror() : request.onsuccess()));
    return request;
  }
}

describe('drafts', () => {
  it('share one connection, keyed by task, volume, the version painted on and the tab', async () => {
    const fake = new FakeIndexedDb();
    const drafts = new IndexedDbDrafts(fake.factory);
    await Promise.all([drafts.put(draft(null, 1)), drafts.put(draft('v1', 2)), drafts.put(draft('v1', 3))]);
    expect([...fake.rows.keys()]).toEqual(['task/volume//tab', 'task/volume/v1/tab']);
    await drafts.remove(draft(null, 0));
    expect([...fake.rows.keys()]).toEqual(['task/volume/v1/tab']);
    expect(fake.connections.length).toBe(1);
  });

  it('open again after another tab made this one let go', async () => {
    const fake = new FakeIndexedDb();
    const drafts = new IndexedDbDrafts(fake.factory);
    await drafts.put(draft('v1', 1));
    fake.connections[0]?.onversionchange?.();
    await drafts.put(draft('v2', 2));
    expect(fake.rows.size).toBe(2);
    expect(fake.connections.length).toBe(2);
  });

  it('a refused opening is an error once, not for ever', async () => {
    const fake = new FakeIndexedDb();
    const drafts = new IndexedDbDrafts(fake.factory);
    fake.refuse = true;
    await expect(drafts.put(draft('v1', 1))).rejects.toThrow('Not allowed here.');
    fake.refuse = false;
    await drafts.put(draft('v1', 1));
    expect(fake.rows.size).toBe(1);
  });

  it('why there are none is said in words', () => {
    expect(draftTrouble(new DOMException('', 'QuotaExceededError'))).toContain('full');
    expect(draftTrouble(new Error('no'))).toContain('private window');
  });

  it('the newest wins', () => {
    expect(newestOf([draft('a', 1), draft('b', 3), draft('c', 2)])?.base?.id).toBe('b');
    expect(newestOf([])).toBeNull();
  });
});
