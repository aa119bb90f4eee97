import { Button, Checkbox, Group, Table, Text, TextInput, Title, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconDownload, IconSearch } from '@tabler/icons-react';
import { type ReactNode, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { downloadText, toCsv } from './csv';
import classes from './DataTable.module.css';
import { type CellValue, filterRows, nextSort, parseSort, type Sort, sortRows, sortText } from './tableRows';

export interface Column<Row> {
  key: string;
  header: string;
  /** What the column sorts by, filters by and exports. */
  value: (row: Row) => CellValue;
  cell?: (row: Row) => ReactNode;
  numeric?: boolean;
}

interface Selection {
  ids: ReadonlySet<string>;
  onChange: (ids: ReadonlySet<string>) => void;
}

interface DataTableProps<Row> {
  /** Names the CSV file, and tells tables on one page apart in the address. */
  name: string;
  caption: string;
  /** A heading on the line of the filter. */
  title?: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  initialSort?: Sort;
  selection?: Selection;
  actions?: ReactNode;
  footer?: ReactNode;
  nothingFound?: string;
}

/** Rows drawn at first; a table of thousands stays quick, and filter and CSV take all of them. */
const SHOWN_AT_FIRST = 200;

/** A table that is seen at a glance needs no filter. */
const FILTER_FROM = 5;

const useTableAddress = (name: string, initialSort: Sort | null) => {
  const [params, setParams] = useSearchParams();
  const set = (key: string, value: string) =>
    setParams(
      (current) => {
        const next = new URLSearchParams(current);
        if (value === '') next.delete(key);
        else next.set(key, value);
        return next;
      },
      { replace: true },
    );
  return {
    query: params.get(`${name}.find`) ?? '',
    sort: parseSort(params.get(`${name}.sort`)) ?? initialSort,
    setQuery: (query: string) => set(`${name}.find`, query),
    setSort: (sort: Sort) => set(`${name}.sort`, sortText(sort)),
  };
};

/** A table that sorts, filters and exports; its sort and filter stand in the address. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { name, columns, rows, rowId, selection } = props;
  const { query, sort, setQuery, setSort } = useTableAddress(name, props.initialSort ?? null);
  const [all, setAll] = useState(false);

  const found = useMemo(() => {
    const filtered = filterRows(rows, query, (row) => columns.map((column) => column.value(row)));
    const by = columns.find((column) => column.key === sort?.column);
    return by && sort ? sortRows(filtered, by.value, sort.descending) : filtered;
  }, [rows, query, columns, sort]);
  const shown = all ? found : found.slice(0, SHOWN_AT_FIRST);

  const exportCsv = () =>
    downloadText(
      `${name}.csv`,
      toCsv(
        columns.map((column) => column.header),
        found.map((row) => columns.map((column) => column.value(row))),
      ),
    );

  return (
    <div>
      <Group justify="space-between" mb={8} gap="xs">
        <Group gap="sm">
          {props.title !== undefined && <Title order={2}>{props.title}</Title>}
          {(rows.length >= FILTER_FROM || query !== '') && (
            <TextInput
              aria-label={`Filter ${props.caption}`}
              placeholder="Filter"
              size="xs"
              w={220}
              leftSection={<IconSearch size={14} aria-hidden />}
              value={query}
              onChange={(event) => setQuery(event.currentTarget.value)}
            />
          )}
          <Text size="xs" c="dimmed" aria-live="polite">
            {found.length === rows.length ? `${rows.length}` : `${found.length} of ${rows.length}`}
          </Text>
        </Group>
        <Group gap="xs">
          {props.actions}
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconDownload size={14} aria-hidden />}
            onClick={exportCsv}
          >
            CSV
          </Button>
        </Group>
      </Group>
      <div className={classes.frame}>
        <Table className={classes.table} highlightOnHover>
          <caption className="visually-hidden">{props.caption}</caption>
          <Table.Thead>
            <Table.Tr>
              {selection && (
                <Table.Th w={36}>
                  <SelectAll selection={selection} ids={found.map(rowId)} />
                </Table.Th>
              )}
              {columns.map((column) => (
                <HeaderCell key={column.key} column={column} sort={sort} onSort={setSort} />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((row) => (
              <BodyRow key={rowId(row)} row={row} id={rowId(row)} columns={columns} selection={selection} />
            ))}
            {found.length === 0 && (
              <Table.Tr>
                <Table.Td colSpan={columns.length + (selection ? 1 : 0)} className={classes.none}>
                  {props.nothingFound ?? 'Nothing fits this filter.'}
                </Table.Td>
              </Table.Tr>
            )}
          </Table.Tbody>
          {props.footer && found.length > 0 && <Table.Tfoot className={classes.foot}>{props.footer}</Table.Tfoot>}
        </Table>
      </div>
      {found.length > shown.length && (
        <Button mt="xs" size="xs" variant="default" onClick={() => setAll(true)}>
          Show all {found.length}
        </Button>
      )}
    </div>
  );
}

interface HeaderCellProps<Row> {
  column: Column<Row>;
  sort: Sort | null;
  onSort: (sort: Sort) => void;
}

function HeaderCell<Row>({ column, sort, onSort }: HeaderCellProps<Row>) {
  if (column.header === '') {
    return (
      <Table.Th>
        <span className="visually-hidden">Actions</span>
      </Table.Th>
    );
  }
  const active = sort?.column === column.key;
  const order = sort?.descending ? 'descending' : 'ascending';
  const Arrow = sort?.descending ? IconArrowDown : IconArrowUp;
  return (
    <Table.Th aria-sort={active ? order : 'none'} data-numeric={column.numeric}>
      <UnstyledButton className={classes.header} onClick={() => onSort(nextSort(sort, column.key))}>
        {column.header}
        <Arrow size={12} aria-hidden className={classes.arrow} data-active={active || undefined} />
      </UnstyledButton>
    </Table.Th>
  );
}

interface BodyRowProps<Row> {
  row: Row;
  id: string;
  columns: readonly Column<Row>[];
  selection: Selection | undefined;
}

function BodyRow<Row>({ row, id, columns, selection }: BodyRowProps<Row>) {
  const selected = selection?.ids.has(id) ?? false;
  const toggle = () => {
    const ids = new Set(selection?.ids);
    if (selected) ids.delete(id);
    else ids.add(id);
    selection?.onChange(ids);
  };
  return (
    <Table.Tr data-selected={selected || undefined}>
      {selection && (
        <Table.Td className={classes.above}>
          <Checkbox
            size="xs"
            aria-label={`Select ${String(columns[0]?.value(row) ?? id)}`}
            checked={selected}
            onChange={toggle}
          />
        </Table.Td>
      )}
      {columns.map((column) => (
        <Table.Td key={column.key} data-numeric={column.numeric}>
          {column.cell ? column.cell(row) : String(column.value(row) ?? '–')}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

function SelectAll({ selection, ids }: { selection: Selection; ids: readonly string[] }) {
  const chosen = ids.filter((id) => selection.ids.has(id)).length;
  return (
    <Checkbox
      size="xs"
      aria-label="Select all that are listed"
      checked={chosen > 0 && chosen === ids.length}
      indeterminate={chosen > 0 && chosen < ids.length}
      onChange={() => selection.onChange(new Set(chosen === ids.length ? [] : ids))}
    />
  );
}
