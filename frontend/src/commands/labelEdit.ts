import type { LabelArray } from './labelGrid';

/**
 * One undoable change of a label map: which voxels, from what, to what, in the order they were written. A voxel may
 * occur twice; undoing backwards and redoing forwards restores both states exactly.
 */
export interface LabelEdit {
  readonly name: string;
  readonly indices: Uint32Array;
  readonly before: LabelArray;
  readonly after: LabelArray;
}

export const editBytes = (edit: LabelEdit): number =>
  edit.indices.byteLength + edit.before.byteLength + edit.after.byteLength;

/** What a write changed, so that counts and drawn slices can follow without reading the whole map. */
export interface ChangeListener {
  (index: number, before: number, after: number): void;
}

/** Writes voxels and remembers each change. Modifies the array it was given. */
export class EditRecorder {
  private indices = new Uint32Array(256);
  private before: LabelArray;
  private after: LabelArray;
  private length = 0;

  constructor(
    private readonly labels: LabelArray,
    private readonly onChange: ChangeListener = () => {},
  ) {
    this.before = emptyLike(labels, 256);
    this.after = emptyLike(labels, 256);
  }

  get changed(): number {
    return this.length;
  }

  write(index: number, value: number): void {
    const old = this.labels[index];
    if (old === undefined || old === value) return;
    if (this.length === this.indices.length) this.grow();
    this.labels[index] = value;
    this.indices[this.length] = index;
    this.before[this.length] = old;
    this.after[this.length] = this.labels[index] as number;
    this.length += 1;
    this.onChange(index, old, value);
  }

  /** The edit so far, or null where nothing changed. */
  finish(name: string): LabelEdit | null {
    if (this.length === 0) return null;
    return {
      name,
      indices: this.indices.slice(0, this.length),
      before: this.before.slice(0, this.length),
      after: this.after.slice(0, this.length),
    };
  }

  private grow(): void {
    const larger = this.indices.length * 2;
    const indices = new Uint32Array(larger);
    indices.set(this.indices);
    this.indices = indices;
    const before = emptyLike(this.labels, larger);
    before.set(this.before);
    this.before = before;
    const after = emptyLike(this.labels, larger);
    after.set(this.after);
    this.after = after;
  }
}

export function undoEdit(labels: LabelArray, edit: LabelEdit, onChange: ChangeListener = () => {}): void {
  for (let n = edit.indices.length - 1; n >= 0; n--) replace(labels, edit.indices[n], edit.before[n], onChange);
}

export function redoEdit(labels: LabelArray, edit: LabelEdit, onChange: ChangeListener = () => {}): void {
  for (let n = 0; n < edit.indices.length; n++) replace(labels, edit.indices[n], edit.after[n], onChange);
}

function replace(
  labels: LabelArray,
  index: number | undefined,
  value: number | undefined,
  onChange: ChangeListener,
): void {
  if (index === undefined || value === undefined) return;
  const old = labels[index] as number;
  labels[index] = value;
  onChange(index, old, value);
}

const emptyLike = (labels: LabelArray, length: number): LabelArray =>
  labels instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
