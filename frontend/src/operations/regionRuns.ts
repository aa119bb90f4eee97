import type { Shape, Triple } from '../geometry/frames';

/** What the server answered to marks: the box that changed, and which of its voxels are inside. */
export interface RegionAnswer {
  /** Number of the answer, sent along with the next marks. */
  readonly sequence: number;
  /** All outside of the box is outside of the region too; else it is as it was. */
  readonly whole: boolean;
  readonly start: Triple;
  /** One beyond the last voxel. */
  readonly stop: Triple;
  /** Of the box, i fastest: how many voxels are outside, then inside, then outside ... */
  readonly runs: Uint32Array;
}

const HEAD = 9;

/** Reads the server's bytes (docs/interactive.md); throws where they are no answer. */
export function decodeRegion(bytes: ArrayBuffer): RegionAnswer {
  const view = new DataView(bytes);
  const count = Math.floor(bytes.byteLength / 4);
  const numbers = Uint32Array.from({ length: count }, (_, n) => view.getUint32(4 * n, true));
  const [sequence = 0, whole = 0, i0 = 0, j0 = 0, k0 = 0, i1 = 0, j1 = 0, k1 = 0, runs = -1] = numbers;
  if (count !== HEAD + runs) throw new Error('The answer of the interactive tool was cut short.');
  return { sequence, whole: whole === 1, start: [i0, j0, k0], stop: [i1, j1, k1], runs: numbers.slice(HEAD) };
}

/** A region of a volume, kept up to date by answers. */
export class Region {
  readonly inside: Uint8Array;
  /** All that is inside lies in it: first voxel, and one beyond the last. */
  private low: Triple = [0, 0, 0];
  private high: Triple = [0, 0, 0];

  constructor(private readonly shape: Shape) {
    this.inside = new Uint8Array(shape[0] * shape[1] * shape[2]);
  }

  apply({ whole, start, stop, runs }: RegionAnswer): void {
    if (whole) this.clear();
    const size: Triple = [stop[0] - start[0], stop[1] - start[1], stop[2] - start[2]];
    const total = size[0] * size[1] * size[2];
    let at = 0;
    let value = 0;
    for (const length of runs) {
      this.fill(start, size, at, Math.min(at + length, total), value);
      at += length;
      value = 1 - value;
    }
    this.fill(start, size, at, total, 0);
    if (total > 0) this.widen(start, stop);
  }

  clear(): void {
    this.eachRow(this.low, this.high, (from, to) => this.inside.fill(0, from, to));
    this.low = [0, 0, 0];
    this.high = [0, 0, 0];
  }

  /** Calls back with each voxel of the box that holds the region, whether it is inside, and how far the box is done. */
  each(visit: (index: number, inside: boolean) => void): void {
    this.eachRow(this.low, this.high, (from, to) => {
      for (let index = from; index < to; index++) visit(index, this.inside[index] === 1);
    });
  }

  /** Voxels `from` to `to` of a box, counted i fastest. */
  private fill(start: Triple, size: Triple, from: number, to: number, value: number): void {
    for (let at = from; at < to; ) {
      const i = at % size[0];
      const row = (at - i) / size[0];
      const end = Math.min(to, at + size[0] - i);
      const j = start[1] + (row % size[1]);
      const k = start[2] + Math.floor(row / size[1]);
      const first = start[0] + i + this.shape[0] * (j + this.shape[1] * k);
      this.inside.fill(value, first, first + end - at);
      at = end;
    }
  }

  private eachRow(start: Triple, stop: Triple, visit: (from: number, to: number) => void): void {
    for (let k = start[2]; k < stop[2]; k++) {
      for (let j = start[1]; j < stop[1]; j++) {
        const row = this.shape[0] * (j + this.shape[1] * k);
        visit(row + start[0], row + stop[0]);
      }
    }
  }

  private widen(start: Triple, stop: Triple): void {
    const isEmpty = this.high[0] === 0;
    this.low = isEmpty ? start : [Math.min(this.low[0], start[0]), Math.min(this.low[1], start[1]), Math.min(this.low[2], start[2])];
    this.high = isEmpty ? stop : [Math.max(this.high[0], stop[0]), Math.max(this.high[1], stop[1]), Math.max(this.high[2], stop[2])];
  }
}

/** Ascending voxels as the API takes them: first voxel, number of voxels, first voxel ... */
export function runsOfVoxels(ascending: ArrayLike<number>): number[] {
  const runs: number[] = [];
  for (let n = 0; n < ascending.length; ) {
    const start = ascending[n] as number;
    let end = n + 1;
    while (end < ascending.length && ascending[end] === start + end - n) end += 1;
    runs.push(start, end - n);
    n = end;
  }
  return runs;
}
