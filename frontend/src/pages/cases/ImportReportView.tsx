import { Stack, Text, Title } from '@mantine/core';
import type { ImportReport } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { countOf } from '../parts/numbers';

type Skipped = ImportReport['skipped'][number];
type Taken = ImportReport['taken'][number];

const path = (text: string) => (
  <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
    {text}
  </Text>
);

const SKIPPED: readonly Column<Skipped>[] = [
  { key: 'path', header: 'Skipped file', value: (row) => row.path, cell: (row) => path(row.path) },
  { key: 'reason', header: 'Reason', value: (row) => row.reason },
];

const TAKEN: readonly Column<Taken>[] = [
  { key: 'path', header: 'Taken file', value: (row) => row.path, cell: (row) => path(row.path) },
  { key: 'what', header: 'As', value: (row) => row.what },
];

/** What an import took and what it skipped, file by file. */
export function ImportReportView({ report }: { report: ImportReport }) {
  return (
    <Stack gap="md">
      <div>
        <Title order={2}>Import report</Title>
        <Text size="sm" c="dimmed">
          {countOf(report.taken.length, 'file')} taken, {report.skipped.length} skipped, {report.unchanged} here already.
        </Text>
      </div>
      {report.skipped.length > 0 && (
        <DataTable
          name="skipped"
          caption="skipped files"
          columns={SKIPPED}
          rows={report.skipped}
          rowId={(row) => row.path}
        />
      )}
      {report.taken.length > 0 && (
        <DataTable name="taken" caption="taken files" columns={TAKEN} rows={report.taken} rowId={(row) => row.path} />
      )}
    </Stack>
  );
}
