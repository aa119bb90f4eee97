import { Button, NumberInput, RangeSlider } from '@mantine/core';
import type { ReactElement } from 'react';
import styles from './panels.module.css';
import { useHandle, useViewer, useWorkspace } from './viewerHandle';

/** The intensities that the threshold brush paints. */
export function ThresholdRange(): ReactElement {
  const handle = useHandle();
  const { store } = handle;
  const { lower, upper } = useViewer((state) => state.brushRange ?? state.window);
  const shown = useWorkspace((state) => state.shown);
  const range = useWorkspace((state) => state.task?.volumes.find(({ id }) => id === shown)?.range) ?? { lower: 0, upper: 1 };
  const set = (from: number, to: number): void =>
    store.setState({ brushRange: { lower: Math.min(from, to), upper: Math.max(from, to) } });
  const step = (range.upper - range.lower) / 500 || 1;
  const decimals = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step)));
  const rounded = (value: number): number => Number(value.toFixed(decimals));
  return (
    <>
      <div className={styles['fact']}>
        <span>Intensities</span>
        <span>
          {rounded(lower)} to {rounded(upper)}
        </span>
      </div>
      <RangeSlider
        size="sm"
        mb={8}
        label={null}
        min={range.lower}
        max={range.upper}
        step={step}
        minRange={0}
        value={[lower, upper]}
        thumbFromLabel="Lowest intensity painted"
        thumbToLabel="Highest intensity painted"
        onChange={([from, to]) => set(rounded(from), rounded(to))}
      />
      <div className={styles['row']}>
        <NumberInput size="xs" aria-label="Lowest intensity" hideControls decimalScale={decimals} value={rounded(lower)} onChange={(value) => set(Number(value), upper)} />
        <NumberInput size="xs" aria-label="Highest intensity" hideControls decimalScale={decimals} value={rounded(upper)} onChange={(value) => set(lower, Number(value))} />
      </div>
      <div className={styles['row']}>
        <Button size="compact-xs" variant="default" onClick={() => store.setState({ brushRange: null })}>
          As window
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => handle.perform({ type: 'rangeAtCrosshair' })}>
          At crosshair
        </Button>
      </div>
    </>
  );
}
