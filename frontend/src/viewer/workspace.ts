import { spacingMm } from '../geometry/affine';
import type { Ijk, Triple } from '../geometry/frames';
import { gridPlanes, type Convention, type PlaneName } from '../geometry/planes';
import type { SliceView } from '../geometry/sliceView';
import { voxelAt } from '../geometry/worldLink';
import type { LabelSession } from '../state/labelSession';
import type { ConflictChoice, ConflictDifference } from '../state/conflict';
import { holdsSeveral, type CellId } from '../state/layouts';
import type { AnatomyFinding, AnatomyOverride, IntensityRange, Task, TaskId, TaskVolume, Verdict, VersionId, VolumeId } from '../state/task';
import { createViewerStore, linkKey, type ViewerStore } from '../state/viewerStore';
import { createWorkspaceStore, type WorkspaceStore } from '../state/workspaceState';
import type { ToolContext } from '../tools/toolContext';
import { setLayout } from './layoutActions';
import { followDifference } from './compareLabels';
import { conflictDifference, resolveConflicts } from './conflicts';
import { ActivityClock } from './activityClock';
import { pageDrafts, type DraftStore } from './draftStore';
import { LatestRunner } from './latestRunner';
import { OperationRunner } from './operationRunner';
import { keepPreferences } from './preferences';
import { followPreviews } from './previews';
import { openFrame, openImage, openLabels, versionVoxels, type OpenVolume } from './openVolume';
import { hangCase, keepView } from './keepView';
import { goToFirstLabel } from './labelActions';
import { InteractiveWork } from './interactiveWork';
import { TaskMarks } from './taskMarks';
import { followProposal } from './proposals';
import { TaskInHand } from './taskInHand';
import { afterFirstSlice } from './firstSlice';
import { HttpTaskApi, type Progress, type TaskApi } from './taskApi';
import { warnBeforeUnload } from './leaving';
import { firstVolume, gridOf, Viewports } from './viewports';

/**
 * One opened task: its volumes in memory, their label sessions and savers, and the clock of active time.
 * React shows it and calls it; it knows nothing of React. `dispose` gives everything back.
 */
export class TaskWorkspace implements ToolContext {
  readonly store: ViewerStore = createViewerStore();
  readonly state: WorkspaceStore = createWorkspaceStore();
  readonly operations = new OperationRunner();
  readonly live = new LatestRunner();
  readonly viewports = new Viewports(this.store, this.state, (id) => this.opened(id));
  readonly marks: TaskMarks;
  readonly interactive = new InteractiveWork(this);
  private readonly volumes = new Map<VolumeId, OpenVolume>();
  private readonly opening = new Map<VolumeId, Promise<void>>();
  private readonly abort = new AbortController();
  /** The crosshair is where it was left in this task. */
  private placed = false;
  private readonly clock = new ActivityClock(this.abort.signal);
  private readonly inHand: TaskInHand;

  constructor(
    private readonly taskId: TaskId,
    private readonly api: TaskApi = new HttpTaskApi(),
    private readonly drafts: DraftStore = pageDrafts,
  ) {
    this.marks = new TaskMarks(this, taskId);
    this.inHand = new TaskInHand(api, this.state, this.abort.signal);
    warnBeforeUnload(this, this.abort.signal);
    const openShown = this.state.subscribe((now, before) => now.cells !== before.cells && this.openShown());
    for (const stop of [followPreviews(this), followProposal(this, this.api), this.viewports.follow(), followDifference(this), this.interactive.follow(), openShown]) {
      this.abort.signal.addEventListener('abort', stop, { once: true });
    }
  }

  opened(id: VolumeId): OpenVolume | null {
    return this.volumes.get(id) ?? null;
  }

  get current(): OpenVolume | null {
    const { shown } = this.state.getState();
    return shown === null ? null : (this.volumes.get(shown) ?? null);
  }

  /** The volume of the viewport that was used last. */
  get activeVolume(): OpenVolume | null {
    const cell = this.viewports.planeCell(this.store.getState().activeCell);
    return (cell && this.opened(cell.volume)) ?? this.current;
  }

  get window(): IntensityRange {
    return this.store.getState().window;
  }

  setWindow(window: IntensityRange): void {
    const { current } = this;
    if (current) this.viewports.setDisplay(current.volume, { window });
  }

  get markVolume(): VolumeId | null {
    return this.state.getState().shown;
  }

  /** What the tools may paint on: only an editable volume's session. */
  get session(): LabelSession | null {
    return this.current?.saver ? this.current.session : null;
  }

