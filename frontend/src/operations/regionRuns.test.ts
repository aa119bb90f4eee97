import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRegion, Region, runsOfVoxels } from './regionRuns';

const SHAPE = [5, 4, 3] as const;
const bytesOf = (...numbers: number[]): ArrayBuffer => {
  const view = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((number, n) => view.setUint32(4 * n, number, true));
  return view.buffer;
};

describe('answers to marks', () => {
  it('are read as the server packs them', () => {
    // The example of models_app/engine/interactive/answers.py: answer 3, part of a region, voxels 1 and 2 of a 2 x 2 x 1 box.
    const answer = decodeRegion(bytesOf(3, 0, 1, 0, 2, 3, 2, 3, 2, 1, 2));
    expect(answer).toMatchObject({ sequence: 3, whole: false, start: [1, 0, 2], stop: [3, 2, 3] });
    const region = new Region([...SHAPE]);
    region.apply(answer);
    const found: number[] = [];
    region.each((index, inside) => inside && found.push(index));
    expect(found).toEqual([2 + 5 * (0 + 4 * 2), 1 + 5 * (1 + 4 * 2)]);
  });

  it('that are cut short are refused', () => {
    expect(() => decodeRegion(bytesOf(3, 0, 1, 0, 2, 3, 2, 3, 2, 1))).toThrow('cut short');
    expect(() => decodeRegion(new ArrayBuffer(0))).toThrow('cut short');
  });

  it('one after the other give what the last one says, wherever their boxes lie', () => {
    const corner = fc.tuple(fc.nat(4), fc.nat(3), fc.nat(2));
    const box = fc.tuple(corner, corner, fc.boolean(), fc.infiniteStream(fc.boolean()));
    fc.assert(
      fc.property(fc.array(box, { minLength: 1, maxLength: 5 }), (boxes) => {
        const region = new Region([...SHAPE]);
        const expected = new Uint8Array(60);
        for (const [a, b, whole, bits] of boxes) {
          const start = a.map((value, axis) => Math.min(value, b[axis] as number)) as [number, number, number];
          const stop = a.map((value, axis) => Math.max(value, b[axis] as number) + 1) as [number, number, number];
          if (whole) expected.fill(0);
          const flat: number[] = [];
          for (let k = start[2]; k < stop[2]; k++) {
            for (let j = start[1]; j < stop[1]; j++) {
              for (let i = start[0]; i < stop[0]; i++) {
                const inside = bits.next().value === true ? 1 : 0;
                flat.push(inside);
                expected[i + 5 * (j + 4 * k)] = inside;
              }
            }
          }
          const runs: number[] = [];
          let value = 0;
          let length = 0;
          for (const inside of flat) {
            if (inside !== value) {
              runs.push(length);
              value = inside;
              length = 0;
            }
            length += 1;
          }
          if (value === 1) runs.push(length);
          region.apply(decodeRegion(bytesOf(1, whole ? 1 : 0, ...start, ...stop, runs.length, ...runs)));
        }
        expect([...region.inside]).toEqual([...expected]);
        let seen = 0;
        region.each((_, inside) => (seen += inside ? 1 : 0));
        expect(seen).toBe(expected.reduce((sum, inside) => sum + inside, 0));
      }),
    );
  });

  it('marks become runs', () => {
    expect(runsOfVoxels([])).toEqual([]);
    expect(runsOfVoxels([4, 5, 6, 9, 11, 12])).toEqual([4, 3, 9, 1, 11, 2]);
  });
});
