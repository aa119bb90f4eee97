import type { LabelArray } from './labelGrid';

/**
 * One undoable change of a label map: which voxels, from what, to what, in the order they were written. A voxel may
 * occur twice; undoing backwards and redoing forwards restores both states exactly.
 */
export interface LabelEdit {
  readonly name: string;
  readonly indices: Uint32Array;
  /** Where given, `indices[n]` is the first of so many voxels in a row that changed alike. */
  readonly lengths?: Uint32Array;
  readonly before: LabelArray;
  readonly after: LabelArray;
}

export const editBytes = (edit: LabelEdit): number =>
  edit.indices.byteLength + (edit.lengths?.byteLength ?? 0) + edit.before.byteLength + edit.after.byteLength;

/**
 * The same edit with voxels in a row that changed alike kept as one run, where that takes less memory: a cut through a
 * whole volume shrinks a hundredfold, a pencil line stays as it is. The order of writing is kept.
 */
export function packEdit(edit: LabelEdit): LabelEdit {
  const { indices, before, after } = edit;
  if (edit.lengths) return edit;
  const continues = (n: number): boolean =>
    indices[n] === (indices[n - 1] as number) + 1 && before[n] === before[n - 1] && after[n] === after[n - 1];
  let runs = 0;
  for (let n = 0; n < indices.length; n++) if (n === 0 || !continues(n)) runs += 1;
  const packed = {
    name: edit.name,
    indices: new Uint32Array(runs),
    lengths: new Uint32Array(runs),
    before: emptyLike(before, runs),
    after: emptyLike(after, runs),
  };
  if (editBytes(packed) >= editBytes(edit)) return edit;
  let run = -1;
  for (let n = 0; n < indices.length; n++) {
    if (n === 0 || !continues(n)) {
      run += 1;
      packed.indices[run] = indices[n] as number;
      packed.before[run] = before[n] as number;
      packed.after[run] = after[n] as number;
    }
    packed.lengths[run] = (packed.lengths[run] as number) + 1;
  }
  return packed;
}

/** What a write changed, so that counts and drawn slices can follow without reading the whole map. */
export interface ChangeListener {
  (index: number, before: number, after: number): void;
}

const NONE_LOCKED: ReadonlySet<number> = new Set();

/**
 * Writes voxels and remembers each change. Modifies the array it was given. Every new edit goes through here, so this is
 * where locks hold: a voxel of a locked label is never changed, and none becomes one.
 */
export class EditRecorder {
  private indices = new Uint32Array(256);
  private before: LabelArray;
  private after: LabelArray;
  private length = 0;

  constructor(
    private readonly labels: LabelArray,
    private readonly onChange: ChangeListener = () => {},
    private readonly locked: ReadonlySet<number> = NONE_LOCKED,
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
    if (this.locked.size > 0 && (this.locked.has(old) || this.locked.has(value))) return;
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
  for (let n = edit.indices.length - 1; n >= 0; n--) replaceRun(labels, edit, n, edit.before[n], onChange);
}

export function redoEdit(labels: LabelArray, edit: LabelEdit, onChange: ChangeListener = () => {}): void {
  for (let n = 0; n < edit.indices.length; n++) replaceRun(labels, edit, n, edit.after[n], onChange);
}

function replaceRun(
  labels: LabelArray,
  { indices, lengths }: LabelEdit,
  n: number,
  value: number | undefined,
  onChange: ChangeListener,
): void {
  const start = indices[n];
  if (start === undefined || value === undefined) return;
  const end = start + (lengths?.[n] ?? 1);
  for (let index = start; index < end; index++) {
    const old = labels[index] as number;
    labels[index] = value;
    onChange(index, old, value);
  }
}

const emptyLike = (labels: LabelArray, length: number): LabelArray =>
  labels instanceof Uint8Array ? new Uint8Array(length) : new Uint16Array(length);
