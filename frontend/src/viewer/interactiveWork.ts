import { ProblemError } from '../api/problem';
import { indexAlong } from '../commands/labelGrid';
import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import { ruledValue } from '../commands/voxelRule';
import { Region, runsOfVoxels } from '../operations/regionRuns';
import { createInteractiveStore, isInteractiveTool, marksOf, methodOf, type HintStroke, type InteractiveBoard, type InteractiveMethod } from '../state/interactive';
import type { PendingOperation } from '../state/sketch';
import type { TaskId, VolumeId } from '../state/task';
import { interactiveApi, type SentMarks } from './interactiveApi';
import type { TaskWorkspace } from './workspace';

const COLOURS = { 1: '#2dd4bf', 2: '#fb7185' } as const;
const SETTINGS = ['solid', 'marginMm', 'smoothness'] as const;

/**
 * Marks of a task under way: sent after each stroke, answered with a region, which is shown as a preview like any other
 * operation's: Enter writes it as one step, Escape drops it with its marks.
 */
export class InteractiveWork implements InteractiveBoard {
  readonly store = createInteractiveStore();
  private session: { readonly id: Promise<string>; readonly volume: VolumeId } | null = null;
  private region: Region | null = null;
  /** Of the last answer that this page holds. */
  private sequence = 0;
  private drawing: HintStroke | null = null;
  private asking: AbortController | null = null;
  /** Something changed while an answer was on its way. */
  private stale = false;
  private shown: PendingOperation | null = null;

  constructor(private readonly workspace: TaskWorkspace) {}

  /** Keeps in step with the task, the tool and the label. Returns the disposer. */
  follow(): () => void {
    const { store } = this.workspace;
    const stops = [
      store.subscribe((now, before) => {
        // Written, given up, or another operation's preview took its place.
        if (this.shown && now.pending !== this.shown) this.forget();
        if (now.tool !== before.tool || now.volume !== before.volume) this.turn();
        if (now.activeLabel !== before.activeLabel || now.paintOver !== before.paintOver) this.show();
      }),
      this.store.subscribe((now, before) => {
        if (now.replaces !== before.replaces) this.show();
        if (SETTINGS.some((name) => now[name] !== before[name]) && now.strokes.length > 0) void this.ask();
      }),
    ];
    return () => {
      this.asking?.abort();
      stops.forEach((stop) => stop());
      this.close();
    };
  }

  get isPending(): boolean {
    return this.store.getState().strokes.length > 0 || this.store.getState().busy;
  }

  draw(stroke: HintStroke): void {
    this.drawing = stroke;
    this.mark();
  }

  end(): void {
    const stroke = this.drawing;
    this.drawing = null;
    if (!stroke) return;
    this.store.setState(({ strokes }) => ({ strokes: [...strokes, stroke] }));
    void this.ask();
  }

  /** Takes the last mark back; false where there is none, and it is the labels' turn. */
  undo(): boolean {
    const { strokes } = this.store.getState();
    if (strokes.length === 0) return false;
    if (strokes.length === 1) this.drop();
    else {
      this.store.setState({ strokes: strokes.slice(0, -1) });
      this.mark();
      void this.ask();
    }
    return true;
  }

  /** Marks and preview go. */
  drop(): void {
    const { store } = this.workspace;
    const { shown } = this;
    this.forget();
    if (shown && store.getState().pending === shown) store.setState({ pending: null, preview: null });
  }

  /** Asks what there is. An engine that is away is no trouble: the tools are not offered then. */
  async load(): Promise<void> {
    const { task } = this.workspace.state.getState();
    if (!task?.may.edit) return;
    const methods = await interactiveApi.methods(task.id).catch((): readonly InteractiveMethod[] => []);
    this.store.setState({ methods });
  }

  private get task(): TaskId {
    const { task } = this.workspace.state.getState();
    if (!task) throw new Error('No task is open.');
    return task.id;
  }

  private close(): void {
    const { session } = this;
    this.session = null;
    this.sequence = 0;
    if (session) void session.id.then((id) => interactiveApi.close(this.task, id)).catch(() => {});
  }

  /** Another tool or volume: marks are of one volume and one method. The case is opened before the first mark needs it. */
  private turn(): void {
    const { tool, volume } = this.workspace.store.getState();
    if (this.isPending) this.drop();
    if (this.session && this.session.volume !== volume) this.close();
    if (isInteractiveTool(tool) && this.workspace.session) void this.opened().catch(() => {});
  }

  private opened(): Promise<string> {
    const { volume } = this.workspace.store.getState();
    if (volume === null) return Promise.reject(new Error('No volume is open.'));
    if (this.session?.volume !== volume) {
      const id = interactiveApi.open(this.task, volume);
      this.session = { id, volume };
      this.sequence = 0;
      id.catch(() => {
        if (this.session?.id === id) this.session = null;
      });
    }
    return this.session.id;
  }

