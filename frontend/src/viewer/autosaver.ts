import type { KeptBlocks } from '../commands/changeTracker';
import type { LabelArray } from '../commands/labelGrid';
import { MOST_RUNS, runBytes, type LabelRuns } from '../commands/labelRuns';
import { compareMaps, type MapDifference } from '../operations/compareMaps';
import {
  autosave,
  hasUnsavedWork,
  initialAutosave,
  maySave,
  nextSaveMs,
  type AutosaveEvent,
  type AutosaveState,
} from '../state/autosave';
import type { LabelSession } from '../state/labelSession';
import type { LabelVersion, TaskId, VolumeId } from '../state/task';
import { draftTrouble, type AnyDraft, type DraftStore } from './draftStore';
import { RequestRefused, type LabelSaved, type TaskApi } from './taskApi';
import { THIS_TAB } from './tabIdentity';

export interface AutosaverOptions {
  readonly task: TaskId;
  readonly volume: VolumeId;
  /** The version that the session's array holds; null for the empty map. */
  readonly base: LabelVersion | null;
  readonly session: LabelSession;
  readonly api: TaskApi;
  readonly drafts: DraftStore;
  readonly activeSeconds: () => number;
  /** Reads a version's voxels, in the session's own type. */
  readonly loadVersion: (version: LabelVersion | null) => Promise<LabelArray>;
}

/** Something sent whose answer was lost: it is sent again as it was, so that the server knows it if it has it already. */
interface Unanswered {
  readonly revision: number;
  readonly sealed: KeptBlocks;
  readonly runs: LabelRuns;
}

/** How long a stroke under way may be missing from the draft. */
const MID_STROKE_MS = 500;

const NO_LOCKS: ReadonlySet<number> = new Set();

/** Runs the autosave machine for one volume: clock, network and drafts around the pure reducer. */
export class Autosaver {
  private current: AutosaveState;
  private base: LabelVersion | null;
  private unanswered: Unanswered | null = null;
  private readonly listeners = new Set<() => void>();
  private readonly stopListening: () => void;
  private readonly hidden = new AbortController();
  private seenRevision: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private draftTimer: ReturnType<typeof setTimeout> | undefined;
  private draftDueMs = Infinity;
  private draftQueue: Promise<void> = Promise.resolve();
  private draftWaits = false;
  private underWay: Promise<void> | null = null;
  private disposed = false;

  constructor(private readonly options: AutosaverOptions) {
    this.base = options.base;
    this.current = initialAutosave(options.base?.id ?? null);
    this.seenRevision = options.session.revision;
    this.stopListening = options.session.subscribe((change) => {
      if (change !== 'replaced' && change !== 'locks') this.noteEdit();
    });
    // A page that is hidden may never be shown again: what waits for its moment is written now.
    if (typeof window !== 'undefined') {
      const { signal } = this.hidden;
      for (const type of ['pagehide', 'visibilitychange']) window.addEventListener(type, () => this.draftNow(), { signal });
    }
  }

