import { Table, Text, Title } from '@mantine/core';
import { useFirstRows } from '../../../api/queries';
import classes from '../../parts/DataTable.module.css';
import { LabelMark, RowLink, Undefined } from '../../parts/marks';
import { fixed } from '../../parts/numbers';
import { labelTitle, pairTitle } from '../answer';
import { useMetric, useShown } from '../context';
import { rowAddress } from '../filters';
import { headerOf, isMeasure, MAIN, measureOf, reasonOf, worstFirst } from '../measures';

const SHOWN = 25;

/** The rows that agree least, each with the way to its two label maps. */
export function WorstCases() {
  const { analysis, document, filters, labels, slug } = useShown();
  const measure = useMetric();
  const choice = {
    sort: worstFirst(measure.key),
    ...(filters.label !== null && { label: filters.label }),
    ...(filters.pair !== null && { pair: filters.pair }),
    ...(filters.reader !== null && { reader: filters.reader }),
  };
  const rows = useFirstRows(analysis.id, choice, SHOWN, document.rows.count > 0).data ?? [];
  if (rows.length === 0) return null;
  const columns = [measure.key, ...document.metrics.flatMap(({ name }) => (isMeasure(name) && MAIN.includes(name) && name !== measure.key ? [name] : []))].map((key) =>
    measureOf(key, analysis.parameters.tolerance_mm),
  );
  return (
    <section aria-label="Worst first">
      <Title order={2}>Worst first</Title>
      <Text size="sm" c="dimmed" mb="xs">
        By {headerOf(measure)}, {labelTitle(document, filters.label)}. Each line opens the two label maps and where they differ
        {document.rows.count > rows.length && `; the first ${rows.length} of ${document.rows.count}`}.
      </Text>
      <div className={classes.frame}>
        <Table className={classes.table} highlightOnHover>
          <caption className="visually-hidden">Rows that agree least first</caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Volume</Table.Th>
              <Table.Th>Label</Table.Th>
              <Table.Th>Readers</Table.Th>
              {columns.map((column) => (
                <Table.Th key={column.key} data-numeric>
                  {headerOf(column)}
                </Table.Th>
              ))}
              <Table.Th data-numeric>Volumes (mm³)</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.number}>
                <Table.Td>
                  <RowLink to={rowAddress(slug, analysis.id, row.number, filters)}>{row.volume_name}</RowLink>
                </Table.Td>
                <Table.Td>
                  <LabelMark label={{ value: row.label, name: row.label_name, colour: labels.find((label) => label.value === row.label)?.colour ?? 'transparent' }} />
                </Table.Td>
                <Table.Td>{pairTitle(document.pairs[row.pair] ?? { title_a: '', title_b: '' })}</Table.Td>
                {columns.map(({ key, digits }) => {
                  const value = row[key];
                  return (
                    <Table.Td key={key} data-numeric>
                      {value === null ? <Undefined reason={reasonOf(row, key)} /> : fixed(value, digits)}
                    </Table.Td>
                  );
                })}
                <Table.Td data-numeric>
                  {fixed(row.volume_a_mm3, 1)} / {fixed(row.volume_b_mm3, 1)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}