  /** One request at a time; what changes meanwhile is asked for when its answer has come. */
  private async ask(): Promise<void> {
    if (this.asking) {
      this.stale = true;
      return;
    }
    const asking = new AbortController();
    this.asking = asking;
    this.store.setState({ busy: true, trouble: null });
    const started = performance.now();
    try {
      do {
        this.stale = false;
        const answered = await this.answered(asking.signal);
        if (asking.signal.aborted) return;
        if (answered === null) break;
        this.store.setState({ latency: { totalMs: performance.now() - started, engineMs: answered } });
      } while (this.stale);
      this.show();
    } catch (error) {
      if (asking.signal.aborted) return;
      this.store.setState({ trouble: error instanceof Error ? error.message : 'The interactive tool did not answer.' });
    } finally {
      if (this.asking === asking) {
        this.asking = null;
        this.store.setState({ busy: false });
      }
    }
  }

  /** Sends all marks and takes in the answer; how long the engine took, or null where there was nothing to ask. */
  private async answered(signal: AbortSignal, again = false): Promise<number | null> {
    const { session } = this.workspace;
    const marks = this.sent();
    if (!session || !marks) return null;
    const id = await this.opened();
    try {
      const { region, engineMs } = await interactiveApi.answer(this.task, id, { ...marks, since: this.sequence }, signal);
      if (signal.aborted) return null;
      this.region ??= new Region(session.shape);
      this.region.apply(region);
      this.sequence = region.sequence;
      return engineMs;
    } catch (error) {
      // Its lease ended, or the engine was started anew: all marks are here, so a new session knows as much.
      if (again || !(error instanceof ProblemError) || error.status !== 404) throw error;
      this.session = null;
      return this.answered(signal, true);
    }
  }

  private sent(): Omit<SentMarks, 'since'> | null {
    const state = this.store.getState();
    const method = methodOf(state, this.workspace.store.getState().tool);
    const last = state.strokes.at(-1);
    const shape = this.workspace.session?.shape;
    if (!method || !last || !shape) return null;
    const { inside, outside } = marksOf(state.strokes);
    const axis = state.solid ? null : last.plane.sliceAxis;
    const there = (indices: Uint32Array): Uint32Array =>
      axis === null ? indices : indices.filter((index) => indexAlong(shape, axis, index) === last.slice);
    return {
      method: method.name,
      positive: runsOfVoxels(there(inside)),
      negative: runsOfVoxels(there(outside)),
      margin_mm: state.marginMm,
      smoothness: state.smoothness,
      slice_axis: axis,
      slice_index: axis === null ? null : last.slice,
    };
  }

  /** The region as a preview that waits for Enter. */
  private show(): void {
    const { session, store } = this.workspace;
    const { strokes, methods } = this.store.getState();
    if (!session || !this.region || strokes.length === 0) return;
    const { activeLabel, tool } = store.getState();
    const { change, voxels } = this.change(this.region);
    const name = `${methodOf({ methods }, tool)?.title.split(' from ')[0] ?? 'Marks'}, label ${activeLabel}`;
    this.shown = { name, change, revision: session.revision };
    this.store.setState({ voxels });
    store.setState({ pending: this.shown, preview: { indices: change.indices, values: change.values, value: activeLabel } });
    this.mark();
  }

  private change(region: Region): { readonly change: VoxelChange; readonly voxels: number } {
    const { session, store } = this.workspace;
    const { activeLabel, paintOver } = store.getState();
    const { replaces } = this.store.getState();
    const builder = new ChangeBuilder();
    let voxels = 0;
    region.each((index, inside) => {
      const current = session?.labels[index] as number;
      if (inside) {
        voxels += 1;
        const value = ruledValue({ kind: 'paint', value: activeLabel, over: paintOver }, current);
        if (value !== null && value !== current && !session?.locked.has(current)) builder.put(index, value);
      } else if (replaces && current === activeLabel) builder.put(index, 0);
    });
    return { change: builder.build(), voxels };
  }

  /** Shows the marks, and the one under the pointer. */
  private mark(): void {
    const { strokes } = this.store.getState();
    const { inside, outside } = marksOf(this.drawing ? [...strokes, this.drawing] : strokes);
    const indices = new Uint32Array(inside.length + outside.length);
    indices.set(inside);
    indices.set(outside, inside.length);
    const values = new Uint16Array(indices.length).fill(1, 0, inside.length).fill(2, inside.length);
    this.workspace.store.setState({ marked: indices.length > 0 ? { indices, values, colours: COLOURS } : null });
  }

  private forget(): void {
    this.shown = null;
    this.asking?.abort();
    this.asking = null;
    this.stale = false;
    this.drawing = null;
    // The next answer is wanted whole: this page holds nothing any more.
    this.sequence = 0;
    this.region?.clear();
    this.region = null;
    if (this.store.getState().strokes.length > 0) this.workspace.store.setState({ marked: null });
    this.store.setState({ strokes: [], busy: false, voxels: null, trouble: null });
  }
}
