import { NativeSelect, SegmentedControl, Switch } from '@mantine/core';
import type { ReactElement } from 'react';
import type { PaintOver } from '../commands/voxelRule';
import styles from './panels.module.css';
import { ThresholdRange } from './ThresholdRange';
import { useHandle, useViewer, useWorkspace } from './viewerHandle';

const paintOverOf = (text: string): PaintOver =>
  text === 'everything' || text === 'background' ? text : Number(text);

/** Which voxels may be written: everything, the background, or one label. */
export function PaintOverChoice(): ReactElement {
  const { store } = useHandle();
  const paintOver = useViewer((state) => state.paintOver);
  const labels = useWorkspace((state) => state.task?.labels) ?? [];
  return (
    <NativeSelect
      size="xs"
      className={styles['field']}
      label="Paint over"
      value={String(paintOver)}
      data={[
        { value: 'everything', label: 'Everything' },
        { value: 'background', label: 'Background only' },
        ...labels.map(({ value, name }) => ({ value: String(value), label: `Only ${name}` })),
      ]}
      onChange={(event) => store.setState({ paintOver: paintOverOf(event.currentTarget.value) })}
    />
  );
}

/** Every tool writes only in an intensity range, as the threshold brush always does. */
export function IntensityMask(): ReactElement {
  const { store } = useHandle();
  const on = useViewer((state) => state.intensityMask);
  return (
    <>
      <Switch size="xs" mb={8} label="Only in an intensity range" checked={on} onChange={() => store.setState({ intensityMask: !on })} />
      {on && <ThresholdRange />}
    </>
  );
}

export function EraseOnly(): ReactElement {
  const { store } = useHandle();
  const eraseOnly = useViewer((state) => state.eraseOnly);
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      mb={8}
      aria-label="Erase"
      value={eraseOnly}
      data={[
        { value: 'active', label: 'This label' },
        { value: 'everything', label: 'All labels' },
      ]}
      onChange={(value) => store.setState({ eraseOnly: value as typeof eraseOnly })}
    />
  );
}
