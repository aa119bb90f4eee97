import { Group, Select } from '@mantine/core';
import type { ClinicalMeasure, ClinicalSummary } from '../../api/types';
import classes from '../results/Results.module.css';
import { authorKey, type Choice, filterOf } from './choice';

interface ChoiceBarProps {
  summary: ClinicalSummary;
  measure: ClinicalMeasure;
  choice: Choice;
  onChange: (change: Partial<Choice>) => void;
}

/** Which numbers: of which measure, about what, read by whom. */
export function ChoiceBar({ summary, measure, choice, onChange }: ChoiceBarProps) {
  const filter = filterOf(measure, choice);
  return (
    <Group gap="xs" className={classes.filters ?? ''} role="group" aria-label="Which numbers">
      <Select
        size="xs"
        w={330}
        label="Measure"
        allowDeselect={false}
        data={summary.measures.map((one) => ({ value: one.name, label: one.title }))}
        value={measure.name}
        onChange={(value) => onChange({ measure: value })}
      />
      <Select
        size="xs"
        w={210}
        label="Quantity"
        allowDeselect={false}
        data={measure.quantities.map((one) => ({ value: one.name, label: one.unit === '' ? one.title : `${one.title} (${one.unit})` }))}
        value={filter.quantity ?? null}
        onChange={(value) => onChange({ quantity: value })}
      />
      {measure.variants.length > 1 && (
        <Select size="xs" w={130} label="Rule" allowDeselect={false} data={measure.variants} value={filter.variant ?? null} onChange={(value) => onChange({ variant: value })} />
      )}
      <Optional words="Label" width={150} data={summary.labels.map((one) => ({ value: String(one.value), label: one.name }))} value={choice.label} onChange={(label) => onChange({ label })} />
      <Optional words="Level" width={110} data={summary.levels.map((one) => ({ value: one, label: one }))} value={choice.level} onChange={(level) => onChange({ level })} />
      <Optional words="Side" width={100} data={summary.sides.map((one) => ({ value: one, label: one }))} value={choice.side} onChange={(side) => onChange({ side })} />
      <Optional words="By" width={190} data={summary.authors.map((one) => ({ value: authorKey(one), label: one.title }))} value={choice.author} onChange={(author) => onChange({ author })} />
    </Group>
  );
}

interface OptionalProps {
  words: string;
  width: number;
  data: readonly { value: string; label: string }[];
  value: string | null;
  onChange: (value: string | null) => void;
}

function Optional({ words, width, data, value, onChange }: OptionalProps) {
  if (data.length < 2 && value === null) return null;
  return <Select size="xs" w={width} label={words} placeholder="all" clearable searchable={data.length > 12} data={[...data]} value={value} onChange={onChange} />;
}
