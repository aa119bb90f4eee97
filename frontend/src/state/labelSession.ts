import type { BrushShape } from '../commands/brush';
import { ChangeTracker, type KeptBlocks } from '../commands/changeTracker';
import { EditRecorder, redoEdit, undoEdit, type LabelEdit } from '../commands/labelEdit';
import { voxelCount, type LabelArray } from '../commands/labelGrid';
import { applyRuns, type LabelRuns } from '../commands/labelRuns';
import { LabelTally, type VoxelBounds } from '../commands/labelTally';
import { PaintStroke } from '../commands/paintStroke';
import { TouchedVoxels } from '../commands/touchedVoxels';
import { UndoStack, type EditStep } from '../commands/undoStack';
import { writeChange, type VoxelChange } from '../commands/voxelChange';
import type { IntensityLimit, PaintRule } from '../commands/voxelRule';
import type { Shape } from '../geometry/frames';
import type { GridPlane } from '../geometry/planes';
import type { PlanePoint } from '../geometry/sliceView';

/** A stroke under the pointer. `end` makes it one undoable edit. */
export interface StrokeInHand {
  /** `widened` scales the brush from here on: the pressure of a pen. */
  extendTo(point: PlanePoint, widened?: number): void;
  end(): void;
}

export interface StrokePlan {
  readonly plane: GridPlane;
  readonly slice: number;
  readonly brush: BrushShape;
  readonly rule: PaintRule;
  readonly intensity: IntensityLimit | null;
  readonly name: string;
}

export type SessionChange = 'stroke' | 'edit' | 'replaced' | 'locks';

/** Told of a change and of the box of voxels it touched; null where that may be any, or none. */
export type SessionListener = (change: SessionChange, touched: VoxelBounds | null) => void;

/**
 * The label map of one volume while it is worked on: the only owner of the array. Everything that draws or saves reads
 * it here; everything that changes it goes through here, is undoable and is told to the listeners.
 */
export class LabelSession {
  private array: LabelArray;
  private kept: LabelTally;
  private tracker: ChangeTracker;
  private readonly history: UndoStack;
  private readonly listeners = new Set<SessionListener>();
  private readonly touched = new TouchedVoxels();
  private stroke: PaintStroke | null = null;
  private changes = 0;
  private lockedLabels: ReadonlySet<number> = new Set();

  constructor(
    readonly shape: Shape,
    labels: LabelArray,
    history: UndoStack = new UndoStack(),
  ) {
    if (labels.length !== voxelCount(shape)) {
      throw new Error(`A label map of ${labels.length} voxels does not fit a grid of ${shape.join(' x ')}.`);
    }
    this.array = labels;
    this.kept = new LabelTally(this.shape, labels);
    this.tracker = new ChangeTracker(labels);
    this.history = history;
  }

  get labels(): LabelArray {
    return this.array;
  }

  /** Grows with every change; lets a subscriber see that there was one. */
  get revision(): number {
    return this.changes;
  }

