import type { LabelArray } from '../commands/labelGrid';
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
import type { LabelVersion, TaskId, VersionId, VolumeId } from '../state/task';
import type { DraftStore } from './draftStore';
import { RequestRefused, type LabelSaved, type TaskApi } from './taskApi';
import { sameLabels } from './voxels';

export interface AutosaverOptions {
  readonly task: TaskId;
  readonly volume: VolumeId;
  readonly parent: VersionId | null;
  readonly session: LabelSession;
  readonly api: TaskApi;
  readonly drafts: DraftStore;
  readonly activeSeconds: () => number;
  /** Reads a version's voxels, in the session's own type. */
  readonly loadVersion: (version: LabelVersion) => Promise<LabelArray>;
}

const DRAFT_DELAY_MS = 250;

/** Runs the autosave machine for one volume: clock, network and drafts around the pure reducer. */
export class Autosaver {
  private current: AutosaveState;
  private readonly listeners = new Set<() => void>();
  private readonly stopListening: () => void;
  private seenRevision: number;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private draftTimer: ReturnType<typeof setTimeout> | undefined;
  private draftQueue: Promise<void> = Promise.resolve();
  private underWay: Promise<void> | null = null;
  private disposed = false;

  constructor(private readonly options: AutosaverOptions) {
    this.current = initialAutosave(options.parent);
    this.seenRevision = options.session.revision;
    this.stopListening = options.session.subscribe((change) => {
      if (change === 'replaced') return;
      this.noteEdit();
    });
  }

  get state(): AutosaveState {
    return this.current;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Puts a draft's strokes back on screen; they count as unsaved. */
  restore(labels: LabelArray): void {
    this.options.session.replace(labels);
    this.noteEdit();
  }

  /** Saves what is unsaved; true once the server has everything that is on screen. */
  async flush(): Promise<boolean> {
    for (let tries = 0; tries < 3 && hasUnsavedWork(this.current); tries++) {
      await (this.underWay ?? Promise.resolve());
      if (hasUnsavedWork(this.current)) await this.save();
      if (this.current.phase !== 'dirty' && this.current.phase !== 'saving') break;
    }
    return !hasUnsavedWork(this.current) && this.current.conflict === null;
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
      const parent = this.current.parent;
      await api.saveLabels({ task, volume, parent, labels: session.labels.slice(), activeSeconds: this.options.activeSeconds() });
    }
    let head = await this.headOnServer();
    if (head === null || head.id === conflict.mine.id || head.parent === conflict.mine.id) {
      await api.adopt(task, conflict.theirs.id);
      head = conflict.theirs;
    }
    const labels = await this.options.loadVersion(head);
    const before = this.current.parent;
    session.replace(labels);
    this.seenRevision = session.revision;
    this.dispatch({ type: 'headTaken', head });
    this.queueDraft(() => this.removeDraft(before));
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.timer);
    if (this.draftTimer !== undefined) this.writeDraft();
    this.stopListening();
    this.listeners.clear();
  }

  private noteEdit(): void {
    const { session } = this.options;
    if (session.revision !== this.seenRevision) {
      this.seenRevision = session.revision;
      this.dispatch({ type: 'edited', atMs: Date.now() });
    }
    if (session.isPainting || !hasUnsavedWork(this.current)) return;
    clearTimeout(this.draftTimer);
    this.draftTimer = setTimeout(() => this.writeDraft(), DRAFT_DELAY_MS);
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
    const { api, task, volume, session } = this.options;
    const parent = this.current.parent;
    this.dispatch({ type: 'saveStarted' });
    const labels = session.labels.slice();
    try {
      const saved = await api.saveLabels({ task, volume, parent, labels, activeSeconds: this.options.activeSeconds() });
      if (saved.conflict && !(await this.isSameMap(saved, labels))) {
        this.dispatch({ type: 'saveConflicted', conflict: { mine: saved.version, theirs: saved.conflict } });
      } else {
        this.dispatch({ type: 'saveConfirmed', version: saved.version, atMs: Date.now() });
      }
      this.settleDrafts(parent);
    } catch (error) {
      const message = error instanceof Error ? error.message : 'The server is away.';
      if (error instanceof RequestRefused) this.dispatch({ type: 'saveRefused', message });
      else this.dispatch({ type: 'saveUnreachable', message, atMs: Date.now() });
    }
  }

  /**
   * The "other" version can be our own: the server had stored it, its answer was lost, and we (or the browser, unasked)
   * sent it again. Same voxels, so nobody needs to choose.
   */
  private async isSameMap({ version, conflict }: LabelSaved, sent: LabelArray): Promise<boolean> {
    if (!conflict) return false;
    const theirs = await this.options.loadVersion(conflict);
    if (!sameLabels(theirs, sent)) return false;
    await this.options.api.adopt(this.options.task, version.id);
    return true;
  }

  private async headOnServer(): Promise<LabelVersion | null> {
    const task = await this.options.api.task(this.options.task);
    return task.volumes.find((volume) => volume.id === this.options.volume)?.head ?? null;
  }

  private writeDraft(): void {
    clearTimeout(this.draftTimer);
    this.draftTimer = undefined;
    if (!hasUnsavedWork(this.current)) return;
    const { task, volume, session, drafts } = this.options;
    const { parent } = this.current;
    const labels = session.labels.slice();
    this.queueDraft(() => drafts.put({ task, volume, parent, labels, savedAtMs: Date.now() }));
  }

  /** The confirmed draft may go; what was painted since is written first, on the new version. */
  private settleDrafts(parentBefore: VersionId | null): void {
    if (hasUnsavedWork(this.current)) this.writeDraft();
    else clearTimeout(this.draftTimer);
    this.queueDraft(() => this.removeDraft(parentBefore));
  }

  private removeDraft(parent: VersionId | null): Promise<void> {
    const { drafts, task, volume } = this.options;
    return drafts.remove({ task, volume, parent });
  }

  private queueDraft(work: () => Promise<void>): void {
    this.draftQueue = this.draftQueue.then(work).catch((error: unknown) => {
      console.warn('Radicula: the draft on this computer could not be updated.', error);
    });
  }
}
