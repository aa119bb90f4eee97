import { indexAlong, type LabelArray } from '../commands/labelGrid';
import type { Axis, Ijk, Shape, Triple } from '../geometry/frames';
import { AXES, ijk } from '../geometry/frames';
import { boxPosition } from './box';
import { components } from './connected';

/** How a voxel differs between a first and a second label map; 0 where it does not. */
export const SAME = 0;
export const FIRST_ONLY = 1;
export const SECOND_ONLY = 2;
export const OTHER_LABEL = 3;

export function differenceKind(first: number, second: number): number {
  if (first === second) return SAME;
  if (second === 0) return FIRST_ONLY;
  return first === 0 ? SECOND_ONLY : OTHER_LABEL;
}

export interface LabelAgreement {
  readonly label: number;
  /** Voxels of the label in one map and not in the other. */
  readonly firstOnly: number;
  readonly secondOnly: number;
  /** Dice's coefficient of the label, 2 |A and B| / (|A| + |B|) (Dice 1945, doi:10.2307/1932409). */
  readonly dice: number;
}

/** Differing voxels that touch, over sides, edges or corners. */
export interface DifferenceRegion {
  readonly voxels: number;
  /** The voxel of the region nearest to its centre. */
  readonly at: Ijk;
}

export interface LabelDifference {
  readonly voxels: number;
  /** Of labels that either map has, ascending. */
  readonly labels: readonly LabelAgreement[];
  /** Largest first. */
  readonly regions: readonly DifferenceRegion[];
}

/** Where and by how much two label maps of one grid differ. Both are i fastest; maps of other sizes are an error. */
export function labelDifference(first: LabelArray, second: LabelArray, shape: Shape): LabelDifference {
  if (first.length !== second.length) throw new Error('Label maps of different grids cannot be compared.');
  const counts = new Map<number, { first: number; second: number; both: number }>();
  const countOf = (label: number): { first: number; second: number; both: number } => {
    const known = counts.get(label) ?? { first: 0, second: 0, both: 0 };
    counts.set(label, known);
    return known;
  };
  const differing: number[] = [];
  for (let n = 0; n < first.length; n++) {
    const [a, b] = [first[n] as number, second[n] as number];
    if (a === 0 && b === 0) continue;
    if (a !== 0) countOf(a).first += 1;
    if (b !== 0) countOf(b).second += 1;
    if (a === b) countOf(a).both += 1;
    else differing.push(n);
  }
  const labels = [...counts].map(([label, { first: own, second: other, both }]) => ({
    label,
    firstOnly: own - both,
    secondOnly: other - both,
    dice: (2 * both) / (own + other),
  }));
  labels.sort((a, b) => a.label - b.label);
  return { voxels: differing.length, labels, regions: regionsOf(differing, shape) };
}

function regionsOf(differing: readonly number[], shape: Shape): readonly DifferenceRegion[] {
  if (differing.length === 0) return [];
  const along = (axis: Axis, n: number): number => indexAlong(shape, axis, n);
  const low: [number, number, number] = [...shape];
  const high: [number, number, number] = [0, 0, 0];
  for (const n of differing) {
    for (const axis of AXES) {
      low[axis] = Math.min(low[axis], along(axis, n));
      high[axis] = Math.max(high[axis], along(axis, n));
    }
  }
  const size: Triple = [high[0] - low[0] + 1, high[1] - low[1] + 1, high[2] - low[2] + 1];
  const mask = new Uint8Array(size[0] * size[1] * size[2]);
  const inBox = (n: number): number => along(0, n) - low[0] + size[0] * (along(1, n) - low[1] + size[1] * (along(2, n) - low[2]));
  for (const n of differing) mask[inBox(n)] = 1;
  const { ids, sizes } = components(mask, size, 26);
  const sums = sizes.map((): [number, number, number] => [0, 0, 0]);
  const each = (visit: (region: number, at: Triple) => void): void =>
    differing.forEach((n) => visit((ids[inBox(n)] as number) - 1, boxPosition(size, inBox(n))));
  each((region, at) => AXES.forEach((axis) => ((sums[region] as number[])[axis] = (sums[region]?.[axis] ?? 0) + at[axis])));
  const nearest = sizes.map((): { far: number; at: Triple } => ({ far: Infinity, at: [0, 0, 0] }));
  each((region, at) => {
    const far = AXES.reduce<number>((sum, axis) => sum + (at[axis] - (sums[region]?.[axis] ?? 0) / (sizes[region] as number)) ** 2, 0);
    if (far < (nearest[region]?.far ?? 0)) nearest[region] = { far, at };
  });
  return nearest
    .map(({ at }, region) => ({ voxels: sizes[region] as number, at: ijk(at[0] + low[0], at[1] + low[1], at[2] + low[2]) }))
    .sort((a, b) => b.voxels - a.voxels);
}
