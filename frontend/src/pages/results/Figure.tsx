import { Button, Card, Group, SegmentedControl, Table, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { EChartsOption } from 'echarts/types/dist/shared';
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';
import { Chart, plotFile } from '../parts/Chart';
import { type Ink, LIGHT, useChartInk } from '../parts/chartInk';
import { downloadBlob, downloadText, toCsv } from '../parts/csv';
import tableClasses from '../parts/DataTable.module.css';
import { UNDEFINED } from '../parts/numbers';
import { type Opens, opensOf } from './plots/frame';
import classes from './Results.module.css';

export interface FigureRow {
  cells: readonly (string | number | null)[];
  /** The first cell leads there. */
  to?: string | undefined;
}

export interface FigureTable {
  head: readonly string[];
  rows: readonly FigureRow[];
}

interface FigureProps {
  /** Names the saved files. */
  name: string;
  title: string;
  about?: ReactNode;
  controls?: ReactNode;
  height: number;
  /** What the plot shows, for those who can't see it. */
  label: string;
  build: (ink: Ink) => EChartsOption;
  onOpen?: (opens: Opens) => void;
  /** The same as numbers; in it every mark is a link that the keyboard reaches. */
  table: FigureTable;
}

const FILE_WIDTH = 900;

/** A plot with its title, the same as a table, and both to keep as files. */
export function Figure({ name, title, about, controls, height, label, build, onOpen, table }: FigureProps) {
  const [view, setView] = useState<'plot' | 'table'>('plot');
  const frame = useRef<HTMLDivElement>(null);
  const ink = useChartInk();
  const option = useMemo(() => build(ink), [build, ink]);
  const pick = useCallback(
    (data: unknown) => {
      const opens = opensOf(data);
      if (opens !== null) onOpen?.(opens);
    },
    [onOpen],
  );
  // Papers are white: a figure that is kept has dark ink, whatever the page looks like.
  const save = (format: 'svg' | 'png') =>
    downloadBlob(`${name}.${format}`, plotFile(build(LIGHT), format, { width: frame.current?.clientWidth ?? FILE_WIDTH, height }));
  return (
    <Card component="section" aria-label={title} className={classes.figure}>
      <Group justify="space-between" align="flex-start" gap="xs" mb="xs">
        <div>
          <Title order={2}>{title}</Title>
          {about !== undefined && (
            <Text size="sm" c="dimmed" maw={720}>
              {about}
            </Text>
          )}
        </div>
        <Group gap={6} className="no-print">
          {controls}
          <SegmentedControl
            size="xs"
            aria-label={`${title}: plot or table`}
            value={view}
            onChange={(value) => setView(value as 'plot' | 'table')}
            data={[
              { value: 'plot', label: 'Plot' },
              { value: 'table', label: 'Table' },
            ]}
          />
          {view === 'plot' ? (
            <>
              <SaveButton words="SVG" title={title} onClick={() => save('svg')} />
              <SaveButton words="PNG" title={title} onClick={() => save('png')} />
            </>
          ) : (
            <SaveButton words="CSV" title={title} onClick={() => downloadText(`${name}.csv`, toCsv(table.head, table.rows.map((row) => row.cells)))} />
          )}
        </Group>
      </Group>
      <div ref={frame}>
        {view === 'plot' ? <Chart option={option} height={height} label={label} onPick={pick} /> : <Numbers title={title} table={table} />}
      </div>
    </Card>
  );
}

function SaveButton({ words, title, onClick }: { words: string; title: string; onClick: () => void }) {
  return (
    <Button size="xs" variant="subtle" color="gray" leftSection={<IconDownload size={14} aria-hidden />} aria-label={`${title}: save as ${words}`} onClick={onClick}>
      {words}
    </Button>
  );
}

/** A plain table of a figure's numbers. */
export function Numbers({ title, table }: { title: string; table: FigureTable }) {
  return (
    <div className={`${tableClasses.frame} ${classes.numbers}`}>
      <Table className={tableClasses.table} highlightOnHover stickyHeader>
        <caption className="visually-hidden">{title}</caption>
        <Table.Thead>
          <Table.Tr>
            {table.head.map((header, column) => (
              <Table.Th key={header} data-numeric={isNumeric(table, column) || undefined}>
                {header}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {table.rows.map((row, index) => (
            <Table.Tr key={index}>
              {row.cells.map((cell, column) => (
                <Table.Td key={column} data-numeric={isNumeric(table, column) || undefined}>
                  {column === 0 && row.to !== undefined ? <Link to={row.to}>{cell}</Link> : (cell ?? UNDEFINED)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

/** Columns whose values are numbers, or read as such, stand to the right. */
const isNumeric = (table: FigureTable, column: number): boolean =>
  column > 0 && table.rows.some((row) => /^[−<\d]/.test(String(row.cells[column] ?? ''))) &&
  table.rows.every((row) => row.cells[column] === null || /^[−–<\d]/.test(String(row.cells[column])));
