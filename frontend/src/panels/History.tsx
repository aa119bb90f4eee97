import { Button } from '@mantine/core';
import { IconRuler2 } from '@tabler/icons-react';
import { useEffect, useRef, type ReactElement } from 'react';
import type { EditStep } from '../commands/undoStack';
import { colourOf } from '../state/labelColours';
import { markStepName } from '../state/markHistory';
import type { WorkStep } from '../state/workHistory';
import own from './History.module.css';
import styles from './panels.module.css';
import { useHandle, useHint, useLabels, useMarks, useViewer, useWorkspace } from './viewerHandle';

/** More rows than this are not drawn; the steps themselves stay. */
const MOST_ROWS = 400;

/** Every step with its labels and size: undone ones above, struck out, then the latest first. A click goes there. */
export function History(): ReactElement {
  const handle = useHandle();
  const { perform } = handle;
  const hint = useHint();
  const busy = useViewer((state) => state.operation !== null);
  const session = useLabels();
  useMarks((state) => state.marks);
  const list = useRef<HTMLOListElement>(null);
  const { steps, done } = handle.history();
  const rows = steps.map((step, n) => ({ step, number: n + 1 })).reverse().slice(0, MOST_ROWS);
  useEffect(() => {
    // In sight is the step that undo takes back next. The list alone scrolls: the panel stays where the hand is at work.
    const step = list.current?.querySelector<HTMLElement>('[aria-current]')?.parentElement;
    if (!list.current || !step) return;
    const { clientHeight, scrollTop } = list.current;
    const top = step.offsetTop - list.current.offsetTop;
    list.current.scrollTop = Math.min(Math.max(scrollTop, top + step.offsetHeight - clientHeight), top);
  }, [done]);
  const goTo = (number: number): void => {
    // A click on the present step takes it back, so that every step can be left by a click.
    handle.goToStep(number === done ? number - 1 : number);
  };
  return (
    <section className={styles['group']} aria-label="History">
      <div className={own['head']}>
        <h2 className={styles['heading']}>History ({done})</h2>
        <span className={own['buttons']}>
          <Button size="compact-xs" variant="default" disabled={busy || done === 0} title={hint('Take the last step back', 'undo')} onClick={() => perform({ type: 'undo' })}>
            Undo
          </Button>
          <Button size="compact-xs" variant="default" disabled={busy || done === steps.length} title={hint('Do the step again', 'redo')} onClick={() => perform({ type: 'redo' })}>
            Redo
          </Button>
        </span>
      </div>
      {rows.length === 0 && <span className={styles['dim']}>Nothing to undo.</span>}
      <ol ref={list} className={own['history']} data-testid="history">
        {rows.map(({ step, number }) => (
          <li key={number}>
            <button
              type="button"
              className={own['step']}
              data-undone={number > done || undefined}
              aria-current={number === done ? 'step' : undefined}
              disabled={busy}
              title={titleOf(number, done)}
              onClick={() => goTo(number)}
            >
              <StepText step={step} undone={number > done} />
            </button>
          </li>
        ))}
      </ol>
      {session && session.forgotten.steps > 0 && (
        <p className={styles['attention']} role="status">
          {session.forgotten.steps} older {session.forgotten.steps === 1 ? 'step' : 'steps'} can no longer be undone: the history may take{' '}
          {Math.round(session.forgotten.budgetBytes / 2 ** 20)} MB. Nothing of the work itself is lost.
        </p>
      )}
    </section>
  );
}

function StepText({ step, undone }: { readonly step: WorkStep; readonly undone: boolean }): ReactElement {
  const name = step.kind === 'labels' ? step.step.name : markStepName(step.step);
  return (
    <>
      {step.kind === 'labels' ? <Swatches step={step.step} /> : <IconRuler2 size={13} aria-hidden className={own['mark']} />}
      <span className={own['stepName']}>
        {name}
        {undone && ' (undone)'}
      </span>
      <span className={own['stepVoxels']}>{step.kind === 'labels' ? step.step.voxels.toLocaleString('en') : 'mark'}</span>
    </>
  );
}

function titleOf(number: number, done: number): string {
  if (number === done) return 'Take this step back';
  return number > done ? 'Redo up to this step' : 'Undo everything after this step';
}

function Swatches({ step }: { readonly step: EditStep }): ReactElement {
  const labels = useWorkspace((state) => state.task?.labels) ?? [];
  const colours = useViewer((state) => state.labelColours);
  const shown = labels.filter(({ value }) => step.labels.includes(value)).slice(0, 3);
  return (
    <span className={own['stepSwatches']} aria-hidden>
      {shown.map((label) => (
        <span key={label.value} style={{ background: colourOf(label, colours) }} />
      ))}
    </span>
  );
}
