import type { Axis, Shape, Triple } from '../geometry/frames';
import type { LabelArray } from './labelGrid';

/** The smallest box that holds some voxels, both ends included. */
export interface VoxelBounds {
  readonly low: Triple;
  readonly high: Triple;
}

/** Voxels of one label: how many, and how many on each slice along i, j and k. */
interface Tally {
  count: number;
  readonly along: readonly [Uint32Array, Uint32Array, Uint32Array];
}

/** Every labelled voxel. Most of a map is background, which is passed over four bytes at a time. */
export function eachLabelled(labels: LabelArray, visit: (index: number, value: number) => void): void {
  const part = 4 / labels.BYTES_PER_ELEMENT;
  // Views of 32 bits begin at every fourth byte; a map that does not is read voxel by voxel.
  const words = labels.byteOffset % 4 === 0 ? new Uint32Array(labels.buffer, labels.byteOffset, labels.byteLength >>> 2) : new Uint32Array();
  const among = (from: number, to: number): void => {
    for (let index = from; index < to; index++) {
      const value = labels[index] as number;
      if (value !== 0) visit(index, value);
    }
  };
  for (let word = 0; word < words.length; word++) if (words[word] !== 0) among(word * part, (word + 1) * part);
  among(words.length * part, labels.length);
}

/**
 * Where each label is, kept in step with every voxel written: its size, its centre, its box and the slices that hold it are
 * known without reading the map again, however large it is.
 */
export class LabelTally {
  private readonly tallies: (Tally | undefined)[] = [];

  constructor(
    private readonly shape: Shape,
    labels: LabelArray,
  ) {
    const [si, sj] = shape;
    eachLabelled(labels, (index, value) => {
      const row = Math.floor(index / si);
      this.add(this.tallyOf(value), index - row * si, row % sj, Math.floor(row / sj), 1);
    });
  }

  /** A voxel that was one label is another now. Background is not counted. */
  move(i: number, j: number, k: number, before: number, after: number): void {
    if (before !== 0) this.add(this.tallyOf(before), i, j, k, -1);
    if (after !== 0) this.add(this.tallyOf(after), i, j, k, 1);
  }

  count(value: number): number {
    return this.tallies[value]?.count ?? 0;
  }

  /** Voxels per label value, labels without any left out. */
  counts(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    this.tallies.forEach((tally, value) => {
      if (tally && tally.count > 0) counts.set(value, tally.count);
    });
    return counts;
  }

  /** Which slices along an axis hold a label (any label where `value` is null): 1 or 0 a slice. */
  slices(axis: Axis, value: number | null): Uint8Array {
    const marked = new Uint8Array(this.shape[axis]);
    for (const tally of value === null ? this.tallies : [this.tallies[value]]) {
      tally?.along[axis].forEach((count, slice) => {
        if (count > 0) marked[slice] = 1;
      });
    }
    return marked;
  }

  /** Centre of mass in voxels; null where there is nothing of the label. */
  centre(value: number): Triple | null {
    const tally = this.tallies[value];
    if (!tally || tally.count === 0) return null;
    const mean = (axis: Axis): number => tally.along[axis].reduce((sum, count, slice) => sum + count * slice, 0) / tally.count;
    return [mean(0), mean(1), mean(2)];
  }

  bounds(value: number): VoxelBounds | null {
    const tally = this.tallies[value];
    if (!tally || tally.count === 0) return null;
    const first = (axis: Axis): number => tally.along[axis].findIndex((count) => count > 0);
    const last = (axis: Axis): number => tally.along[axis].findLastIndex((count) => count > 0);
    return { low: [first(0), first(1), first(2)], high: [last(0), last(1), last(2)] };
  }

  private tallyOf(value: number): Tally {
    const [si, sj, sk] = this.shape;
    return (this.tallies[value] ??= { count: 0, along: [new Uint32Array(si), new Uint32Array(sj), new Uint32Array(sk)] });
  }

  private add(tally: Tally, i: number, j: number, k: number, by: 1 | -1): void {
    const { along } = tally;
    tally.count += by;
    along[0][i] = (along[0][i] as number) + by;
    along[1][j] = (along[1][j] as number) + by;
    along[2][k] = (along[2][k] as number) + by;
  }
}
