import type { ReactElement } from 'react';
import { keyOfLabel } from '../state/labelKeys';
import { ActiveLabel } from './ActiveLabel';
import { DisplayOptions } from './DisplayOptions';
import { History } from './History';
import { LabelRow } from './LabelRow';
import { OperationsPanel } from './OperationsPanel';
import styles from './panels.module.css';
import { ToolOptions } from './ToolOptions';
import { useHandle, useLabels, useWorkspace } from './viewerHandle';

/** Labels with their live volumes, the options of the tool, operations, display and history. */
export function LabelPanel(): ReactElement {
  const task = useWorkspace((state) => state.task);
  const session = useLabels();
  const handle = useHandle();
  return (
    <aside className={styles['side']} data-side="right" aria-label="Labels">
      <section className={styles['group']}>
        <h2 className={styles['heading']}>Labels</h2>
        <div className={styles['labelList']}>
          {task?.labels.map((label) => (
            <LabelRow key={label.value} label={label} hotkey={keyOfLabel(task.labels, label)} session={session} />
          ))}
        </div>
        <ActiveLabel />
      </section>
      {handle.mayPaint && <ToolOptions />}
      {handle.mayPaint && <OperationsPanel />}
      <DisplayOptions />
      {handle.mayPaint && session && <History session={session} />}
    </aside>
  );
}
