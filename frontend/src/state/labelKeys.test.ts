import { describe, expect, it } from 'vitest';
import { keyOfLabel, labelForDigits, labelForKey, SECOND_DIGIT_MS } from './labelKeys';
import type { LabelDefinition } from './task';

const label = (value: number): LabelDefinition => ({ value, name: `L${value}`, colour: '#888888', side: 'both', level: '', group: '', optional: false });

describe('number keys', () => {
  it('choose the label of that value: 2 is C2 in a protocol that starts at 2', () => {
    const rootlets = [2, 3, 4, 5, 6, 7, 8, 9].map(label);
    expect(labelForKey(rootlets, 2)?.value).toBe(2);
    expect(labelForKey(rootlets, 9)?.value).toBe(9);
    expect(labelForKey(rootlets, 1)).toBeNull();
  });

  it('reach labels above 9 by their place in the list', () => {
    const vertebrae = [20, 21, 22].map(label);
    expect(labelForKey(vertebrae, 2)?.value).toBe(21);
    expect(keyOfLabel(vertebrae, label(22))).toBe('3');
  });

  it('never give one key to two labels', () => {
    const mixed = [1, 12, 3].map(label);
    const keys = mixed.map((each) => keyOfLabel(mixed, each));
    expect(keys).toEqual(['1', '2', '3']);
  });

  it('say two digits one after the other, without making the first one wait', () => {
    const vertebrae = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(label);
    expect(labelForDigits(vertebrae, 1, 0, null)?.value).toBe(1);
    expect(labelForDigits(vertebrae, 2, 300, { digit: 1, atMs: 0 })?.value).toBe(12);
    expect(labelForDigits(vertebrae, 0, 300, { digit: 1, atMs: 0 })?.value).toBe(10);
    expect(labelForDigits(vertebrae, 2, SECOND_DIGIT_MS + 1, { digit: 1, atMs: 0 })?.value).toBe(2);
    expect(labelForDigits(vertebrae, 5, 300, { digit: 1, atMs: 0 })?.value).toBe(5);
    expect(labelForDigits(vertebrae, 0, 300, null)).toBeNull();
    expect(keyOfLabel(vertebrae, label(11))).toBe('11');
  });
});
