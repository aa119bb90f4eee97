import type { ReactElement } from 'react';
import { keyOfLabel } from '../state/labelKeys';
import { brokenOrder, inLevelOrder } from '../state/levelOrder';
import { ActiveLabel } from './ActiveLabel';
import { CommentsPanel } from './CommentsPanel';
import { DifferencePanel } from './DifferencePanel';
import { DisplayOptions } from './DisplayOptions';
import { History } from './History';
import { ImageOptions } from './ImageOptions';
import { LabelRow } from './LabelRow';
import { MarksPanel } from './MarksPanel';
import { OperationsPanel } from './OperationsPanel';
import { ProposalPanel } from './ProposalPanel';
import own from './LabelPanel.module.css';
import styles from './panels.module.css';
import { ToolOptions } from './ToolOptions';
import { useHandle, useLabels, useWorkspace } from './viewerHandle';

/** Labels with their live volumes, the options of the tool, operations, display and history. */
export function LabelPanel(): ReactElement {
  const task = useWorkspace((state) => state.task);
  const session = useLabels();
  const handle = useHandle();
  const labels = task?.labels ?? [];
  const broken = brokenOrder(labels, (value) => {
    const centre = session?.tally.centre(value);
    return centre ? handle.headwardMm(centre) : null;
  });
  return (
    <aside className={styles['side']} data-side="right" aria-label="Labels">
      <DifferencePanel />
      <section className={styles['group']}>
        <h2 className={styles['heading']}>Labels</h2>
        <div className={own['labelList']}>
          {inLevelOrder(labels).map((label) => (
            <LabelRow key={label.value} label={label} hotkey={keyOfLabel(labels, label)} session={session} warning={broken.get(label.value) ?? null} />
          ))}
        </div>
        <ActiveLabel />
      </section>
      {handle.mayPaint && session && <ProposalPanel session={session} />}
      {handle.mayPaint && <ToolOptions />}
      {handle.mayPaint && <OperationsPanel />}
      <MarksPanel />
      <CommentsPanel />
      <ImageOptions />
      <DisplayOptions />
      {handle.marks.mayEdit && <History />}
    </aside>
  );
}