  get image(): ArrayLike<number> | null {
    return this.current?.image ?? null;
  }

  get spacingMm(): Triple | null {
    return this.current && spacingMm(this.current.affine);
  }

  get activeSeconds(): number {
    return this.clock.seconds;
  }

  async start(): Promise<void> {
    await this.guard(async () => {
      const { signal } = this.abort;
      afterFirstSlice(this.state, signal, () => this.loadBeside());
      const task = await this.inHand.read(this.taskId);
      const first = firstVolume(task);
      signal.addEventListener('abort', keepPreferences(this.store, task.study.slug), { once: true });
      this.store.setState({ activeLabel: task.labels[0]?.value ?? 1, tool: task.may.edit ? 'brush' : 'crosshair' });
      if (!first) throw new Error('This case has no volume to show.');
      const { volume, placed } = hangCase(this.store, task, first);
      this.placed = placed;
      signal.addEventListener('abort', keepView(this.store, () => this.inHand.known), { once: true });
      this.viewports.arrange();
      await this.load(volume);
    });
  }

  /**
   * Shows another volume of the case in the active viewport, or in all of them where the layout has one volume; the
   * crosshair stays at the same place in the patient.
   */
  async showVolume(id: VolumeId): Promise<void> {
    const { layout, activeCell } = this.store.getState();
    if (holdsSeveral(layout)) this.putVolume(activeCell, id);
    else await this.workOn(id);
  }

  /** Makes a volume the one that is worked on. */
  async workOn(id: VolumeId): Promise<void> {
    const { task, shown, stage } = this.state.getState();
    if (!task || shown === id || stage.kind !== 'ready') return;
    await this.guard(() => this.load(id));
  }

  /** Puts a volume into one viewport of a layout that shows several. */
  putVolume(cell: CellId, id: VolumeId): void {
    this.store.setState((state) => ({ cellVolumes: { ...this.pinned(), [cell]: id }, compared: null, activeCell: cell, maximised: state.maximised === cell ? cell : null }));
    void this.use(cell);
  }

  /** A volume let go over a viewport: shown there, beside what was shown before. */
  dropVolume(cell: CellId, id: VolumeId): void {
    const { layout } = this.store.getState();
    if (holdsSeveral(layout) || cell === 'a') void (holdsSeveral(layout) ? this.putVolume(cell, id) : this.workOn(id));
    else {
      this.store.setState({ layout: 'pair' });
      this.putVolume('b', id);
    }
  }

  /** A press in a viewport: its volume is worked on from now on, if it takes labels. */
  async use(cell: CellId): Promise<void> {
    this.store.setState({ activeCell: cell });
    const { task, shown } = this.state.getState();
    const volume = this.viewports.planeCell(cell)?.volume;
    if (!task || volume === undefined || volume === shown) return;
    if (!task.volumes.find(({ id }) => id === volume)?.labelled) return;
    this.store.setState({ cellVolumes: this.pinned() });
    const open = this.opened(volume);
    if (open?.session) this.take(open);
    else await this.workOn(volume);
  }

  /** Shows a label version beside the labels worked on; null ends the comparison. */
  async compareWith(version: VersionId | null): Promise<void> {
    this.store.setState({ compared: version, ...(version !== null && { layout: 'compare' as const }) });
    const { current } = this;
    if (!current || version === null || this.viewports.versions.has(version)) return;
    const known = this.state.getState().versions.find(({ id }) => id === version) ?? version;
    const labels = await versionVoxels(this.api, known, current.volume.shape, this.abort.signal).catch((error: unknown) => {
      this.complain(error, 'That label version could not be loaded.');
      return null;
    });
    if (!labels) return;
    this.viewports.versions.set(version, labels);
    this.announce();
  }

  /** Lays a volume over the others; null takes it away. */
  overlay(id: VolumeId | null): void {
    this.store.setState({ overlaid: id });
    this.openShown();
  }

  /** Another frame of a 4-D volume; its voxels take the place of the frame before. */
  async showFrame(volume: TaskVolume, frame: number): Promise<void> {
    const wanted = Math.min(Math.max(Math.round(frame), 0), volume.frames - 1);
    if ((this.store.getState().frames[volume.id] ?? 0) === wanted) return;
    this.store.setState(({ frames }) => ({ frames: { ...frames, [volume.id]: wanted } }));
    try {
      const image = await openFrame(this.api, volume, wanted, this.abort.signal);
      const open = this.volumes.get(volume.id);
      // The slider may have gone on: only the frame wanted last is shown.
      if (!open || this.store.getState().frames[volume.id] !== wanted) return;
      this.volumes.set(volume.id, { ...open, image });
      this.announce();
    } catch (error) {
      this.complain(error, `Frame ${wanted + 1} of ${volume.name} could not be loaded.`);
    }
  }

