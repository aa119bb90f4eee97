import type { ReactElement } from 'react';
import { keyOfLabel } from '../state/labelKeys';
import { brokenOrder, inLevelOrder } from '../state/levelOrder';
import type { LabelDefinition } from '../state/task';
import { LabelRow } from './LabelRow';
import styles from './LabelPanel.module.css';
import { useHandle, useLabels, useWorkspace } from './viewerHandle';

const NONE: readonly LabelDefinition[] = [];

/** The labels with their live volumes: drawn with every stroke, and so nothing else is with them. */
export function LabelList(): ReactElement {
  const handle = useHandle();
  const labels = useWorkspace((state) => state.task?.labels) ?? NONE;
  const session = useLabels();
  const broken = brokenOrder(labels, (value) => {
    const centre = session?.tally.centre(value);
    return centre ? handle.headwardMm(centre) : null;
  });
  return (
    <div className={styles['labelList']}>
      {inLevelOrder(labels).map((label) => (
        <LabelRow
          key={label.value}
          label={label}
          hotkey={keyOfLabel(labels, label)}
          count={session?.count(label.value) ?? 0}
          voxelMm3={handle.voxelMm3}
          lockable={handle.mayPaint}
          locked={session?.locked.has(label.value) ?? false}
          warning={broken.get(label.value) ?? null}
        />
      ))}
    </div>
  );
}
