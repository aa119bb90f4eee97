/** Where two label maps differ, as the server tells it: 1 only the first, 2 only the second, 3 both, 4 another label. */

import type { Triple } from '../geometry/frames';

export const ONLY_FIRST = 1;
export const ONLY_SECOND = 2;
export const OTHER_LABEL = 4;
const BOTH = 3;

export interface Disagreement {
  readonly indices: Uint32Array;
  readonly values: Uint16Array;
  /** A voxel of the slice, along an axis, that differs in most voxels; null where nothing differs. */
  readonly worst: Triple | null;
}

/** The voxels that differ, and where to look first: of the slice that differs most the voxel in the middle of its list. */
export function disagreementOf(map: Uint8Array, shape: Triple, axis: 0 | 1 | 2): Disagreement {
  const indices: number[] = [];
  const values: number[] = [];
  const [sizeI, sizeJ] = shape;
  const along = (index: number): number => [index % sizeI, Math.floor(index / sizeI) % sizeJ, Math.floor(index / (sizeI * sizeJ))][axis] ?? 0;
  const perSlice = new Map<number, number>();
  map.forEach((value, index) => {
    if (value === 0 || value === BOTH) return;
    indices.push(index);
    values.push(value);
    perSlice.set(along(index), (perSlice.get(along(index)) ?? 0) + 1);
  });
  const [slice] = [...perSlice].toSorted((a, b) => b[1] - a[1])[0] ?? [];
  const there = slice === undefined ? [] : indices.filter((index) => along(index) === slice);
  const middle = there[there.length >> 1];
  const worst: Triple | null =
    middle === undefined ? null : [middle % sizeI, Math.floor(middle / sizeI) % sizeJ, Math.floor(middle / (sizeI * sizeJ))];
  return { indices: Uint32Array.from(indices), values: Uint16Array.from(values), worst };
}

export const countOf = ({ values }: Pick<Disagreement, 'values'>, value: number): number =>
  values.reduce((sum, one) => sum + (one === value ? 1 : 0), 0);
