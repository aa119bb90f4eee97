import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceEdges } from './labelPicture';

/** Every face of a voxel towards another value, one by one: what the segments are made of. */
function faces(values: Uint16Array, sizeX: number, sizeY: number): string[] {
  const at = (x: number, y: number): number => (x < 0 || y < 0 || x >= sizeX || y >= sizeY ? 0 : (values[x + sizeX * y] as number));
  const found: string[] = [];
  for (let y = 0; y < sizeY; y++) {
    for (let x = 0; x < sizeX; x++) {
      const value = at(x, y);
      if (value === 0) continue;
      if (at(x, y - 1) !== value) found.push(`${value}: ${x},${y} ${x + 1},${y}`);
      if (at(x, y + 1) !== value) found.push(`${value}: ${x},${y + 1} ${x + 1},${y + 1}`);
      if (at(x - 1, y) !== value) found.push(`${value}: ${x},${y} ${x},${y + 1}`);
      if (at(x + 1, y) !== value) found.push(`${value}: ${x + 1},${y} ${x + 1},${y + 1}`);
    }
  }
  return found.sort();
}

describe('the outline of labels', () => {
  it('is the faces between voxels of different values, for each of the two', () => {
    const slice = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })).chain(([sizeX, sizeY]) =>
      fc.record({ sizeX: fc.constant(sizeX), sizeY: fc.constant(sizeY), values: fc.array(fc.nat(2), { minLength: sizeX * sizeY, maxLength: sizeX * sizeY }) }),
    );
    fc.assert(
      fc.property(slice, ({ sizeX, sizeY, values }) => {
        const array = Uint16Array.from(values);
        const pieces: string[] = [];
        traceEdges(array, sizeX, sizeY, (value, x1, y1, x2, y2) => {
          for (let x = x1; x < x2; x++) pieces.push(`${value}: ${x},${y1} ${x + 1},${y2}`);
          for (let y = y1; y < y2; y++) pieces.push(`${value}: ${x1},${y} ${x2},${y + 1}`);
        });
        expect(pieces.sort()).toEqual(faces(array, sizeX, sizeY));
      }),
    );
  });

  it('is four long lines around a box', () => {
    const lines: number[][] = [];
    traceEdges(new Uint16Array([0, 0, 0, 0, 0, 3, 3, 0, 0, 3, 3, 0]), 4, 3, (...line) => lines.push(line));
    expect(lines.sort()).toEqual([
      [3, 1, 1, 1, 3],
      [3, 1, 1, 3, 1],
      [3, 1, 3, 3, 3],
      [3, 3, 1, 3, 3],
    ]);
  });
});
