import { labelCentre } from '../commands/labelCentre';
import { indexToRas, rasToIndex, spacingMm } from '../geometry/affine';
import { centreOf, clampToShape, roundIjk, withAxis, type Ijk, type Triple } from '../geometry/frames';
import { PLANE_NAMES, preferredPlane, type PlaneName } from '../geometry/planes';
import { reveal, type SliceView } from '../geometry/sliceView';
import { noteActivity, startActiveTime, tickActiveTime } from '../state/activeTime';
import type { LabelSession } from '../state/labelSession';
import { isOpenForWork, type Task, type TaskId, type Verdict, type VolumeId } from '../state/task';
import { createViewerStore, type ViewerStore } from '../state/viewerStore';
import { anyUnsaved, createWorkspaceStore, type WorkspaceStore } from '../state/workspaceState';
import { followGrow } from '../tools/growGesture';
import type { PlaneSurface, ToolContext } from '../tools/toolContext';
import { pageDrafts, type DraftStore } from './draftStore';
import { OperationRunner } from './operationRunner';
import { keepPreferences } from './preferences';
import { openImage, openLabels, type OpenVolume } from './openVolume';
import { ImageRenderer } from './render/imageRenderer';
import { HttpTaskApi, type TaskApi } from './taskApi';

/**
 * One opened task: its volumes in memory, their label sessions and savers, the renderer, and the clock of active time.
 * React shows it and calls it; it knows nothing of React. `dispose` gives everything back.
 */
export class TaskWorkspace implements ToolContext {
  readonly store: ViewerStore = createViewerStore();
  readonly state: WorkspaceStore = createWorkspaceStore();
  readonly renderer = new ImageRenderer();
  readonly operations = new OperationRunner();
  /** Viewports by plane, for who needs to know what is on screen. */
  readonly surfaces = new Map<PlaneName, () => PlaneSurface | null>();
  readonly frames = new Map<PlaneName, HTMLElement>();
  private readonly volumes = new Map<VolumeId, OpenVolume>();
  private readonly abort = new AbortController();
  private active = startActiveTime(Date.now());
  private cursors = new Map<VolumeId, Ijk>();

  constructor(
    private readonly taskId: TaskId,
    private readonly api: TaskApi = new HttpTaskApi(),
    private readonly drafts: DraftStore = pageDrafts,
  ) {
    this.watchActivity();
    this.abort.signal.addEventListener('abort', followGrow(this), { once: true });
  }

  get current(): OpenVolume | null {
    const { shown } = this.state.getState();
    return shown === null ? null : (this.volumes.get(shown) ?? null);
  }

  /** What the tools may paint on: only an editable volume's session. */
  get session(): LabelSession | null {
    const current = this.current;
    return current?.saver ? current.session : null;
  }

  get image(): ArrayLike<number> | null {
    return this.current?.image ?? null;
  }

  get spacingMm(): Triple | null {
    const affine = this.current?.affine;
    return affine ? spacingMm(affine) : null;
  }

  get activeSeconds(): number {
    this.tick();
    return this.active.seconds;
  }

  async start(): Promise<void> {
    await this.guard(async () => {
      const signal = this.abort.signal;
      let task = await this.api.task(this.taskId, signal);
      if (isOpenForWork(task)) task = await this.api.open(this.taskId, signal);
      const first = task.volumes.find((volume) => volume.labelled) ?? task.volumes[0];
      this.state.setState({ task });
      signal.throwIfAborted();
      signal.addEventListener('abort', keepPreferences(this.store, task.study.slug), { once: true });
      this.store.setState({ activeLabel: task.labels[0]?.value ?? 1, tool: task.may.edit ? 'brush' : 'crosshair' });
      if (!first) throw new Error('This case has no volume to show.');
      await this.load(task, first.id);
    });
  }

  /** Shows another volume of the case; the crosshair stays at the same place in the patient. */
  async showVolume(id: VolumeId): Promise<void> {
    const { task, shown, stage } = this.state.getState();
    if (!task || shown === id || stage.kind !== 'ready') return;
    await this.guard(() => this.load(task, id));
  }

