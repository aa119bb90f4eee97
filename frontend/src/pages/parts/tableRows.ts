/** Sorting and filtering of table rows, apart from how they look. */

export type CellValue = string | number | boolean | null | undefined;

export interface Sort {
  column: string;
  descending: boolean;
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

const isMissing = (value: CellValue): boolean => value === null || value === undefined || value === '';

/** Compare two present values: numbers by size, text so that sub-2 comes before sub-10. */
const compare = (a: CellValue, b: CellValue): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return collator.compare(String(a), String(b));
};

/** A sorted copy. Missing values come last in both directions; equal rows keep their order. */
export const sortRows = <Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => CellValue,
  descending: boolean,
): Row[] =>
  rows.toSorted((left, right) => {
    const a = valueOf(left);
    const b = valueOf(right);
    if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
    return descending ? compare(b, a) : compare(a, b);
  });

/** Rows in which every word of the query occurs in some cell. */
export const filterRows = <Row>(
  rows: readonly Row[],
  query: string,
  valuesOf: (row: Row) => readonly CellValue[],
): Row[] => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...rows];
  return rows.filter((row) => {
    const text = valuesOf(row)
      .map((value) => (value === null || value === undefined ? '' : String(value).toLowerCase()))
      .join('\n');
    return words.every((word) => text.includes(word));
  });
};

/** `name` and `-name` as they stand in the address. */
export const parseSort = (text: string | null): Sort | null => {
  if (text === null || text === '' || text === '-') return null;
  return text.startsWith('-') ? { column: text.slice(1), descending: true } : { column: text, descending: false };
};

export const sortText = (sort: Sort): string => (sort.descending ? `-${sort.column}` : sort.column);

/** What a click on a column's header makes of the sort. */
export const nextSort = (sort: Sort | null, column: string): Sort =>
  sort?.column === column ? { column, descending: !sort.descending } : { column, descending: false };
