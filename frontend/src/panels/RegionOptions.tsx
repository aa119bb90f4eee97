import { SegmentedControl } from '@mantine/core';
import type { ReactElement } from 'react';
import { EraseOnly, PaintOverChoice } from './PaintRuleOptions';
import { useHandle, useViewer } from './viewerHandle';

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>): ReactElement {
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      mb={8}
      aria-label={label}
      value={value}
      data={options.map(([option, words]) => ({ value: option, label: words }))}
      onChange={(chosen) => onChange(chosen as T)}
    />
  );
}

const ACTS = [['fill', 'Fill'], ['erase', 'Erase']] as const;
const WHERES = [['inside', 'Inside'], ['outside', 'Outside']] as const;
const SHAPES = [['rectangle', 'Box'], ['circle', 'Circle'], ['sphere', 'Sphere']] as const;
const DEPTHS = [['slice', 'This slice'], ['all', 'All slices']] as const;

export function LassoOptions(): ReactElement {
  const { store } = useHandle();
  const act = useViewer((state) => state.lassoAct);
  const where = useViewer((state) => state.lassoWhere);
  return (
    <>
      <Choice label="Lasso does" value={act} options={ACTS} onChange={(lassoAct) => store.setState({ lassoAct })} />
      <Choice label="Lasso side" value={where} options={WHERES} onChange={(lassoWhere) => store.setState({ lassoWhere })} />
      {act === 'fill' ? <PaintOverChoice /> : <EraseOnly />}
    </>
  );
}

export function ScissorsOptions(): ReactElement {
  const { store } = useHandle();
  const act = useViewer((state) => state.cutAct);
  const where = useViewer((state) => state.cutWhere);
  const shape = useViewer((state) => state.cutShape);
  const depth = useViewer((state) => state.cutDepth);
  return (
    <>
      <Choice label="Scissors shape" value={shape} options={SHAPES} onChange={(cutShape) => store.setState({ cutShape })} />
      <Choice label="Scissors do" value={act} options={ACTS} onChange={(cutAct) => store.setState({ cutAct })} />
      <Choice label="Scissors side" value={where} options={WHERES} onChange={(cutWhere) => store.setState({ cutWhere })} />
      {shape !== 'sphere' && (
        <Choice label="Scissors depth" value={depth} options={DEPTHS} onChange={(cutDepth) => store.setState({ cutDepth })} />
      )}
      {act === 'fill' ? <PaintOverChoice /> : <EraseOnly />}
    </>
  );
}