  setConvention(convention: Convention): void {
    for (const [id, open] of this.volumes) {
      this.volumes.set(id, { ...open, planes: gridPlanes(open.affine, open.volume.shape, convention) });
    }
    this.store.setState({ convention, sketch: null, growSeed: null });
    this.announce();
  }

  moveCursor(voxel: Ijk): void {
    const current = this.current;
    if (current) this.viewports.moveTo(current, voxel);
  }

  /** Steps a plane's slice; stops at the first and the last. */
  stepSlice(name: PlaneName, slices: number): void {
    const current = this.current;
    if (current) this.viewports.step(current, name, slices);
  }

  /** Moves the crosshair and brings it into view in every plane. */
  jumpTo(voxel: Ijk): void {
    this.moveCursor(voxel);
    this.viewports.revealCrosshair();
  }

  setView(plane: PlaneName, view: SliceView): void {
    const current = this.current;
    if (current) this.viewports.setView(current, plane, view);
  }

  retrySave(): void {
    this.volumes.forEach(({ saver }) => void saver?.flush());
  }

  async resolveConflict(choice: ConflictChoice): Promise<void> {
    await this.whileBusy('resolving', () => resolveConflicts(this.volumes.values(), choice));
  }

  conflictDifference(): Promise<ConflictDifference | null> {
    return conflictDifference(this.volumes.values());
  }

  /** What anatomy speaks against in the labels as they are now. */
  async checkAnatomy(): Promise<readonly AnatomyFinding[]> {
    const { task } = this.state.getState();
    if (!task) return [];
    await this.flushAll();
    return this.api.checks(task.id, this.abort.signal);
  }

  private async flushAll(): Promise<void> {
    const flushed = await Promise.all([...this.volumes.values()].map(({ saver }) => saver?.flush() ?? true));
    if (!(await this.marks.flush())) throw new Error('Not submitted: a mark is not on the server yet.');
    if (flushed.includes(false)) throw new Error('Not submitted: your last strokes are not on the server yet.');
  }

  /** Hands the task in once the server has confirmed every stroke; null where it did not come to that. */
  async submit(comment: string, overrides: readonly AnatomyOverride[]): Promise<{ next: TaskId | null } | null> {
    const { task } = this.state.getState();
    if (!task) return null;
    return this.whileBusy('submitting', async () => {
      await this.flushAll();
      await this.api.submit(task.id, this.activeSeconds, comment, overrides);
      return { next: await this.api.next(task.study.slug).catch(() => null) };
    });
  }

  async review(verdict: Verdict, comment: string): Promise<boolean> {
    const { task } = this.state.getState();
    if (!task) return false;
    const voxel = verdict === 'returned' ? [...this.store.getState().cursor] : null;
    const done = await this.whileBusy('reviewing', async () => {
      await this.api.review(task.id, verdict, comment, voxel && this.current && { volume: this.current.volume.id, ijk: voxel });
      await this.marks.load();
      await this.inHand.read(task.id);
      const text = verdict === 'accepted' ? 'Accepted.' : 'Returned to the annotator with your comment.';
      this.store.setState({ notice: { text, tone: 'info' } });
      return true;
    });
    return done ?? false;
  }

  dispose(): void {
    this.abort.abort();
    this.marks.dispose();
    this.volumes.forEach(({ saver }) => {
      // Leaving within the app: what is unsaved goes on its way; the draft stays until the server has it.
      if (saver) void saver.flush().finally(() => saver.dispose());
    });
    this.operations.dispose();
    this.live.dispose();
  }

  /** What is beside the images: marks, maps, and what the engine offers. */
  private loadBeside(): void {
    void this.marks.open();
    void this.inHand.addMaps();
    void this.interactive.load();
  }