  get state(): AutosaveState {
    return this.current;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Counts what the session restored from a draft as unsaved. That draft goes once the work has one of its own. */
  noteRestored(from: AnyDraft): void {
    this.seenRevision = this.options.session.revision;
    this.dispatch({ type: 'edited', atMs: Date.now() });
    this.draftNow();
    const isOwn = 'tab' in from && from.tab === THIS_TAB && from.base?.id === this.base?.id;
    if (isOwn) return;
    this.queue(async () => {
      if (this.current.draftTrouble === null) await this.options.drafts.remove(from).catch(() => {});
    });
  }

  /** Says that this browser keeps no drafts. */
  noteNoDrafts(error: unknown): void {
    this.dispatch({ type: 'draftFailed', reason: draftTrouble(error) });
  }

  /** Saves what is unsaved; true once the server has everything that is on screen. */
  async flush(): Promise<boolean> {
    for (let tries = 0; tries < 4 && hasUnsavedWork(this.current); tries++) {
      await (this.underWay ?? Promise.resolve());
      if (hasUnsavedWork(this.current)) await this.save();
      if (this.current.phase !== 'dirty' && this.current.phase !== 'saving') break;
    }
    return !hasUnsavedWork(this.current) && this.current.conflict === null;
  }

  /** How the two sides of a conflict differ; null where there is none. */
  async difference(): Promise<(MapDifference & { readonly theirs: LabelArray }) | null> {
    const { conflict } = this.current;
    if (!conflict) return null;
    const { loadVersion, session } = this.options;
    const [base, theirs] = await Promise.all([loadVersion(conflict.base), loadVersion(conflict.theirs)]);
    return { ...compareMaps(base, session.labels, theirs), theirs };
  }

  async keepMine(): Promise<void> {
    const { conflict } = this.current;
    if (!conflict) return;
    await this.options.api.adopt(this.options.task, conflict.mine.id);
    this.dispatch({ type: 'mineKept', atMs: Date.now() });
  }

  async takeTheirs(): Promise<void> {
    const { conflict } = this.current;
    if (!conflict) return;
    const { api, task, volume, session } = this.options;
    if (hasUnsavedWork(this.current)) {
      const { base } = this;
      await api.saveChanges({ task, volume, base, runs: session.changesSince(), activeSeconds: this.options.activeSeconds() });
    }
    let head = await this.headOnServer();
    if (head === null || head.id === conflict.mine.id || head.parent === conflict.mine.id) {
      await api.adopt(task, conflict.theirs.id);
      head = conflict.theirs;
    }
    const labels = await this.options.loadVersion(head);
    const before = this.base;
    session.replace(labels);
    this.seenRevision = session.revision;
    this.base = head;
    this.dispatch({ type: 'headTaken', head });
    this.removeDraft(before);
  }

  /** Adds their changes to mine, as one step that can be undone, and goes on from their version. */
  async merge(): Promise<void> {
    const { conflict } = this.current;
    const found = await this.difference();
    if (!conflict || !found) return;
    const { session } = this.options;
    const before = this.base;
    // Locks are for tools: a merge that left out their locked labels would undo their work.
    session.apply(found.merge, `Merge with version ${conflict.theirs.number}`, NO_LOCKS);
    session.rebaseChanges(found.theirs);
    this.base = conflict.theirs;
    this.dispatch({ type: 'merged', parent: conflict.theirs.id, atMs: Date.now() });
    this.draftNow();
    this.removeDraft(before);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    if (this.draftTimer !== undefined) this.draftNow();
    this.hidden.abort();
    this.stopListening();
    this.listeners.clear();
  }

  private noteEdit(): void {
    const { session } = this.options;
    if (session.revision !== this.seenRevision) {
      this.seenRevision = session.revision;
      this.dispatch({ type: 'edited', atMs: Date.now() });
    }
    if (hasUnsavedWork(this.current)) this.draftWithin(session.isPainting ? MID_STROKE_MS : 0);
  }

  private dispatch(event: AutosaveEvent): void {
    this.current = autosave(this.current, event);
    this.listeners.forEach((listener) => listener());
    clearTimeout(this.timer);
    const due = nextSaveMs(this.current);
    if (due !== null && !this.disposed) {
      this.timer = setTimeout(() => void this.save(), Math.max(0, due - Date.now()));
    }
  }

  async save(): Promise<void> {
    if (!maySave(this.current)) return this.underWay ?? undefined;
    const sending = this.send();
    this.underWay = sending;
    await sending;
    this.underWay = null;
  }

  private async send(): Promise<void> {
    const before = this.base;
    const sent = this.unanswered ?? this.seal();
    this.dispatch({ type: 'saveStarted', revision: sent.revision });
    try {
      const saved = await this.store(sent);
      this.unanswered = null;
      this.base = saved.version;
      if (saved.conflict) {
        this.dispatch({ type: 'saveConflicted', conflict: { base: before, mine: saved.version, theirs: saved.conflict } });
      } else {
        this.dispatch({ type: 'saveConfirmed', version: saved.version, atMs: Date.now() });
      }
      this.settleDrafts(before);
    } catch (error) {
      const message = error instanceof Error ? error.message : 'The server is away.';
      if (error instanceof RequestRefused) {
        this.unseal();
        this.dispatch({ type: 'saveRefused', message });
      } else this.dispatch({ type: 'saveUnreachable', message, atMs: Date.now() });
    }
  }

  private seal(): Unanswered {
    const { session } = this.options;
    const runs = session.changesSince();
    this.unanswered = { revision: this.current.revision, runs, sealed: session.sealChanges() };
    return this.unanswered;
  }

  private unseal(): void {
    if (this.unanswered) this.options.session.unsealChanges(this.unanswered.sealed);
    this.unanswered = null;
  }

  /** Sends what changed; the whole map where that would be shorter, or where the server wants no changes of this base. */
  private async store({ runs }: Unanswered): Promise<LabelSaved> {
    const { api, task, volume, session, activeSeconds } = this.options;
    const { base } = this;
    if (runs.starts.length <= MOST_RUNS && runBytes(runs) <= session.labels.byteLength + 64) {
      try {
        return await api.saveChanges({ task, volume, base, runs, activeSeconds: activeSeconds() });
      } catch (error) {
        if (!(error instanceof RequestRefused)) throw error;
      }
    }
    // The map as it is now, later strokes included: they count as unsaved until a save of their own, which is empty.
    this.unseal();
    this.unanswered = { ...this.seal(), revision: this.current.sending ?? this.current.revision };
    return api.saveLabels({ task, volume, parent: base?.id ?? null, labels: session.labels.slice(), activeSeconds: activeSeconds() });
  }

  private async headOnServer(): Promise<LabelVersion | null> {
    const task = await this.options.api.task(this.options.task);
    return task.volumes.find((volume) => volume.id === this.options.volume)?.head ?? null;
  }

  private draftWithin(ms: number): void {
    const due = Date.now() + ms;
    if (this.draftTimer !== undefined && this.draftDueMs <= due) return;
    clearTimeout(this.draftTimer);
    this.draftDueMs = due;
    this.draftTimer = setTimeout(() => this.draftNow(), ms);
  }

  private draftNow(): void {
    clearTimeout(this.draftTimer);
    this.draftTimer = undefined;
    if (this.draftWaits || !hasUnsavedWork(this.current)) return;
    this.draftWaits = true;
    this.queue(() => this.writeDraft());
  }

  /** Writes the draft as it is when its turn comes. */
  private async writeDraft(): Promise<void> {
    this.draftWaits = false;
    if (!hasUnsavedWork(this.current)) return;
    const { task, volume, session, drafts } = this.options;
    const { revision } = this.current;
    const runs = session.changesSince(this.unanswered?.sealed);
    try {
      await drafts.put({ task, volume, tab: THIS_TAB, base: this.base, runs, savedAtMs: Date.now() });
      this.dispatch({ type: 'drafted', revision });
    } catch (error) {
      this.dispatch({ type: 'draftFailed', reason: draftTrouble(error) });
    }
  }

  /** The confirmed draft may go; what was painted since is written first, on the new version. */
  private settleDrafts(before: LabelVersion | null): void {
    this.draftNow();
    if (!hasUnsavedWork(this.current) || before?.id !== this.base?.id) this.removeDraft(before);
  }

  private removeDraft(base: LabelVersion | null): void {
    const { drafts, task, volume } = this.options;
    this.queue(() => drafts.remove({ task, volume, tab: THIS_TAB, base }).catch(() => {}));
  }

  private queue(work: () => Promise<void>): void {
    this.draftQueue = this.draftQueue.then(work);
  }
}
