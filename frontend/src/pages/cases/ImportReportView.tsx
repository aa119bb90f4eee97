import { Stack, Text, Title } from '@mantine/core';
import type { ImportReport } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { countOf } from '../parts/numbers';

type FileOutcome = ImportReport['files'][number];

const FILES: readonly Column<FileOutcome>[] = [
  {
    key: 'path',
    header: 'File',
    value: (row) => row.path,
    cell: (row) => (
      <Text size="sm" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
        {row.path}
      </Text>
    ),
  },
  { key: 'outcome', header: 'Outcome', value: (row) => row.outcome },
  { key: 'reason', header: 'Reason', value: (row) => row.reason },
];

const sentence = (report: ImportReport): string =>
  [
    `${countOf(report.images, 'image')} and ${countOf(report.labels, 'label map')} taken`,
    report.unchanged > 0 ? `${report.unchanged} here already` : '',
    report.kept_aside > 0 ? `${report.kept_aside} kept aside` : '',
    report.skipped > 0 ? `${report.skipped} skipped` : '',
  ]
    .filter(Boolean)
    .join(', ');

/** What an import took, and each file that it did not simply take, with the reason. */
export function ImportReportView({ report }: { report: ImportReport }) {
  return (
    <Stack gap="md">
      <div>
        <Title order={2}>Import report</Title>
        <Text size="sm" c="dimmed">
          {sentence(report)}.
        </Text>
      </div>
      {report.files.length > 0 && (
        <DataTable
          name="not-taken"
          caption="files that were not simply taken"
          columns={FILES}
          rows={report.files}
          rowId={(row) => row.path}
        />
      )}
    </Stack>
  );
}
