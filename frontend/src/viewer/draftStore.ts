import type { LabelArray } from '../commands/labelGrid';
import type { LabelRuns } from '../commands/labelRuns';
import type { LabelVersion, TaskId, VersionId, VolumeId } from '../state/task';
import { KeptStore } from './keptStore';
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
  private readonly kept: KeptStore;

  constructor(
    factory: () => IDBFactory = () => indexedDB,
    private readonly tabs: typeof openTabs = openTabs,
  ) {
    this.kept = new KeptStore(DATABASE, STORE, factory);
  }

  async put(draft: Draft): Promise<void> {
    await this.kept.run('readwrite', (store) => store.put(draft, keyOf(draft)));
  }

  async newest(task: TaskId, volume: VolumeId): Promise<AnyDraft | null> {
    const drafts = (await this.kept.run('readonly', (store) =>
      store.getAll(IDBKeyRange.bound([task, volume, ''], [task, volume, '\uffff'])),
    )) as AnyDraft[];
    const owners = drafts.flatMap((draft) => ('tab' in draft && draft.tab !== THIS_TAB ? [draft.tab] : []));
    // Asking which tabs are open takes a while where there are no locks: only where another one left something.
    const open = owners.length > 0 ? await this.tabs(owners).catch(() => new Set<string>()) : new Set<string>();
    return newestOf(drafts.filter((draft) => !('tab' in draft && open.has(draft.tab))));
  }

  async remove(place: DraftPlace): Promise<void> {
    await this.kept.run('readwrite', (store) => store.delete(keyOf(place)));
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
