import type { EditRecorder } from './labelEdit';

/**
 * What an operation wants to write: value `values[n]` at voxel `indices[n]`. Operations read the label map and return
 * this; only the session writes, so that locks, counts and undo cannot be passed by.
 */
export interface VoxelChange {
  readonly indices: Uint32Array;
  readonly values: Uint16Array;
}

/** Gathers a change. The arrays grow by doubling. */
export class ChangeBuilder {
  private indices = new Uint32Array(1024);
  private values = new Uint16Array(1024);
  private length = 0;

  put(index: number, value: number): void {
    if (this.length === this.indices.length) {
      const indices = new Uint32Array(2 * this.length);
      indices.set(this.indices);
      this.indices = indices;
      const values = new Uint16Array(2 * this.length);
      values.set(this.values);
      this.values = values;
    }
    this.indices[this.length] = index;
    this.values[this.length] = value;
    this.length += 1;
  }

  build(): VoxelChange {
    return { indices: this.indices.slice(0, this.length), values: this.values.slice(0, this.length) };
  }
}

export function writeChange(recorder: EditRecorder, { indices, values }: VoxelChange): void {
  for (let n = 0; n < indices.length; n++) recorder.write(indices[n] as number, values[n] as number);
}
