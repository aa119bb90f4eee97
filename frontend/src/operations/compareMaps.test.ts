import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareMaps, slicesOfVoxels } from './compareMaps';

const map = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 40 }).map((values) => Uint8Array.from(values));

describe('two maps made from one', () => {
  it('are counted by side and label', () => {
    const difference = compareMaps(Uint8Array.of(0, 0, 1, 1, 0), Uint8Array.of(1, 0, 1, 2, 3), Uint8Array.of(0, 2, 0, 2, 1));
    expect(difference.perLabel).toEqual([
      { label: 1, mine: 1, theirs: 1, both: 2 },
      { label: 2, mine: 0, theirs: 1, both: 1 },
      { label: 3, mine: 0, theirs: 0, both: 1 },
    ]);
    expect([...difference.differing]).toEqual([0, 1, 2, 4]);
    expect(difference.clashes).toBe(1);
    expect(slicesOfVoxels(difference.differing, (index) => Math.floor(index / 2))).toEqual([0, 1, 2]);
  });

  it('merge into one that holds what either changed, and mine where both did', () => {
    fc.assert(
      fc.property(map, map, map, (base, mine, theirs) => {
        const { merge, clashes } = compareMaps(base, mine, theirs);
        const merged = mine.slice();
        merge.indices.forEach((index, n) => (merged[index] = merge.values[n] as number));
        const wanted = base.map((was, n) => (mine[n] !== was ? mine[n] : theirs[n]) as number);
        expect(merged).toEqual(wanted);
        expect(clashes).toBe(base.filter((was, n) => mine[n] !== was && theirs[n] !== was && mine[n] !== theirs[n]).length);
      }),
    );
  });
});