  moveCursor(voxel: Ijk): void {
    const current = this.current;
    if (current) this.store.setState({ cursor: clampToShape(voxel, current.volume.shape) });
  }

  /** Steps a plane's slice; stops at the first and the last. */
  stepSlice(name: PlaneName, slices: number): void {
    const plane = this.current?.planes[name];
    const { cursor } = this.store.getState();
    if (plane) this.moveCursor(withAxis(cursor, plane.sliceAxis, cursor[plane.sliceAxis] + slices));
  }

  /** Moves the crosshair and brings it into view in every plane. */
  jumpTo(voxel: Ijk): void {
    const current = this.current;
    if (!current) return;
    this.moveCursor(voxel);
    const { cursor } = this.store.getState();
    for (const name of PLANE_NAMES) {
      const surface = this.surfaces.get(name)?.();
      if (!surface) continue;
      const { plane, view, size } = surface;
      const revealed = reveal(plane, view, size, { x: cursor[plane.x.axis], y: cursor[plane.y.axis] });
      if (revealed !== view) this.setView(name, revealed);
    }
  }

  setView(plane: PlaneName, view: SliceView): void {
    this.store.setState(({ views }) => ({ views: { ...views, [plane]: view } }));
  }

  retrySave(): void {
    this.volumes.forEach(({ saver }) => void saver?.flush());
  }

  async resolveConflict(choice: 'mine' | 'theirs'): Promise<void> {
    await this.whileBusy('resolving', async () => {
      for (const { saver } of this.volumes.values()) {
        if (!saver?.state.conflict) continue;
        await (choice === 'mine' ? saver.keepMine() : saver.takeTheirs());
      }
    });
  }

  /** Hands the task in once the server has confirmed every stroke; null where it did not come to that. */
  async submit(comment: string): Promise<{ next: TaskId | null } | null> {
    const { task } = this.state.getState();
    if (!task) return null;
    return this.whileBusy('submitting', async () => {
      const flushed = await Promise.all([...this.volumes.values()].map(({ saver }) => saver?.flush() ?? true));
      if (flushed.includes(false)) throw new Error('Not submitted: your last strokes are not on the server yet.');
      await this.api.submit(task.id, this.activeSeconds, comment);
      return { next: await this.api.next(task.study.slug).catch(() => null) };
    });
  }

  async review(verdict: Verdict, comment: string): Promise<boolean> {
    const { task } = this.state.getState();
    if (!task) return false;
    const voxel = verdict === 'returned' ? [...this.store.getState().cursor] : null;
    const done = await this.whileBusy('reviewing', async () => {
      await this.api.review(task.id, verdict, comment, voxel);
      this.state.setState({ task: await this.api.task(task.id, this.abort.signal) });
      const text = verdict === 'accepted' ? 'Accepted.' : 'Returned to the annotator with your comment.';
      this.store.setState({ notice: { text, tone: 'info' } });
      return true;
    });
    return done ?? false;
  }

  dispose(): void {
    this.abort.abort();
    this.volumes.forEach(({ saver }) => {
      // Leaving within the app: what is unsaved goes on its way; the draft stays until the server has it.
      if (saver) void saver.flush().finally(() => saver.dispose());
    });
    this.operations.dispose();
    this.renderer.dispose();
  }