  /** The image at once; the labels when it is known which are the newest. */
  private async load(id: VolumeId): Promise<void> {
    const volume = this.state.getState().task?.volumes.find((candidate) => candidate.id === id);
    if (!volume) throw new Error('This task has no such volume.');
    const { signal } = this.abort;
    const first = this.current === null;
    await this.opening.get(id);
    if (!this.volumes.has(id)) {
      this.state.setState({ stage: { kind: 'image', fraction: 0 } });
      await this.open(volume, (fraction) => {
        this.state.setState({ stage: { kind: 'image', fraction } });
        // A scan that is long on its way leaves the server time for this; of a short one it would hold the first slice up.
        this.inHand.begin().catch(() => {});
      });
    }
    const open = this.volumes.get(id);
    if (!open) throw new Error('This volume could not be opened.');
    signal.throwIfAborted();
    this.state.setState({ stage: { kind: 'labels' } });
    this.take(open);
    const { cursor } = this.store.getState();
    const task = await this.inHand.begin();
    signal.throwIfAborted();
    if (!open.session) {
      const labelled = await this.addLabels(task, { ...open, volume: task.volumes.find((known) => known.id === id) ?? volume });
      if (first && !this.placed && this.store.getState().cursor === cursor) goToFirstLabel(this, task, labelled);
    }
    this.state.setState({ stage: { kind: 'ready' } });
    void this.listVersions(id);
  }

  /** The tools work on this volume from now on. */
  private take(open: OpenVolume): void {
    const { id } = open.volume;
    const state = this.store.getState();
    const { window } = this.viewports.displayOf(open.volume);
    const place = this.viewports.placeOf(open);
    this.store.setState({
      volume: id,
      cursor: voxelAt(gridOf(open), place),
      // A middle that nobody chose is one volume's own: from here on it is the place of all that are linked.
      places: { ...state.places, [linkKey(state, id)]: place },
      window,
      brushRange: null,
      hover: null,
      sketch: null,
      growSeed: null,
      growTolerance: null,
      compared: null,
    });
    this.state.setState({ shown: id });
    this.viewports.arrange();
    this.announce();
    this.openShown();
  }

  /** Voxels of a volume into memory, once. */
  private async open(volume: TaskVolume, onProgress: Progress): Promise<void> {
    const opening = openImage(this.api, volume, this.store.getState().convention, onProgress, this.abort.signal).then((open) => {
      this.volumes.set(volume.id, open);
    });
    this.opening.set(volume.id, opening);
    await opening.finally(() => this.opening.delete(volume.id));
  }

  private async addLabels(task: Task, open: OpenVolume): Promise<OpenVolume> {
    const { signal } = this.abort;
    const source = { api: this.api, drafts: this.drafts, task, signal, activeSeconds: () => this.activeSeconds };
    const labelled = await openLabels(open, source);
    this.adopt(open.volume.id, { ...labelled, planes: this.volumes.get(open.volume.id)?.planes ?? labelled.planes });
    return labelled;
  }

  /** Opens what the layout shows beside the volume worked on. */
  private openShown(): void {
    const { task, shown: current } = this.state.getState();
    // What is worked on comes first; the others follow when it is there.
    if (!task || current === null) return;
    const shown = this.viewports.shownVolumes();
    for (const id of shown) {
      const volume = task.volumes.find((candidate) => candidate.id === id);
      if (volume && !this.volumes.has(id) && !this.opening.has(id)) void this.openBeside(task, volume);
    }
  }

  private async openBeside(task: Task, volume: TaskVolume): Promise<void> {
    try {
      await this.open(volume, () => {});
      this.announce();
      const open = this.volumes.get(volume.id);
      if (open && !open.session) await this.addLabels(task, open);
      this.announce();
    } catch (error) {
      this.complain(error, `The volume ${volume.name} could not be loaded.`);
    }
  }

  private async listVersions(id: VolumeId): Promise<void> {
    // Only what "compare" offers depends on it; the viewer works without.
    const versions = await this.api.versions(id).catch(() => []);
    if (this.state.getState().shown !== id) return;
    this.state.setState({ versions });
    const { layout, compared } = this.store.getState();
    if (layout === 'compare' && compared === null) setLayout(this, 'compare');
  }

  private announce(): void {
    this.state.setState(({ arrivals }) => ({ arrivals: arrivals + 1 }));
  }

  private complain(error: unknown, otherwise: string): void {
    if (this.abort.signal.aborted) return;
    const text = error instanceof Error ? error.message : otherwise;
    this.store.setState({ notice: { text, tone: 'error' } });
  }

  /** The volumes in the cells as they are now, so that another volume worked on changes none of them. */
  private pinned(): Partial<Record<CellId, VolumeId>> {
    const { cells } = this.state.getState();
    const planes = cells.flatMap((cell) => (cell.kind === 'plane' ? [[cell.id, cell.volume] as const] : []));
    return holdsSeveral(this.store.getState().layout) ? Object.fromEntries(planes) : {};
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
}
