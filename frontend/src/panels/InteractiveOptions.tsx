import { Button, Loader, SegmentedControl, Switch } from '@mantine/core';
import type { ReactElement } from 'react';
import { methodOf } from '../state/interactive';
import { PaintOverChoice } from './PaintRuleOptions';
import styles from './panels.module.css';
import { SliderField } from './SliderField';
import { useHandle, useHint, useInteractive, useViewer } from './viewerHandle';

/** How marks are set and answered; what the last answer was. */
export function InteractiveOptions(): ReactElement {
  const { interactive } = useHandle();
  const tool = useViewer((state) => state.tool);
  const method = useInteractive((state) => methodOf(state, tool));
  const hint = useHint();
  const { side, width, solid, marginMm, smoothness, replaces } = useInteractive((state) => state);
  return (
    <>
      <SegmentedControl
        size="xs"
        fullWidth
        mb={8}
        aria-label="Marks lie"
        value={side}
        data={[
          { value: 'inside', label: hint('+ Inside') },
          { value: 'outside', label: hint('− Outside') },
        ]}
        onChange={(value) => interactive.setState({ side: value as typeof side })}
      />
      {tool === 'scribble' && (
        <>
          <SegmentedControl
            size="xs"
            fullWidth
            mb={8}
            aria-label="Region in"
            value={solid ? 'volume' : 'slice'}
            data={[
              { value: 'slice', label: 'This slice' },
              { value: 'volume', label: '3-D' },
            ]}
            onChange={(value) => interactive.setState({ solid: value === 'volume' })}
          />
          <SliderField title="Line" shown={`${width} voxel${width === 1 ? '' : 's'}`} name="Width of a scribble in voxels" min={1} max={9} value={width} onChange={(value) => interactive.setState({ width: value })} />
          <SliderField title="Smoothness" shown={smoothness} name="Smoothness of the region" min={0} max={5} step={0.25} value={smoothness} onChange={(value) => interactive.setState({ smoothness: value })} />
          <SliderField title="Looks around the marks" shown={`${marginMm} mm`} name="Margin around the marks in mm" min={2} max={30} value={marginMm} onChange={(value) => interactive.setState({ marginMm: value })} />
        </>
      )}
      <PaintOverChoice />
      <Switch size="xs" mb={8} label="Take the label away near the marks where the region is not" checked={replaces} onChange={(event) => interactive.setState({ replaces: event.currentTarget.checked })} />
      <Outcome />
      <span className={styles['dim']}>
        {tool === 'click' ? 'Click inside; with Ctrl or Alt outside.' : 'Draw a line inside; with Ctrl or Alt outside.'} {hint('Other side', 'mark.side')}. {hint('Last mark back', 'undo')}.
      </span>
      {method?.model_version && <p className={styles['dim']}>By {method.model_version}.</p>}
    </>
  );
}

/** The region that waits, how long it took, and what to do with it. */
function Outcome(): ReactElement | null {
  const handle = useHandle();
  const hint = useHint();
  const waits = useViewer((state) => state.pending !== null);
  const { busy, voxels, latency, trouble, strokes } = useInteractive((state) => state);
  if (strokes.length === 0 && !trouble) return null;
  return (
    <div aria-label="Region" role="group">
      <p className={styles['dim']} aria-live="polite" data-testid="interactive-outcome">
        {busy && <Loader size={11} mr={6} aria-label="Working" />}
        {trouble ?? (voxels === null ? 'Working out the region.' : voxels === 0 ? 'Nothing found: mark more inside.' : `${voxels.toLocaleString('en')} voxels.`)}
        {latency && !busy && !trouble && ` ${Math.round(latency.totalMs)} ms, of which the engine ${Math.round(latency.engineMs)} ms.`}
      </p>
      <div className={styles['row']}>
        <Button size="compact-xs" disabled={!waits} onClick={() => handle.perform({ type: 'accept' })}>
          {hint('Accept', 'accept')}
        </Button>
        <Button size="compact-xs" variant="default" onClick={() => handle.perform({ type: 'cancel' })}>
          {hint('Drop', 'cancel')}
        </Button>
      </div>
    </div>
  );
}