  get isPainting(): boolean {
    return this.stroke !== null;
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  get canRedo(): boolean {
    return this.history.canRedo;
  }

  /** Steps that can be undone, oldest first. */
  get steps(): readonly EditStep[] {
    return this.history.steps;
  }

  /** Steps that can be redone, the next one first. */
  get undoneSteps(): readonly EditStep[] {
    return this.history.undoneSteps;
  }

  /** Steps that the history no longer holds, and the memory it may take, in bytes. */
  get forgotten(): { readonly steps: number; readonly budgetBytes: number } {
    return { steps: this.history.forgotten, budgetBytes: this.history.budgetBytes };
  }

  /** Labels that no tool and no operation changes. Undo still goes back through steps made before the lock. */
  get locked(): ReadonlySet<number> {
    return this.lockedLabels;
  }

  setLocked(value: number, locked: boolean): void {
    const next = new Set(this.lockedLabels);
    if (locked) next.add(value);
    else next.delete(value);
    this.lockedLabels = next;
    this.tell('locks');
  }

  count(value: number): number {
    return this.kept.count(value);
  }

  counts(): ReadonlyMap<number, number> {
    return this.kept.counts();
  }

  /** Where the labels are; true at any moment, and never worked out anew. */
  get tally(): LabelTally {
    return this.kept;
  }

  subscribe(listener: SessionListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  beginStroke(plan: StrokePlan): StrokeInHand {
    const stroke = new PaintStroke(
      {
        labels: this.array,
        shape: this.shape,
        plane: plan.plane,
        slice: plan.slice,
        locked: this.lockedLabels,
        intensity: plan.intensity,
      },
      plan.brush,
      plan.rule,
      this.follow,
    );
    this.stroke = stroke;
    const end = (): void => {
      if (this.stroke !== stroke) return;
      this.stroke = null;
      const edit = stroke.finish(plan.name);
      if (edit) this.history.push(edit);
      this.tell('edit');
    };
    return {
      extendTo: (point, widened) => {
        if (this.stroke === stroke && stroke.extendTo(point, widened) > 0) this.changed('stroke');
      },
      end,
    };
  }

  /** Writes what an operation worked out, as one undoable edit; returns how many voxels changed. */
  apply(change: VoxelChange, name: string, locked: ReadonlySet<number> = this.lockedLabels): number {
    if (this.stroke) return 0;
    const recorder = new EditRecorder(this.array, this.follow, locked);
    writeChange(recorder, change);
    const edit = recorder.finish(name);
    if (!edit) return 0;
    this.history.push(edit);
    this.changed('edit');
    return edit.indices.length;
  }

  undo(): boolean {
    return this.goTo(this.steps.length - 1);
  }

  redo(): boolean {
    return this.goTo(this.steps.length + 1);
  }

  /** Undoes or redoes until this many steps are done; false where nothing could be moved. */
  goTo(done: number): boolean {
    const moved = (): boolean =>
      this.steps.length > done
        ? this.replay(this.history.canUndo, () => this.history.takeUndo(), undoEdit)
        : this.replay(this.history.canRedo, () => this.history.takeRedo(), redoEdit);
    let any = false;
    while (this.steps.length !== done && done >= 0 && moved()) any = true;
    if (any) this.changed('edit');
    return any;
  }

  /** Puts another label map in place (a version from the server, a draft); it cannot be undone. */
  replace(labels: LabelArray): void {
    if (labels.length !== this.array.length) throw new Error('The other label map has another grid.');
    this.stroke = null;
    this.array = labels;
    this.kept = new LabelTally(this.shape, labels);
    this.tracker = new ChangeTracker(labels);
    this.history.clear();
    this.changed('replaced');
  }

  /** Puts changes of the map as it was loaded back in place (a draft); they cannot be undone, and are to be saved. */
  restore(runs: LabelRuns): void {
    const labels = this.array.slice();
    applyRuns(labels, runs);
    const base = this.array;
    this.replace(labels);
    this.tracker.rebase(base);
  }

  /** What has changed since the last seal (before `earlier`, if that is given). */
  changesSince(earlier?: KeptBlocks): LabelRuns {
    return this.tracker.runs(earlier);
  }

  /** From here on changes count anew; `unsealChanges` takes that back. */
  sealChanges(): KeptBlocks {
    return this.tracker.seal();
  }

  unsealChanges(earlier: KeptBlocks): void {
    this.tracker.unseal(earlier);
  }

  /** Changes count from another map: the one that the next save builds on. */
  rebaseChanges(base: LabelArray): void {
    this.tracker.rebase(base);
  }

  private replay(
    possible: boolean,
    take: () => LabelEdit | null,
    apply: (labels: LabelArray, edit: LabelEdit, onChange: typeof this.follow) => void,
  ): boolean {
    if (!possible || this.stroke) return false;
    const edit = take();
    if (!edit) return false;
    apply(this.array, edit, this.follow);
    return true;
  }

  private readonly follow = (index: number, before: number, after: number): void => {
    this.tracker.note(index, before);
    const [si, sj] = this.shape;
    const i = index % si;
    const row = (index - i) / si;
    const j = row % sj;
    const k = (row - j) / sj;
    this.kept.move(i, j, k, before, after);
    this.touched.add(i, j, k);
  };

  private changed(change: SessionChange): void {
    this.changes += 1;
    this.tell(change, this.touched.take());
  }

  private tell(change: SessionChange, touched: VoxelBounds | null = null): void {
    this.listeners.forEach((listener) => listener(change, touched));
  }
}
