import type { ReactElement } from 'react';
import { ActiveLabel } from './ActiveLabel';
import { CommentsPanel } from './CommentsPanel';
import { DifferencePanel } from './DifferencePanel';
import { DisplayOptions } from './DisplayOptions';
import { History } from './History';
import { ImageOptions } from './ImageOptions';
import { LabelList } from './LabelList';
import { MarksPanel } from './MarksPanel';
import { OperationsPanel } from './OperationsPanel';
import { ProposalPanel } from './ProposalPanel';
import styles from './panels.module.css';
import { Section } from './Section';
import { ToolOptions } from './ToolOptions';
import { useHandle, useSession, useWorkspace } from './viewerHandle';

/** Labels with their live volumes, the options of the tool, operations, display and history. */
export function LabelPanel(): ReactElement {
  const session = useSession();
  const handle = useHandle();
  // What may be edited depends on it.
  useWorkspace((state) => state.task);
  return (
    <aside className={styles['side']} data-side="right" aria-label="Labels">
      <DifferencePanel />
      <Section name="labels" title="Labels">
        <LabelList />
        <ActiveLabel />
      </Section>
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
