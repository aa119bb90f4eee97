import { Button, Group, Switch, Table, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { AnalysisDetail, Label, MeasureSummary } from '../../api/types';
import { downloadText } from '../parts/csv';
import classes from '../parts/DataTable.module.css';
import { LabelMark, Undefined } from '../parts/marks';
import { meanSd } from '../parts/numbers';
import { headerOf, type MeasureFacts } from './measures';
import { summaryCsv } from './summaryCsv';

interface SummaryTableProps {
  analysis: AnalysisDetail;
  labels: readonly Label[];
  measures: readonly MeasureFacts[];
  more: boolean;
  onMore: (more: boolean) => void;
}

/** Mean ± SD (n) per label; what was left out is counted beside it. */
export function SummaryTable({ analysis, labels, measures, more, onMore }: SummaryTableProps) {
  const shown = labels.filter((label) => analysis.summary[String(label.value)] !== undefined);
  return (
    <section>
      <Group justify="space-between" mb="xs">
        <Title order={2}>Summary, mean ± SD (n)</Title>
        <Group gap="md">
          <Switch
            size="xs"
            label="More measures"
            checked={more}
            onChange={(event) => onMore(event.currentTarget.checked)}
          />
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconDownload size={14} aria-hidden />}
            aria-label="CSV of the summary"
            onClick={() => downloadText('summary.csv', summaryCsv(analysis, labels))}
          >
            CSV
          </Button>
        </Group>
      </Group>
      <div className={classes.frame}>
        <Table className={classes.table}>
          <caption className="visually-hidden">Mean and standard deviation per label</caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Label</Table.Th>
              {measures.map((measure) => (
                <Table.Th key={measure.key} data-numeric>
                  {headerOf(measure)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((label) => (
              <Table.Tr key={label.value}>
                <Table.Td>
                  <LabelMark label={label} />
                </Table.Td>
                {measures.map((measure) => (
                  <Table.Td key={measure.key} data-numeric>
                    <SummaryCell
                      summary={analysis.summary[String(label.value)]?.[measure.key]}
                      digits={measure.digits}
                    />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}

const whyDropped = (summary: MeasureSummary): string =>
  summary.dropped.map((item) => `${item.case}: ${item.reason}`).join('\n');

function SummaryCell({ summary, digits }: { summary: MeasureSummary | undefined; digits: number }) {
  if (summary === undefined) return <Undefined reason="Not measured." />;
  const dropped = summary.dropped.length;
  if (summary.mean === null) return <Undefined reason={whyDropped(summary) || 'Defined in no case.'} />;
  return (
    <>
      {meanSd(summary, digits)}
      {dropped > 0 && (
        <Text size="xs" c="dimmed" title={whyDropped(summary)}>
          {dropped} undefined, left out
        </Text>
      )}
    </>
  );
}
