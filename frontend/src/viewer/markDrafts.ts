import type { Mark } from '../state/marks';
import type { TaskId } from '../state/task';
import { KeptStore } from './keptStore';
import { openTabs, THIS_TAB } from './tabIdentity';

/** A mark that the server does not have yet; null where it was deleted. */
export interface MarkDraft {
  readonly task: TaskId;
  readonly id: string;
  readonly mark: Mark | null;
  readonly tab: string;
}

/** Marks on their way to the server, kept where they outlive a closed tab, a crash and a loss of network. */
export interface MarkDrafts {
  put(draft: MarkDraft): Promise<void>;
  /** What is left of a task from tabs that are gone. */
  left(task: TaskId): Promise<readonly MarkDraft[]>;
  remove(draft: Pick<MarkDraft, 'task' | 'id' | 'tab'>): Promise<void>;
}

const DATABASE = 'radicula-marks';
const STORE = 'drafts';

const keyOf = ({ task, id, tab }: Pick<MarkDraft, 'task' | 'id' | 'tab'>): string[] => [task, id, tab];

/** Mark drafts in IndexedDB. */
export class IndexedDbMarkDrafts implements MarkDrafts {
  private readonly kept: KeptStore;

  constructor(
    factory: () => IDBFactory = () => indexedDB,
    private readonly tabs: typeof openTabs = openTabs,
  ) {
    this.kept = new KeptStore(DATABASE, STORE, factory);
  }

  async put(draft: MarkDraft): Promise<void> {
    await this.kept.run('readwrite', (store) => store.put(draft, keyOf(draft)));
  }

  async left(task: TaskId): Promise<readonly MarkDraft[]> {
    // In the order of keys an array comes after every string.
    const ofTask = IDBKeyRange.bound([task], [task, []]);
    const drafts = (await this.kept.run('readonly', (store) => store.getAll(ofTask))) as MarkDraft[];
    const foreign = drafts.filter(({ tab }) => tab !== THIS_TAB);
    if (foreign.length === 0) return [];
    const open = await this.tabs(foreign.map(({ tab }) => tab)).catch(() => new Set<string>());
    return foreign.filter(({ tab }) => !open.has(tab));
  }

  async remove(draft: Pick<MarkDraft, 'task' | 'id' | 'tab'>): Promise<void> {
    await this.kept.run('readwrite', (store) => store.delete(keyOf(draft)));
  }
}

/** The page's own: one connection for all tasks. */
export const pageMarkDrafts = new IndexedDbMarkDrafts();
