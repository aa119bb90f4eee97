import type { BrushShape } from '../commands/brush';
import { EditRecorder, redoEdit, undoEdit, type LabelEdit } from '../commands/labelEdit';
import { countLabels, voxelCount, type LabelArray } from '../commands/labelGrid';
import { PaintStroke } from '../commands/paintStroke';
import { UndoStack } from '../commands/undoStack';
import { writeChange, type VoxelChange } from '../commands/voxelChange';
import type { IntensityLimit, PaintRule } from '../commands/voxelRule';
import type { Shape } from '../geometry/frames';
import type { GridPlane } from '../geometry/planes';
import type { PlanePoint } from '../geometry/sliceView';

/** A stroke under the pointer. `end` makes it one undoable edit. */
export interface StrokeInHand {
  extendTo(point: PlanePoint): void;
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

/**
 * The label map of one volume while it is worked on: the only owner of the array. Everything that draws or saves reads
 * it here; everything that changes it goes through here, is undoable and is told to the listeners.
 */
export class LabelSession {
  private array: LabelArray;
  private voxelsOf: Map<number, number>;
  private readonly history: UndoStack;
  private readonly listeners = new Set<(change: SessionChange) => void>();
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
    this.voxelsOf = countLabels(labels);
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

  get editNames(): readonly string[] {
    return this.history.names;
  }

  get undoneNames(): readonly string[] {
    return this.history.undoneNames;
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
    return this.voxelsOf.get(value) ?? 0;
  }

  counts(): ReadonlyMap<number, number> {
    return this.voxelsOf;
  }

  subscribe(listener: (change: SessionChange) => void): () => void {
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
      this.recount,
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
      extendTo: (point) => {
        if (this.stroke === stroke && stroke.extendTo(point) > 0) this.changed('stroke');
      },
      end,
    };
  }

  /** Writes what an operation worked out, as one undoable edit; returns how many voxels changed. */
  apply(change: VoxelChange, name: string): number {
    if (this.stroke) return 0;
    const recorder = new EditRecorder(this.array, this.recount, this.lockedLabels);
    writeChange(recorder, change);
    const edit = recorder.finish(name);
    if (!edit) return 0;
    this.history.push(edit);
    this.changed('edit');
    return edit.indices.length;
  }

  undo(): boolean {
    return this.replay(this.history.canUndo, () => this.history.takeUndo(), undoEdit);
  }

  redo(): boolean {
    return this.replay(this.history.canRedo, () => this.history.takeRedo(), redoEdit);
  }

  /** Puts another label map in place (a version from the server, a draft); it cannot be undone. */
  replace(labels: LabelArray): void {
    if (labels.length !== this.array.length) throw new Error('The other label map has another grid.');
    this.stroke = null;
    this.array = labels;
    this.voxelsOf = countLabels(labels);
    this.history.clear();
    this.changed('replaced');
  }

  private replay(
    possible: boolean,
    take: () => LabelEdit | null,
    apply: (labels: LabelArray, edit: LabelEdit, onChange: typeof this.recount) => void,
  ): boolean {
    if (!possible || this.stroke) return false;
    const edit = take();
    if (!edit) return false;
    apply(this.array, edit, this.recount);
    this.changed('edit');
    return true;
  }

  private readonly recount = (_index: number, before: number, after: number): void => {
    this.voxelsOf.set(before, this.count(before) - 1);
    this.voxelsOf.set(after, this.count(after) + 1);
  };

  private changed(change: SessionChange): void {
    this.changes += 1;
    this.tell(change);
  }

  private tell(change: SessionChange): void {
    this.listeners.forEach((listener) => listener(change));
  }
}
