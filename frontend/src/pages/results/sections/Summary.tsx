import { Table } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { MetricSummary } from '../../../api/types';
import classes from '../../parts/DataTable.module.css';
import { LabelMark, Undefined } from '../../parts/marks';
import { fixed } from '../../parts/numbers';
import { agreementOf, labelsFound, labelTitle } from '../answer';
import { labelOf, useShown } from '../context';
import { headerOf, isMeasure, MAIN, measureOf, type MeasureFacts } from '../measures';
import { summaryText } from '../words';
import { MoreSwitch } from './MoreSwitch';

/** Mean, interval, SD and n per label; what was left out is counted beside it. */
export function Summary() {
  const shown = useShown();
  const { document, filters, analysis, slug } = shown;
  const [more, setMore] = useState(false);
  const measures = document.metrics
    .flatMap(({ name }) => (isMeasure(name) && (more || MAIN.includes(name)) ? [measureOf(name, analysis.parameters.tolerance_mm)] : []));
  const found = labelsFound(document).filter((label) => filters.label === null || label.value === filters.label);
  const values = found.length > 1 ? [...found.map((label) => label.value), null] : found.map((label) => label.value);
  const lines = values.flatMap((value) => {
    const entry = agreementOf(document, { label: value, pair: filters.pair, group: filters.group });
    return entry === null ? [] : [{ value, entry }];
  });
  if (lines.length === 0) return null;
  return (
    <section aria-label="Agreement by label">
      <MoreSwitch title="Agreement by label" words="All metrics" more={more} onMore={setMore} about="Mean [interval of the mean, by drawing whole subjects], SD, n" />
      <div className={classes.frame}>
        <Table className={classes.table}>
          <caption className="visually-hidden">Mean, interval, standard deviation and number of values per label</caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Label</Table.Th>
              {measures.map((measure) => (
                <Table.Th key={measure.key} data-numeric>
                  <Link to={`/studies/${slug}/results/measures/${measure.key}`}>{headerOf(measure)}</Link>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map(({ value, entry }) => (
              <Table.Tr key={String(value)}>
                <Table.Th scope="row" fw={400}>
                  {value === null ? labelTitle(document, null) : <LabelMark label={labelOf(shown, found.find((label) => label.value === value) ?? { value, name: '' })} />}
                </Table.Th>
                {measures.map((measure) => (
                  <Table.Td key={measure.key} data-numeric>
                    <Cell summary={entry.metrics[measure.key]} measure={measure} />
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

const whyDropped = (summary: MetricSummary): string =>
  summary.dropped.slice(0, 12).map((item) => `${item.case}: ${item.reason}`).join('\n');

function Cell({ summary, measure }: { summary: MetricSummary | undefined; measure: MeasureFacts }) {
  if (summary === undefined) return <Undefined reason="Not measured." />;
  if (summary.mean === null) return <Undefined reason={whyDropped(summary) || (summary.undefined['mean'] ?? 'Defined in no case.')} />;
  const dropped = summary.dropped.length;
  return (
    <>
      {summaryText(summary, measure.digits)}
      <div style={{ color: 'var(--mantine-color-dimmed)', fontSize: 12.5 }} title={whyDropped(summary)}>
        SD {fixed(summary.sd, measure.digits)}, n = {summary.n}
        {dropped > 0 && `, ${dropped} undefined`}
      </div>
    </>
  );
}

