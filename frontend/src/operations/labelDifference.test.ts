import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Shape } from '../geometry/frames';
import { differenceKind, FIRST_ONLY, labelDifference, OTHER_LABEL, SAME, SECOND_ONLY } from './labelDifference';

const shape: Shape = [6, 5, 4];
const map = fc.array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: 120, maxLength: 120 }).map((values) => Uint8Array.from(values));
const at = (i: number, j: number, k: number): number => i + 6 * (j + 5 * k);

describe('the difference of two label maps', () => {
  it('says of a voxel who has it', () => {
    expect([differenceKind(2, 2), differenceKind(2, 0), differenceKind(0, 1), differenceKind(2, 1)]).toEqual([SAME, FIRST_ONLY, SECOND_ONLY, OTHER_LABEL]);
  });

  it('of two blocks that share half is known by hand', () => {
    const [a, b] = [new Uint8Array(120), new Uint8Array(120)];
    for (const i of [0, 1]) a[at(i, 1, 1)] = 1;
    for (const i of [1, 2]) b[at(i, 1, 1)] = 1;
    b[at(5, 4, 3)] = 2;
    for (const i of [4, 5]) a[at(i, 0, 0)] = 2;
    const found = labelDifference(a, b, shape);
    expect(found.voxels).toBe(5);
    expect(found.labels).toEqual([
      { label: 1, firstOnly: 1, secondOnly: 1, dice: 0.5 },
      { label: 2, firstOnly: 2, secondOnly: 1, dice: 0 },
    ]);
    // (0,1,1) and (2,1,1) do not touch: the voxel between is the same in both.
    expect(found.regions.map(({ voxels }) => voxels)).toEqual([2, 1, 1, 1]);
    expect(found.regions[0]?.at[2]).toBe(0);
  });

  it('holds every differing voxel once, in regions at differing voxels, and swaps sides with the maps', () => {
    fc.assert(
      fc.property(map, map, (a, b) => {
        const [found, back] = [labelDifference(a, b, shape), labelDifference(b, a, shape)];
        expect(found.voxels).toBe(a.filter((value, n) => value !== b[n]).length);
        expect(found.regions.reduce((sum, { voxels }) => sum + voxels, 0)).toBe(found.voxels);
        for (const { at: [i, j, k] } of found.regions) expect(a[at(i, j, k)]).not.toBe(b[at(i, j, k)]);
        expect(back.labels).toEqual(found.labels.map((row) => ({ ...row, firstOnly: row.secondOnly, secondOnly: row.firstOnly })));
        expect(labelDifference(a, a, shape)).toMatchObject({ voxels: 0, regions: [] });
      }),
    );
  });
});
