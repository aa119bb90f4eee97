import { Table, Text } from '@mantine/core';
import type { AnalysisDetail, Label, MeasureSummary } from '../../api/types';
import classes from '../parts/DataTable.module.css';
import { LabelMark, Undefined } from '../parts/marks';
import { meanSd } from '../parts/numbers';
import { droppedCount, headerOf, MEASURES } from './measures';

interface SummaryTableProps {
  analysis: AnalysisDetail;
  labels: readonly Label[];
}

/** Mean ± SD (n) per label; what was left out is counted beside it. */
export function SummaryTable({ analysis, labels }: SummaryTableProps) {
  const shown = labels.filter((label) => analysis.summary[String(label.value)] !== undefined);
  return (
    <div className={classes.frame}>
      <Table className={classes.table}>
        <caption className="visually-hidden">Mean and standard deviation per label</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Label</Table.Th>
            {MEASURES.map((measure) => (
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
              {MEASURES.map((measure) => (
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
  );
}

const whyDropped = (summary: MeasureSummary): string => {
  if (typeof summary.dropped === 'number') return `${summary.dropped} cases have no defined value.`;
  return summary.dropped.map((item) => `${item.case}: ${item.reason}`).join('\n');
};

function SummaryCell({ summary, digits }: { summary: MeasureSummary | undefined; digits: number }) {
  if (summary === undefined) return <Undefined reason="Not measured." />;
  const dropped = droppedCount(summary.dropped);
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
