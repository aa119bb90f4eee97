import { Text, Title } from '@mantine/core';
import type { Label, Study } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { LabelMark } from '../parts/marks';
import { ProtocolUpgrade } from './ProtocolUpgrade';

const COLUMNS: readonly Column<Label>[] = [
  { key: 'value', header: 'Label', value: (label) => label.value, cell: (label) => <LabelMark label={{ ...label, name: '' }} /> },
  { key: 'name', header: 'Name', value: (label) => label.name },
  { key: 'side', header: 'Side', value: (label) => label.side, cell: (label) => label.side ?? '' },
  { key: 'level', header: 'Level', value: (label) => label.level, cell: (label) => label.level ?? '' },
  { key: 'colour', header: 'Colour', value: (label) => label.colour },
];

export function ProtocolSummary({ study, leads }: { study: Study; leads: boolean }) {
  return (
    <section>
      <Title order={2}>Protocol</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {study.protocol.title} ({study.protocol.name}, version {study.protocol.version}). The study keeps this
        version; a newer one changes nothing here until the lead takes it.
      </Text>
      <ProtocolUpgrade slug={study.slug} leads={leads} />
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
