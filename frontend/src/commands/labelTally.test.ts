import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelArray } from './labelGrid';
import { eachLabelled, LabelTally } from './labelTally';

/** A view that begins anywhere in its buffer, as one of a file's may. */
const map = fc
  .record({ wide: fc.boolean(), offset: fc.nat(5), values: fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 255 }) }), { maxLength: 60 }) })
  .map(({ wide, offset, values }): LabelArray => {
    const Kind = wide ? Uint16Array : Uint8Array;
    const all = Kind.from([...new Array<number>(offset).fill(7), ...values, 7, 7]);
    return all.subarray(offset, offset + values.length);
  });

describe('the tally of a label map', () => {
  it('passes over background and over nothing else, wherever the map lies in memory', () => {
    fc.assert(
      fc.property(map, (labels) => {
        const found: [number, number][] = [];
        eachLabelled(labels, (index, value) => found.push([index, value]));
        expect(found).toEqual([...labels.entries()].filter(([, value]) => value !== 0));
      }),
    );
  });

  it('knows size and box of a label on a grid with three different sides', () => {
    const labels = new Uint8Array(3 * 4 * 5);
    for (const [i, j, k] of [[1, 2, 3], [2, 2, 4], [1, 3, 3]] as const) labels[i + 3 * (j + 4 * k)] = 9;
    const tally = new LabelTally([3, 4, 5], labels);
    expect([...tally.counts()]).toEqual([[9, 3]]);
    expect(tally.bounds(9)).toEqual({ low: [1, 2, 3], high: [2, 3, 4] });
    expect([...tally.slices(2, 9)]).toEqual([0, 0, 0, 1, 1]);
  });
});
