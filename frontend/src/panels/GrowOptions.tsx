import { Button, NumberInput, SegmentedControl } from '@mantine/core';
import type { ReactElement } from 'react';
import { PaintOverChoice } from './PaintRuleOptions';
import styles from './panels.module.css';
import { SliderField } from './SliderField';
import { useHandle, useHint, useViewer } from './viewerHandle';

/** Tolerance and reach of region growing; the preview follows while they move. */
export function GrowOptions(): ReactElement {
  const handle = useHandle();
  const { store } = handle;
  const width = useViewer((state) => state.window.upper - state.window.lower);
  const tolerance = useViewer((state) => state.growTolerance) ?? width / 20;
  const reach = useViewer((state) => state.growReachMm);
  const solid = useViewer((state) => state.growSolid);
  const preview = useViewer((state) => (state.growSeed ? state.preview : null));
  const hint = useHint();
  const step = width > 200 ? 1 : width / 200 || 0.01;
  return (
    <>
      <SegmentedControl
        size="xs"
        fullWidth
        mb={8}
        aria-label="Grow in"
        value={solid ? 'volume' : 'slice'}
        data={[
          { value: 'slice', label: 'This slice' },
          { value: 'volume', label: '3-D' },
        ]}
        onChange={(value) => store.setState({ growSolid: value === 'volume' })}
      />
      <SliderField
        title={hint('Tolerance', 'brush.smaller', 'brush.larger')}
        shown={`± ${Number(tolerance.toPrecision(3))}`}
        name="Intensity tolerance"
        min={0}
        max={Math.max(width / 2, step)}
        step={step}
        value={tolerance}
        onChange={(value) => store.setState({ growTolerance: value })}
      />
      <NumberInput
        size="xs"
        mb={8}
        hideControls
        label="No further than (mm)"
        min={1}
        max={60}
        value={reach}
        onChange={(value) => store.setState({ growReachMm: Math.min(60, Math.max(1, Number(value) || 1)) })}
      />
      <PaintOverChoice />
      {preview && (
        <>
          <p className={styles['dim']} aria-live="polite">
            {preview.indices.length.toLocaleString('en')} voxels would become label {preview.value}.
          </p>
          <div className={styles['row']}>
            <Button size="compact-xs" onClick={() => handle.perform({ type: 'accept' })}>
              {hint('Accept', 'accept')}
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => handle.perform({ type: 'cancel' })}>
              {hint('Give up', 'cancel')}
            </Button>
          </div>
        </>
      )}
    </>
  );
}

/** What a click on a connected component does. */
export function IslandOptions(): ReactElement {
  const { store } = useHandle();
  const offered = useViewer((state) => state.proposal !== null);
  const chosen = useViewer((state) => state.islandAct);
  const act = chosen === 'accept' && !offered ? 'relabel' : chosen;
  return (
    <SegmentedControl
      size="xs"
      fullWidth
      mb={8}
      aria-label="Component click does"
      value={act}
      data={[
        { value: 'relabel', label: offered ? 'To active' : 'To active label' },
        { value: 'remove', label: 'Remove' },
        ...(offered ? [{ value: 'accept', label: 'Proposed' }] : []),
      ]}
      onChange={(value) => store.setState({ islandAct: value as typeof act })}
    />
  );
}
