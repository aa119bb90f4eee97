import { Anchor, Group, Text } from '@mantine/core';
import { Link } from 'react-router';
import { labelVersionNiftiUrl } from '../../api/client';
import type { AnalysisDetail, AnalysisRow, Label } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { LabelMark, Undefined } from '../parts/marks';
import { differencePercent, fixed } from '../parts/numbers';
import { headerOf, type MeasureFacts, reasonOf } from './measures';

const measured = (measure: MeasureFacts): Column<AnalysisRow> => ({
  key: measure.key,
  header: headerOf(measure),
  value: (row) => row[measure.key],
  cell: (row) => {
    const value = row[measure.key];
    if (value === null) return <Undefined reason={reasonOf(row, measure.key)} />;
    if (measure.key !== 'volume_difference_mm3') return fixed(value, measure.digits);
    const share = differencePercent(row.volume_a_mm3, row.volume_b_mm3);
    return (
      <>
        {fixed(value, measure.digits)}
        <Text span size="xs" c="dimmed" ml={6}>
          {share === null ? '' : `(${fixed(share, 1)} %)`}
        </Text>
      </>
    );
  },
  numeric: true,
});

const columnsOf = (
  slug: string,
  labels: readonly Label[],
  measures: readonly MeasureFacts[],
): readonly Column<AnalysisRow>[] => [
  {
    key: 'case',
    header: 'Case',
    value: (row) => row.case.name,
    cell: (row) => (
      <Anchor component={Link} to={`/studies/${slug}/cases/${row.case.id}`} size="sm">
        {row.case.name}
      </Anchor>
    ),
  },
  { key: 'volume', header: 'Volume', value: (row) => row.volume_name },
  {
    key: 'label',
    header: 'Label',
    value: (row) => row.label,
    cell: (row) => (
      <LabelMark
        label={{
          value: row.label,
          name: row.label_name,
          colour: labels.find((label) => label.value === row.label)?.colour ?? 'transparent',
        }}
      />
    ),
  },
  ...measures.map(measured),
  { key: 'a', header: 'Volume A (mm³)', value: (row) => row.volume_a_mm3, cell: (row) => fixed(row.volume_a_mm3, 1), numeric: true },
  { key: 'b', header: 'Volume B (mm³)', value: (row) => row.volume_b_mm3, cell: (row) => fixed(row.volume_b_mm3, 1), numeric: true },
  {
    key: 'labels',
    header: 'Label maps',
    value: (row) => `${row.version_a ?? ''} ${row.version_b}`,
    cell: (row) => (
      <Group gap={8} wrap="nowrap">
        {row.version_a !== null && (
          <Anchor href={labelVersionNiftiUrl(row.version_a)} download size="sm" aria-label={`Label map A of ${row.case.name}`}>
            A
          </Anchor>
        )}
        <Anchor href={labelVersionNiftiUrl(row.version_b)} download size="sm" aria-label={`Label map B of ${row.case.name}`}>
          B
        </Anchor>
      </Group>
    ),
  },
];

interface AgreementTableProps {
  analysis: AnalysisDetail;
  labels: readonly Label[];
  slug: string;
  measures: readonly MeasureFacts[];
}

/** Case by label, each with its two label maps. */
export function AgreementTable({ analysis, labels, slug, measures }: AgreementTableProps) {
  return (
    <DataTable
      title="Cases"
      name="agreement"
      caption="agreement per case and label"
      columns={columnsOf(slug, labels, measures)}
      rows={analysis.rows}
      rowId={(row) => String(row.number)}
      initialSort={{ column: 'case', descending: false }}
    />
  );
}
