import type { LabelArray } from '../commands/labelGrid';
import type { LabelRuns } from '../commands/labelRuns';
import type { LabelVersion, TaskId, VersionId, VolumeId } from '../state/task';
import { openTabs, THIS_TAB } from './tabIdentity';

/** Unsaved work on this computer: what one tab changed in the version it painted on. */
export interface Draft {
  readonly task: TaskId;
  readonly volume: VolumeId;
  readonly tab: string;
  /** Null for the empty map. */
  readonly base: LabelVersion | null;
  readonly runs: LabelRuns;
  readonly savedAtMs: number;
}

/** As drafts were kept before: the whole map. Those that are still there are brought back too. */
export interface WholeDraft {
  readonly task: TaskId;
  readonly volume: VolumeId;
  readonly parent: VersionId | null;
  readonly labels: LabelArray;
  readonly savedAtMs: number;
}

export type AnyDraft = Draft | WholeDraft;

export interface DraftStore {
  put(draft: Draft): Promise<void>;
  /** The newest draft of a volume that no other open tab is at work on, if there is one. */
  newest(task: TaskId, volume: VolumeId): Promise<AnyDraft | null>;
  remove(draft: DraftPlace): Promise<void>;
}

export type DraftPlace = Pick<Draft, 'task' | 'volume' | 'tab' | 'base'> | Pick<WholeDraft, 'task' | 'volume' | 'parent'>;

const DATABASE = 'radicula';
const STORE = 'drafts';

const keyOf = (place: DraftPlace): string[] =>
  'tab' in place
    ? [place.task, place.volume, place.base?.id ?? '', place.tab]
    : [place.task, place.volume, place.parent ?? ''];

/** Drafts in IndexedDB: they outlive a closed tab, a crash and a restart. */
export class IndexedDbDrafts implements DraftStore {
  private database: Promise<IDBDatabase> | null = null;

  constructor(
    private readonly factory: () => IDBFactory = () => indexedDB,
    private readonly tabs: () => Promise<ReadonlySet<string>> = openTabs,
  ) {}

  async put(draft: Draft): Promise<void> {
    await this.run('readwrite', (store) => store.put(draft, keyOf(draft)));
  }

  async newest(task: TaskId, volume: VolumeId): Promise<AnyDraft | null> {
    const drafts = (await this.run('readonly', (store) =>
      store.getAll(IDBKeyRange.bound([task, volume, ''], [task, volume, '\uffff'])),
    )) as AnyDraft[];
    const open = await this.tabs().catch(() => new Set<string>());
    return newestOf(drafts.filter((draft) => !('tab' in draft) || draft.tab === THIS_TAB || !open.has(draft.tab)));
  }

  async remove(place: DraftPlace): Promise<void> {
    await this.run('readwrite', (store) => store.delete(keyOf(place)));
  }

  private async run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const database = await this.open();
    return new Promise<T>((resolve, reject) => {
      // Strict: a stroke is "kept" once it is on the disk, not when the browser means to write it some day.
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('The draft was not written.'));
    });
  }

  /** One connection, opened again when it was closed under us; a failure to open is tried anew the next time. */
  private open(): Promise<IDBDatabase> {
    const opening = (this.database ??= openDatabase(this.factory, () => (this.database = null)));
    opening.catch(() => (this.database = null));
    return opening;
  }
}

/** The page's drafts: an open connection is never collected, so every task shares this one. */
export const pageDrafts = new IndexedDbDrafts();

export const newestOf = <Kind extends { readonly savedAtMs: number }>(drafts: readonly Kind[]): Kind | null =>
  drafts.reduce<Kind | null>((best, draft) => (best && best.savedAtMs >= draft.savedAtMs ? best : draft), null);

/** Why this browser keeps no drafts, for a person. */
export function draftTrouble(error: unknown): string {
  if (error instanceof DOMException && error.name === 'QuotaExceededError') return 'its storage is full';
  return 'its storage cannot be used (a private window, or a setting?)';
}

function openDatabase(factory: () => IDBFactory, onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory().open(DATABASE, 1);
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
