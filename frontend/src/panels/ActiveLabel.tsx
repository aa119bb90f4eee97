import { Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconFocusCentered } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { colourOf } from '../state/labelColours';
import styles from './panels.module.css';
import { useHandle, useViewer, useWorkspace } from './viewerHandle';

/** What one does with the chosen label besides painting it: go there, find its gaps, change its colour. */
export function ActiveLabel(): ReactElement | null {
  const handle = useHandle();
  const { store } = handle;
  const labels = useWorkspace((state) => state.task?.labels);
  const active = useViewer((state) => state.activeLabel);
  const colours = useViewer((state) => state.labelColours);
  const label = labels?.find(({ value }) => value === active);
  if (!label) return null;
  const setColour = (colour: string): void => store.setState({ labelColours: { ...colours, [label.value]: colour } });
  const reset = (): void => {
    const kept = Object.entries(colours).filter(([value]) => Number(value) !== label.value);
    store.setState({ labelColours: Object.fromEntries(kept) });
  };
  return (
    <div role="group" aria-label={`Label ${label.name}`}>
      <div className={styles['row']}>
        <Button size="compact-xs" variant="default" leftSection={<IconFocusCentered size={13} />} onClick={() => handle.jumpToLabel(active)}>
          To centre
        </Button>
        <label className={styles['colour']}>
          <span>Colour</span>
          <input type="color" value={colourOf(label, colours).toLowerCase()} aria-label={`Colour of ${label.name}`} onChange={(event) => setColour(event.currentTarget.value)} />
          {colours[label.value] !== undefined && (
            <button type="button" className={styles['link']} aria-label={`Study colour for ${label.name}`} onClick={reset}>
              Reset
            </button>
          )}
        </label>
      </div>
      <div className={styles['row']}>
        <Button size="compact-xs" variant="default" aria-label="Previous slice with the label" title="Previous slice with the label (Shift+Tab)" onClick={() => handle.perform({ type: 'labelledSlice', direction: -1 })}>
          <IconArrowUp size={13} /> with
        </Button>
        <Button size="compact-xs" variant="default" aria-label="Next slice with the label" title="Next slice with the label (Tab)" onClick={() => handle.perform({ type: 'labelledSlice', direction: 1 })}>
          <IconArrowDown size={13} /> with
        </Button>
        <Button size="compact-xs" variant="default" aria-label="Next slice without the label" title="Next slice without the label (N)" onClick={() => handle.perform({ type: 'unlabelledSlice', direction: 1 })}>
          <IconArrowDown size={13} /> without
        </Button>
      </div>
    </div>
  );
}
