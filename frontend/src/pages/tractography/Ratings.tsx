import { Text } from '@mantine/core';
import type { RatingRow } from '../../api/tracts';
import { type Column, DataTable } from '../parts/DataTable';
import { Undefined } from '../parts/marks';
import { timeText } from '../parts/numbers';

/** Every rating with what its rater is not told. For a study lead. */
export function Ratings({ ratings }: { ratings: readonly RatingRow[] }) {
  const done = ratings.filter(({ score }) => score !== null).length;
  return (
    <div>
      <DataTable title="Ratings" name="tract-ratings" caption="ratings of tractograms" columns={COLUMNS} rows={ratings} rowId={(row) => row.id} />
      <Text size="xs" c="dimmed" mt={6}>
        {done} of {ratings.length} are scored. A rater sees streamlines and a number, in an order drawn by chance, and neither case nor arm; a lead who rates is not blind.
      </Text>
    </div>
  );
}

const COLUMNS: readonly Column<RatingRow>[] = [
  { key: 'rater', header: 'Rater', value: (row) => row.rater },
  { key: 'place', header: 'Place in their order', value: (row) => row.place, numeric: true },
  { key: 'case', header: 'Case', value: (row) => row.case_name },
  { key: 'arm', header: 'Arm', value: (row) => row.arm },
  { key: 'score', header: 'Score', value: (row) => row.score, cell: (row) => row.score ?? <Undefined reason="not rated yet" />, numeric: true },
  {
    key: 'comment',
    header: 'Comment',
    value: (row) => row.comment,
    cell: (row) => (
      <Text size="sm" lineClamp={2} maw={420} title={row.comment}>
        {row.comment}
      </Text>
    ),
  },
  { key: 'rated', header: 'Rated', value: (row) => row.rated_at, cell: (row) => timeText(row.rated_at) },
];
