import { Button, Group, Select } from '@mantine/core';
import { groupsOf, groupText, labelsFound, pairTitle } from '../answer';
import { useShown } from '../context';
import type { Filters } from '../filters';
import classes from '../Results.module.css';
import { isMeasure, measureOf } from '../measures';

const ALL = 'all';

interface ChooserProps {
  label: string;
  all: string | null;
  value: string;
  data: { value: string; label: string }[];
  onChange: (value: string | null) => void;
  width?: number;
}

function Chooser({ label, all, value, data, onChange, width = 190 }: ChooserProps) {
  const choices = all === null ? data : [{ value: ALL, label: all }, ...data];
  if (data.length < 2) return null;
  return (
    <Select size="xs" w={width} aria-label={label} allowDeselect={false} searchable={data.length > 12} data={choices} value={value} onChange={(chosen) => onChange(chosen === ALL ? null : chosen)} />
  );
}

/** What the whole page looks at; in the address, so that it can be shared. */
export function FilterBar() {
  const { analysis, document, filters, setFilters } = useShown();
  const groups = groupsOf(document);
  const keyOf = (group: NonNullable<Filters['group']>) => `${group.by}:${group.value}`;
  const changed = filters.label !== null || filters.pair !== null || filters.reader !== null || filters.group !== null;
  const metrics = document.rows.count === 0 ? [] : document.metrics.flatMap(({ name }) => (isMeasure(name) ? [measureOf(name, analysis.parameters.tolerance_mm)] : []));
  const number = (text: string | null) => (text === null ? null : Number(text));
  return (
    <Group gap="xs" className={`${classes.filters} no-print`} role="group" aria-label="Filters">
      <Chooser label="Metric" all={null} value={filters.metric} data={metrics.map((one) => ({ value: one.key, label: one.name }))} onChange={(value) => value !== null && isMeasure(value) && setFilters({ metric: value })} />
      <Chooser label="Measurement" all={null} value={filters.measurement ?? document.measurements.find((one) => one.name === 'volume_mm3')?.name ?? document.measurements[0]?.name ?? ''} data={document.measurements.map((one) => ({ value: one.name, label: one.title }))} onChange={(value) => setFilters({ measurement: value })} />
      <Chooser label="Label" all="All labels" width={170} value={filters.label === null ? ALL : String(filters.label)} data={labelsFound(document).map((one) => ({ value: String(one.value), label: one.name }))} onChange={(value) => setFilters({ label: number(value) })} />
      <Chooser label="Pair" all="All pairs" value={filters.pair === null ? ALL : String(filters.pair)} data={document.pairs.map((pair) => ({ value: String(pair.index), label: pairTitle(pair) }))} onChange={(value) => setFilters({ pair: number(value) })} />
      {document.readers.length > 2 && (
        <Chooser label="Reader" all="All readers" width={150} value={filters.reader === null ? ALL : String(filters.reader)} data={document.readers.map((reader) => ({ value: String(reader.index), label: reader.title }))} onChange={(value) => setFilters({ reader: number(value) })} />
      )}
      <Chooser
        label="Group"
        all="All cases"
        value={filters.group === null ? ALL : keyOf(filters.group)}
        data={groups.map((group) => ({ value: keyOf(group), label: groupText(group) }))}
        onChange={(value) => setFilters({ group: groups.find((group) => keyOf(group) === value) ?? null })}
      />
      {changed && (
        <Button size="xs" variant="subtle" color="gray" onClick={() => setFilters({ label: null, pair: null, reader: null, group: null })}>
          Show all
        </Button>
      )}
    </Group>
  );
}
