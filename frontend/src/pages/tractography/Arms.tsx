import { Stack, Text } from '@mantine/core';
import type { ArmComparison } from '../../api/tracts';
import { type Column, DataTable } from '../parts/DataTable';
import { Undefined } from '../parts/marks';
import { fixed } from '../parts/numbers';
import { type ArmRow, armRows, type PairRow, pairRows, pText } from './tractText';

/** Manual against automatic: scores and seconds of each arm, and paired tests over the cases that have both. */
export function Arms({ comparisons }: { comparisons: readonly ArmComparison[] }) {
  const pairs = pairRows(comparisons);
  return (
    <Stack gap="lg">
      <div>
        <DataTable title="Manual against automatic" name="tract-arms" caption="comparison of the arms" columns={ARM_COLUMNS} rows={armRows(comparisons)} rowId={(row) => row.id} />
        <Text size="xs" c="dimmed" mt={6}>
          Of each case and arm the newest tractogram counts. A score is the mean of a case over its raters; work is drawing or proposing the mask, and tracking.
        </Text>
      </div>
      {pairs.length > 0 && <DataTable title="Case by case" name="tract-pairs" caption="cases with both arms" columns={PAIR_COLUMNS} rows={pairs} rowId={(row) => row.case} />}
    </Stack>
  );
}

type TextName = 'manual' | 'automatic' | 'test' | 'statistic';

/** A text, or "–" with the reason. */
const text = (key: TextName, header: string): Column<ArmRow> => ({
  key,
  header,
  value: (row) => row[key],
  cell: (row) => (row.undefined[key] === undefined ? row[key] : <Undefined reason={row.undefined[key]} />),
});

const number = (key: 'difference' | 'p', header: string, write: (value: number) => string): Column<ArmRow> => ({
  key,
  header,
  value: (row) => row[key],
  cell: (row) => (row[key] === null ? <Undefined reason={row.undefined[key] ?? ''} /> : write(row[key])),
  numeric: true,
});

const ARM_COLUMNS: readonly Column<ArmRow>[] = [
  { key: 'what', header: 'Of', value: (row) => row.what },
  text('manual', 'Manual, mean ± SD'),
  text('automatic', 'Automatic, mean ± SD'),
  { key: 'cases', header: 'Cases with both', value: (row) => row.cases, numeric: true },
  text('test', 'Paired test'),
  number('difference', 'Manual − automatic', (value) => fixed(value, 2)),
  text('statistic', 'Statistic'),
  number('p', 'p', pText),
];

const both = (key: 'rating' | 'seconds', place: 0 | 1, header: string, digits: number): Column<PairRow> => ({
  key: `${key}-${place}`,
  header,
  value: (row) => row[key]?.[place],
  cell: (row) => {
    const pair = row[key];
    return pair === null ? <Undefined reason={key === 'rating' ? 'not both arms of this case are rated' : 'not both arms of this case are tracked'} /> : fixed(pair[place], digits);
  },
  numeric: true,
});

const PAIR_COLUMNS: readonly Column<PairRow>[] = [
  { key: 'case', header: 'Case', value: (row) => row.case },
  both('rating', 0, 'Score, manual', 2),
  both('rating', 1, 'Score, automatic', 2),
  both('seconds', 0, 'Seconds, manual', 1),
  both('seconds', 1, 'Seconds, automatic', 1),
];
