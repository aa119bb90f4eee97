import { expect, it } from 'vitest';
import { diceInWords } from './diceWords';

it('says 1 of two maps that are the same, and of no others', () => {
  // Ten voxels more than the 13663 of a cord.
  expect(diceInWords((2 * 13663) / (13663 + 13673))).toBe('>0.999');
  expect([1, 0.9994, 0.5, 0].map(diceInWords)).toEqual(['1.000', '0.999', '0.500', '0.000']);
});
