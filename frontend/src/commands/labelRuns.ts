import type { LabelArray } from './labelGrid';

/**
 * What leads from one label map to another: runs of neighbouring voxels (i fastest) that changed alike, ascending, each
 * with the value before and after. Saves and drafts are made of these.
 */
export interface LabelRuns {
  readonly starts: Uint32Array;
  readonly lengths: Uint32Array;
  readonly before: Uint16Array;
  readonly after: Uint16Array;
}

const MAGIC = [0x52, 0x4c, 0x43, 0x31] as const; // "RLC1"
const HEAD_BYTES = 8;
const RUN_BYTES = 12;

/** More runs than the server takes; a map changed in so many pieces is smaller whole. */
export const MOST_RUNS = 1 << 21;

export const runBytes = ({ starts }: LabelRuns): number => HEAD_BYTES + RUN_BYTES * starts.length;

/** Gathers changed voxels, given in ascending order, into runs. */
export class RunBuilder {
  private readonly starts: number[] = [];
  private readonly lengths: number[] = [];
  private readonly before: number[] = [];
  private readonly after: number[] = [];
  private end = -1;
  private lastBefore = -1;
  private lastAfter = -1;

  put(index: number, before: number, after: number): void {
    if (index === this.end && before === this.lastBefore && after === this.lastAfter) {
      const last = this.lengths.length - 1;
      this.lengths[last] = (this.lengths[last] as number) + 1;
    } else {
      this.starts.push(index);
      this.lengths.push(1);
      this.before.push(before);
      this.after.push(after);
      this.lastBefore = before;
      this.lastAfter = after;
    }
    this.end = index + 1;
  }

  build(): LabelRuns {
    return {
      starts: Uint32Array.from(this.starts),
      lengths: Uint32Array.from(this.lengths),
      before: Uint16Array.from(this.before),
      after: Uint16Array.from(this.after),
    };
  }
}

/** The server's form: "RLC1", the number of runs, then the four columns, all little-endian. */
export function encodeRuns(runs: LabelRuns): Uint8Array<ArrayBuffer> {
  const count = runs.starts.length;
  const bytes = new Uint8Array(runBytes(runs));
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(4, count, true);
  for (let n = 0; n < count; n++) {
    view.setUint32(HEAD_BYTES + 4 * n, runs.starts[n] as number, true);
    view.setUint32(HEAD_BYTES + 4 * (count + n), runs.lengths[n] as number, true);
    view.setUint16(HEAD_BYTES + 8 * count + 2 * n, runs.before[n] as number, true);
    view.setUint16(HEAD_BYTES + 10 * count + 2 * n, runs.after[n] as number, true);
  }
  return bytes;
}

/** Do the runs start from this very map? */
export function fitsRuns(labels: LabelArray, { starts, lengths, before }: LabelRuns): boolean {
  return starts.every((start, n) => {
    const end = start + (lengths[n] as number);
    if (end > labels.length) return false;
    for (let index = start; index < end; index++) if (labels[index] !== before[n]) return false;
    return true;
  });
}

/** Writes the values after. Modifies the array. */
export function applyRuns(labels: LabelArray, { starts, lengths, after }: LabelRuns): void {
  starts.forEach((start, n) => labels.fill(after[n] as number, start, start + (lengths[n] as number)));
}