  private async load(task: Task, id: VolumeId): Promise<void> {
    const volume = task.volumes.find((candidate) => candidate.id === id);
    if (!volume) throw new Error('This task has no such volume.');
    this.rememberCursor();
    const signal = this.abort.signal;
    let open = this.volumes.get(id);
    if (!open) {
      this.state.setState({ stage: { kind: 'image', fraction: 0 } });
      const onProgress = (fraction: number): void => this.state.setState({ stage: { kind: 'image', fraction } });
      open = await openImage(this.api, volume, onProgress, signal);
      this.volumes.set(id, open);
    }
    await this.renderer.setVolume(id, {
      shape: volume.shape,
      affine: open.affine,
      voxels: open.image,
      window: volume.window,
    });
    signal.throwIfAborted();
    const cursor = this.cursorFor(open);
    if (this.current === null) this.store.setState({ mainPlane: preferredPlane(open.planes) });
    this.store.setState({ volume: id, cursor, window: volume.window, brushRange: null, views: {}, hover: null, sketch: null, growSeed: null, growTolerance: null });
    this.state.setState({ shown: id, stage: { kind: 'labels' } });
    if (!open.session) {
      const source = { api: this.api, drafts: this.drafts, task, signal, activeSeconds: () => this.activeSeconds };
      open = await openLabels(open, source);
      this.adopt(id, open);
      if (this.store.getState().cursor === cursor && this.volumes.size === 1) this.goToFirstLabel(task, open);
    }
    this.state.setState({ stage: { kind: 'ready' } });
  }

  private adopt(id: VolumeId, open: OpenVolume): void {
    if (this.abort.signal.aborted) {
      open.saver?.dispose();
      return;
    }
    this.volumes.set(id, open);
    const { saver } = open;
    if (!saver) return;
    const publish = (): void => this.state.setState(({ saves }) => ({ saves: { ...saves, [id]: saver.state } }));
    const stop = saver.subscribe(publish);
    this.abort.signal.addEventListener('abort', stop, { once: true });
    publish();
    if (open.restored) this.store.setState({ notice: { text: 'Restored your unsaved strokes.', tone: 'info' } });
  }

  /** Work begins at what is labelled already, unless someone has moved by then. */
  private goToFirstLabel(task: Task, { session, affine }: OpenVolume): void {
    const label = task.labels.find(({ value }) => (session?.count(value) ?? 0) > 0);
    if (!label || !session) return;
    const voxel = labelCentre(session.labels, session.shape, spacingMm(affine), label.value);
    if (voxel) this.jumpTo(voxel);
  }

  private rememberCursor(): void {
    const { shown } = this.state.getState();
    if (shown !== null) this.cursors.set(shown, this.store.getState().cursor);
  }

  /** The voxel at the place the crosshair was in the volume before, if that is inside; else where one was last. */
  private cursorFor(open: OpenVolume): Ijk {
    const before = this.current;
    if (before && before !== open) {
      const place = roundIjk(rasToIndex(open.affine, indexToRas(before.affine, this.store.getState().cursor)));
      const clamped = clampToShape(place, open.volume.shape);
      if (clamped.every((index, axis) => index === place[axis])) return clamped;
    }
    return this.cursors.get(open.volume.id) ?? centreOf(open.volume.shape);
  }

  private async guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.abort.signal.aborted) return;
      const message = error instanceof Error ? error.message : 'The task could not be opened.';
      this.state.setState({ stage: { kind: 'failed', message } });
    }
  }

  private async whileBusy<T>(busy: 'submitting' | 'reviewing' | 'resolving', work: () => Promise<T>): Promise<T | null> {
    if (this.state.getState().busy) return null;
    this.state.setState({ busy });
    try {
      return await work();
    } catch (error) {
      const text = error instanceof Error ? error.message : 'That did not work.';
      this.store.setState({ notice: { text, tone: 'error' } });
      return null;
    } finally {
      this.state.setState({ busy: null });
    }
  }

  private tick(): void {
    this.active = tickActiveTime(this.active, Date.now(), document.visibilityState === 'visible');
  }

  private watchActivity(): void {
    const { signal } = this.abort;
    const note = (): void => {
      this.active = noteActivity(this.active, Date.now());
    };
    for (const type of ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const) {
      window.addEventListener(type, note, { signal, passive: true });
    }
    document.addEventListener('visibilitychange', () => this.tick(), { signal });
    const clock = setInterval(() => this.tick(), 1000);
    signal.addEventListener('abort', () => clearInterval(clock), { once: true });
    const warn = (event: BeforeUnloadEvent): void => {
      if (anyUnsaved(this.state.getState().saves)) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn, { signal });
  }
}
