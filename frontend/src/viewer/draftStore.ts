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

  async put(draft: Draft): Promise<void> {
    await this.run('readwrite', (store) => store.put(draft, keyOf(draft)));
  }

  async newest(task: TaskId, volume: VolumeId): Promise<Draft | null> {
    const range = IDBKeyRange.bound([task, volume, ''], [task, volume, '\uffff']);
    const drafts = (await this.run('readonly', (store) => store.getAll(range))) as Draft[];
    return drafts.reduce<Draft | null>((best, draft) => (best && best.savedAtMs >= draft.savedAtMs ? best : draft), null);
  }

  async remove(key: DraftKey): Promise<void> {
    await this.run('readwrite', (store) => store.delete(keyOf(key)));
  }

  private async run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    this.database ??= openDatabase();
    const database = await this.database;
    return new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('The draft was not written.'));
    });
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => {
      // Another tab with a newer version of the site must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error('This browser keeps no drafts.'));
  });
}
