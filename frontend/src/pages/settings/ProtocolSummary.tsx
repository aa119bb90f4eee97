import { Text, Title } from '@mantine/core';
import type { Label, Study } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { LabelMark } from '../parts/marks';

const COLUMNS: readonly Column<Label>[] = [
  { key: 'value', header: 'Label', value: (label) => label.value, cell: (label) => <LabelMark label={{ ...label, name: '' }} /> },
  { key: 'name', header: 'Name', value: (label) => label.name },
  { key: 'side', header: 'Side', value: (label) => label.side, cell: (label) => label.side ?? '' },
  { key: 'level', header: 'Level', value: (label) => label.level, cell: (label) => label.level ?? '' },
  { key: 'colour', header: 'Colour', value: (label) => label.colour },
];

export function ProtocolSummary({ study }: { study: Study }) {
  return (
    <section>
      <Title order={2}>Protocol</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {study.protocol.title} ({study.protocol.name}, version {study.protocol.version}). A copy was kept when the study
        was made, so that a later version changes nothing here.
      </Text>
      <DataTable
        name="labels"
        caption="labels of the protocol"
        columns={COLUMNS}
        rows={study.labels}
        rowId={(label) => String(label.value)}
      />
    </section>
  );
}
