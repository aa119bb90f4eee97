import { Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconFocusCentered, IconViewportNarrow } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { LabelColour } from './LabelColour';
import { LabelOpacity } from './LabelOpacity';
import own from './LabelPanel.module.css';
import styles from './panels.module.css';
import { useHandle, useHint, useViewer, useWorkspace } from './viewerHandle';

/** What one does with the chosen label besides painting it: go there, find its gaps, see it alone, change its colour. */
export function ActiveLabel(): ReactElement | null {
  const handle = useHandle();
  const hint = useHint();
  const labels = useWorkspace((state) => state.task?.labels);
  const active = useViewer((state) => state.activeLabel);
  const alone = useViewer((state) => state.hiddenLabels.size > 0 && !state.hiddenLabels.has(active) && state.hiddenLabels.size === (labels?.length ?? 0) - 1);
  const label = labels?.find(({ value }) => value === active);
  if (!label) return null;
  const step = (type: 'labelledSlice' | 'unlabelledSlice', direction: 1 | -1): void => handle.perform({ type, direction });
  return (
    <div role="group" aria-label={`Label ${label.name}`}>
      <div className={styles['row']}>
        <Button size="compact-xs" variant="default" leftSection={<IconFocusCentered size={13} />} title={hint('To the centre of the label', 'label.centre')} onClick={() => handle.perform({ type: 'labelCentre' })}>
          Centre
        </Button>
        <Button size="compact-xs" variant={alone ? 'light' : 'default'} aria-pressed={alone} leftSection={<IconViewportNarrow size={13} />} title={hint('Show this label alone', 'label.solo')} onClick={() => handle.perform({ type: 'soloLabel' })}>
          Solo
        </Button>
        <LabelColour label={label} />
      </div>
      <div className={own['slices']}>
        <span className={styles['dim']}>Slice</span>
        <Button size="compact-xs" variant="default" aria-label="Previous slice with the label" title={hint('Previous slice with the label', 'labelled.previous')} onClick={() => step('labelledSlice', -1)}>
          <IconArrowUp size={13} /> with
        </Button>
        <Button size="compact-xs" variant="default" aria-label="Next slice with the label" title={hint('Next slice with the label', 'labelled.next')} onClick={() => step('labelledSlice', 1)}>
          <IconArrowDown size={13} /> with
        </Button>
        <Button size="compact-xs" variant="default" aria-label="Next slice without the label" title={hint('Next slice without the label', 'unlabelled.next')} onClick={() => step('unlabelledSlice', 1)}>
          <IconArrowDown size={13} /> without
        </Button>
      </div>
      <LabelOpacity label={label} />
    </div>
  );
}
