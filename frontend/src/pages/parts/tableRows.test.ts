import { describe, expect, it } from 'vitest';
import { filterRows, nextSort, parseSort, sortRows, sortText } from './tableRows';

describe('sortRows', () => {
  it('puts sub-2 before sub-10 and missing values last, both ways', () => {
    const rows = ['sub-10', null, 'sub-2'];
    expect(sortRows(rows, (row) => row, false)).toEqual(['sub-2', 'sub-10', null]);
    expect(sortRows(rows, (row) => row, true)).toEqual(['sub-10', 'sub-2', null]);
  });

  it('takes 0 for a value', () => {
    expect(sortRows([0.5, 0, null], (row) => row, false)).toEqual([0, 0.5, null]);
  });
});

describe('filterRows', () => {
  it('wants every word, in any column, whatever the case', () => {
    const rows = [['sub-01', 'Ada'], ['sub-02', 'Ben']];
    expect(filterRows(rows, ' ada  SUB ', (row) => row)).toEqual([['sub-01', 'Ada']]);
    expect(filterRows(rows, '', (row) => row)).toHaveLength(2);
  });
});

describe('the sort in the address', () => {
  it('goes there and back', () => {
    expect(parseSort('-dice')).toEqual({ column: 'dice', descending: true });
    expect(sortText({ column: 'dice', descending: true })).toBe('-dice');
    expect(parseSort('')).toBeNull();
    expect(parseSort(null)).toBeNull();
  });

  it('turns round at the second click', () => {
    expect(nextSort({ column: 'a', descending: false }, 'a')).toEqual({ column: 'a', descending: true });
    expect(nextSort({ column: 'a', descending: true }, 'b')).toEqual({ column: 'b', descending: false });
  });
});
