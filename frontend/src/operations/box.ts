import { linearIndex, strides, type LabelArray } from '../commands/labelGrid';
import type { Axis, Shape, Triple } from '../geometry/frames';
import { AXES } from '../geometry/frames';
import type { LabelVolume } from './sliceTarget';

/** A part of the grid: its first voxel and how many along each axis. Arrays over a box run i fastest, as the grid does. */
export interface Box {
  readonly low: Triple;
  readonly size: Triple;
}

export const boxVoxels = ({ size }: Box): number => size[0] * size[1] * size[2];

/** The smallest box around all voxels that pass; null where none does. */
export function boxAround(labels: LabelArray, shape: Shape, passes: (value: number) => boolean): Box | null {
  const [si, sj, sk] = shape;
  const wanted = passTable(labels, passes);
  const low = [si, sj, sk];
  const high = [-1, -1, -1];
  let row = 0;
  for (let k = 0; k < sk; k++) {
    for (let j = 0; j < sj; j++, row += si) {
      let first = -1;
      let last = -1;
      for (let i = 0; i < si; i++) {
        if (wanted[labels[row + i] as number] === 0) continue;
        if (first < 0) first = i;
        last = i;
      }
      if (first < 0) continue;
      low[0] = Math.min(low[0] as number, first);
      high[0] = Math.max(high[0] as number, last);
      low[1] = Math.min(low[1] as number, j);
      high[1] = Math.max(high[1] as number, j);
      low[2] = Math.min(low[2] as number, k);
      high[2] = k;
    }
  }
  if ((high[0] as number) < 0) return null;
  const at = (axis: Axis): number => low[axis] as number;
  const span = (axis: Axis): number => (high[axis] as number) - at(axis) + 1;
  return { low: [at(0), at(1), at(2)], size: [span(0), span(1), span(2)] };
}

export const labelBox = ({ labels, shape }: LabelVolume, label: number): Box | null =>
  boxAround(labels, shape, (value) => value === label);

/** A box with some voxels more on every side, cut off at the grid's border. */
export function grownBox({ low, size }: Box, by: Triple, shape: Shape): Box {
  const from = (axis: Axis): number => Math.max(0, low[axis] - by[axis]);
  const to = (axis: Axis): number => Math.min(shape[axis], low[axis] + size[axis] + by[axis]);
  return {
    low: [from(0), from(1), from(2)],
    size: [to(0) - from(0), to(1) - from(1), to(2) - from(2)],
  };
}

/** Whole voxels that a distance reaches along each axis. */
export const reachVoxels = (mm: number, spacingMm: Triple): Triple => {
  const reach = (axis: Axis): number => Math.ceil(mm / spacingMm[axis] + 1e-9);
  return [reach(0), reach(1), reach(2)];
};

/** Goes through a box row by row: `n` counts within the box, `index` is the place in the grid. */
export function eachInBox({ low, size }: Box, shape: Shape, visit: (n: number, index: number) => void): void {
  const [, stepJ, stepK] = strides(shape);
  const start = linearIndex(shape, low);
  let n = 0;
  for (let k = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      const row = start + j * stepJ + k * stepK;
      for (let i = 0; i < size[0]; i++) visit(n++, row + i);
    }
  }
}

/** One byte a voxel of the box: 1 where the label passes. */
export function boxMask({ labels, shape }: LabelVolume, box: Box, passes: (value: number) => boolean): Uint8Array {
  const wanted = passTable(labels, passes);
  const mask = new Uint8Array(boxVoxels(box));
  eachInBox(box, shape, (n, index) => (mask[n] = wanted[labels[index] as number] as number));
  return mask;
}

function passTable(labels: LabelArray, passes: (value: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: labels instanceof Uint8Array ? 256 : 65536 }, (_, value) => (passes(value) ? 1 : 0));
}

/** Position within a box of its n-th voxel. */
export function boxPosition(size: Triple, n: number): Triple {
  const i = n % size[0];
  const rest = (n - i) / size[0];
  const j = rest % size[1];
  return [i, j, (rest - j) / size[1]];
}

export const axesBut = (axis: Axis): readonly Axis[] => AXES.filter((other) => other !== axis);
