import { SegmentedControl, Switch } from '@mantine/core';
import type { ReactElement } from 'react';
import { BRUSH_SIZES_MM, BRUSH_SIZES_VOXELS } from '../state/editSettings';
import styles from './panels.module.css';
import { SliderField } from './SliderField';
import { useHandle, useHint, useViewer } from './viewerHandle';

/** Form and size of the brush. */
export function BrushOptions(): ReactElement {
  const { store } = useHandle();
  const unit = useViewer((state) => state.brushUnit);
  const form = useViewer((state) => state.brushForm);
  const solid = useViewer((state) => state.brushSolid);
  const pressure = useViewer((state) => state.penPressure);
  const hint = useHint();
  const size = useViewer((state) => (state.brushUnit === 'mm' ? state.brushMm : state.brushVoxels));
  const sizes = unit === 'mm' ? BRUSH_SIZES_MM : BRUSH_SIZES_VOXELS;
  const setSize = (chosen: number): void => store.setState(unit === 'mm' ? { brushMm: chosen } : { brushVoxels: chosen });
  return (
    <>
      <div className={styles['row']}>
        <SegmentedControl
          size="xs"
          aria-label="Brush form"
          value={form}
          data={[
            { value: 'disc', label: 'Round' },
            { value: 'square', label: 'Square' },
          ]}
          onChange={(value) => store.setState({ brushForm: value as typeof form })}
        />
        <SegmentedControl
          size="xs"
          aria-label="Brush size in"
          value={unit}
          data={[
            { value: 'mm', label: 'mm' },
            { value: 'voxels', label: 'Voxels' },
          ]}
          onChange={(value) => store.setState({ brushUnit: value as typeof unit })}
        />
      </div>
      <SliderField
        title={hint('Diameter', 'brush.smaller', 'brush.larger')}
        shown={`${size} ${unit}`}
        name="Brush diameter"
        min={0}
        max={sizes.length - 1}
        value={Math.max(0, sizes.findLastIndex((candidate) => candidate <= size))}
        onChange={(n) => setSize(sizes[n] ?? size)}
      />
      <Switch
        size="xs"
        mb={8}
        label={form === 'disc' ? '3-D (sphere)' : '3-D (cube)'}
        checked={solid}
        onChange={() => store.setState({ brushSolid: !solid })}
      />
      <Switch
        size="xs"
        mb={8}
        label="Pen pressure widens"
        checked={pressure}
        onChange={() => store.setState({ penPressure: !pressure })}
      />
    </>
  );
}
