import { NativeSelect, NumberInput, Switch } from '@mantine/core';
import type { ReactElement } from 'react';
import type { Combination } from '../operations/combine';
import type { OperationForm } from '../state/operationForm';
import type { LabelDefinition } from '../state/task';
import styles from './panels.module.css';
import { ThresholdRange } from './ThresholdRange';
import { useHandle, useViewer, useWorkspace } from './viewerHandle';

interface SelectProps {
  readonly label: string;
  readonly value: string | number;
  readonly data: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}

function Select({ label, value, data, onChange }: SelectProps): ReactElement {
  return (
    <NativeSelect
      size="xs"
      className={styles['field']}
      label={label}
      value={String(value)}
      data={[...data]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface AmountProps {
  readonly label: string;
  readonly max: number;
  readonly step?: number;
  readonly decimals: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A number from 0; an empty or unfinished one counts as 0. */
function Amount({ label, max, step = 1, decimals, value, onChange }: AmountProps): ReactElement {
  return (
    <NumberInput
      size="xs"
      hideControls
      className={styles['field'] ?? ''}
      label={label}
      min={0}
      max={max}
      step={step}
      decimalScale={decimals}
      value={value}
      onChange={(entered) => onChange(Math.min(max, Math.max(0, Number(entered) || 0)))}
    />
  );
}

const options = (labels: readonly LabelDefinition[], first: string) => [
  { value: '0', label: first },
  ...labels.map(({ value, name }) => ({ value: String(value), label: name })),
];

/** The settings that an operation asks for. */
export function OperationFields({ asks }: { readonly asks: readonly (keyof OperationForm)[] }): ReactElement {
  const { store } = useHandle();
  const form = useViewer((state) => state.operationForm);
  const labels = useWorkspace((state) => state.task?.labels) ?? [];
  const set = (change: Partial<OperationForm>): void => store.setState({ operationForm: { ...form, ...change } });
  const fields: Partial<Record<keyof OperationForm, ReactElement>> = {
    mm: <Amount label="Distance (mm)" max={50} step={0.5} decimals={2} value={form.mm} onChange={(mm) => set({ mm })} />,
    minimumMm3: <Amount label="Smaller than (mm³)" max={1e6} decimals={2} value={form.minimumMm3} onChange={(minimumMm3) => set({ minimumMm3 })} />,
    flat: <Switch size="xs" mb={8} label="Slice by slice" checked={form.flat} onChange={() => set({ flat: !form.flat })} />,
    corners: <Switch size="xs" mb={8} label="Corners connect" checked={form.corners} onChange={() => set({ corners: !form.corners })} />,
    over: (
      <Select
        label="Write over"
        value={form.over}
        data={[
          { value: 'background', label: 'Background only' },
          { value: 'everything', label: 'Everything' },
          ...labels.map(({ value, name }) => ({ value: String(value), label: `Only ${name}` })),
        ]}
        onChange={(value) => set({ over: value === 'background' || value === 'everything' ? value : Number(value) })}
      />
    ),
    rest: <Select label="The others become" value={form.rest} data={options(labels, 'Background (removed)')} onChange={(value) => set({ rest: Number(value) })} />,
    splitBy: (
      <Select
        label="Next labels of the list go"
        value={form.splitBy}
        data={[
          { value: 'down', label: 'From head to foot' },
          { value: 'size', label: 'From large to small' },
        ]}
        onChange={(value) => set({ splitBy: value as OperationForm['splitBy'] })}
      />
    ),
    region: (
      <>
        <ThresholdRange />
        <Select
          label="In"
          value={form.region}
          data={[
            { value: 'slice', label: 'This slice' },
            { value: 'crosshair', label: 'A box about the crosshair' },
            { value: 'volume', label: 'The whole volume' },
          ]}
          onChange={(value) => set({ region: value as OperationForm['region'] })}
        />
      </>
    ),
    reachMm: <Amount label="Reach to each side (mm)" max={200} decimals={1} value={form.reachMm} onChange={(reachMm) => set({ reachMm })} />,
    seedWithin: <Select label="Grow in" value={form.seedWithin} data={options(labels, 'The background')} onChange={(value) => set({ seedWithin: Number(value) })} />,
    seedBackground: <Select label="Marks what is not wanted" value={form.seedBackground} data={options(labels, 'No label')} onChange={(value) => set({ seedBackground: Number(value) })} />,
    seedRange: (
      <>
        <Switch size="xs" mb={8} label="Only in an intensity range" checked={form.seedRange} onChange={() => set({ seedRange: !form.seedRange })} />
        {form.seedRange && <ThresholdRange />}
      </>
    ),
    locality: <Amount label="Stay near the seeds (cost of 1 mm)" max={1} step={0.01} decimals={3} value={form.locality} onChange={(locality) => set({ locality })} />,
    seedMarginMm: <Amount label="No further than (mm beyond the seeds)" max={200} decimals={1} value={form.seedMarginMm} onChange={(seedMarginMm) => set({ seedMarginMm })} />,
    other: <Select label="Other label" value={form.other} data={options(labels, 'Choose')} onChange={(value) => set({ other: Number(value) })} />,
    into: <Select label="Mirror image becomes" value={form.into} data={options(labels, 'The active label')} onChange={(value) => set({ into: Number(value) })} />,
    combination: (
      <Select
        label="How"
        value={form.combination}
        data={[
          { value: 'add', label: 'Add the other to it' },
          { value: 'subtract', label: 'Remove it near the other' },
          { value: 'intersect', label: 'Keep it only near the other' },
          { value: 'swap', label: 'Swap the two' },
        ]}
        onChange={(value) => set({ combination: value as Combination })}
      />
    ),
    mirrorAcross: (
      <Select
        label="Across the"
        value={form.mirrorAcross}
        data={[
          { value: 'sagittal', label: 'Sagittal plane (left, right)' },
          { value: 'coronal', label: 'Coronal plane' },
          { value: 'axial', label: 'Axial plane' },
        ]}
        onChange={(value) => set({ mirrorAcross: value as OperationForm['mirrorAcross'] })}
      />
    ),
    mirrorAbout: (
      <Select
        label="At"
        value={form.mirrorAbout}
        data={[
          { value: 'middle', label: 'The middle of the scan' },
          { value: 'crosshair', label: 'The crosshair' },
        ]}
        onChange={(value) => set({ mirrorAbout: value as OperationForm['mirrorAbout'] })}
      />
    ),
  };
  const unasked: readonly (keyof OperationForm)[] = [
    ...(form.operation === 'combine' && (form.combination === 'add' || form.combination === 'swap') ? (['mm'] as const) : []),
    ...(form.region === 'crosshair' ? [] : (['reachMm'] as const)),
  ];
  return (
    <>
      {asks
        .filter((name) => !unasked.includes(name))
        .map((name) => (
          <div key={name}>{fields[name]}</div>
        ))}
    </>
  );
}
