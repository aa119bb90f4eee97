import { describe, expect, it } from 'vitest';
import { countOf, disagreementOf, ONLY_FIRST, ONLY_SECOND } from './disagreement';

describe('where two maps differ', () => {
  // 3 x 2 x 2, i fastest: one voxel differs at k = 0, two at k = 1.
  const map = Uint8Array.from([0, 1, 3, 0, 0, 3, 2, 3, 0, 0, 2, 0]);

  it('leaves out what both have and what neither has', () => {
    const found = disagreementOf(map, [3, 2, 2], 2);
    expect([...found.indices]).toEqual([1, 6, 10]);
    expect([countOf(found, ONLY_FIRST), countOf(found, ONLY_SECOND)]).toEqual([1, 2]);
  });

  it('looks first at the slice that differs most', () => {
    expect(disagreementOf(map, [3, 2, 2], 2).worst).toEqual([1, 1, 1]);
    expect(disagreementOf(map, [3, 2, 2], 0).worst?.[0]).toBe(1);
    expect(disagreementOf(new Uint8Array(12), [3, 2, 2], 2).worst).toBeNull();
  });
});
