import type { LabelArray } from '../commands/labelGrid';
import type { TaskId, VersionId, VolumeId } from '../state/task';

/** Unsaved work on this computer, by the version it was painted on. */
export interface Draft {
  readonly task: TaskId;
  readonly volume: VolumeId;
  readonly parent: VersionId | null;
  readonly labels: LabelArray;
  readonly savedAtMs: number;
}

export type DraftKey = Pick<Draft, 'task' | 'volume' | 'parent'>;

export interface DraftStore {
  put(draft: Draft): Promise<void>;
  /** The newest draft of a volume, if there is one. */
  newest(task: TaskId, volume: VolumeId): Promise<Draft | null>;
  remove(key: DraftKey): Promise<void>;
}

const DATABASE = 'radicula';
const STORE = 'drafts';

const keyOf = ({ task, volume, parent }: DraftKey): [string, string, string] => [task, volume, parent ?? ''];

/** Drafts in IndexedDB: they outlive a closed tab, a crash and a restart. */
export class IndexedDbDrafts implements DraftStore {
  private database: Promise<IDBDatabase> | null = null;

  constructor(private readonly factory: () => IDBFactory = () => indexedDB) {}

  async put(draft: Draft): Promise<void> {
    await this.run('readwrite', (store) => store.put(draft, keyOf(draft)));
  }

  async newest(task: TaskId, volume: VolumeId): Promise<Draft | null> {
    const drafts = (await this.run('readonly', (store) =>
      store.getAll(IDBKeyRange.bound([task, volume, ''], [task, volume, '\uffff'])),
    )) as Draft[];
    return newestOf(drafts);
  }

  async remove(key: DraftKey): Promise<void> {
    await this.run('readwrite', (store) => store.delete(keyOf(key)));
  }

  private async run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const database = await this.open();
    return new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('The draft was not written.'));
    });
  }

  /** One connection, opened again when it was closed under us; a failure to open is tried anew the next time. */
  private open(): Promise<IDBDatabase> {
    const opening = (this.database ??= openDatabase(this.factory(), () => (this.database = null)));
    opening.catch(() => (this.database = null));
    return opening;
  }
}

/** The page's drafts: an open connection is never collected, so every task shares this one. */
export const pageDrafts = new IndexedDbDrafts();

export const newestOf = (drafts: readonly Draft[]): Draft | null =>
  drafts.reduce<Draft | null>((best, draft) => (best && best.savedAtMs >= draft.savedAtMs ? best : draft), null);

function openDatabase(factory: IDBFactory, onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => {
      const database = request.result;
      // Another tab with a newer version of the site must not wait for this one.
      database.onversionchange = () => {
        database.close();
        onClosed();
      };
      database.onclose = onClosed;
      resolve(database);
    };
    request.onerror = () => reject(request.error ?? new Error('This browser keeps no drafts.'));
  });
}
