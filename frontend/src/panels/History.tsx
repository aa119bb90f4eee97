import { useEffect, useRef, type ReactElement } from 'react';
import type { EditStep } from '../commands/undoStack';
import { colourOf } from '../state/labelColours';
import type { LabelSession } from '../state/labelSession';
import styles from './panels.module.css';
import { useHandle, useViewer, useWorkspace } from './viewerHandle';

/** More rows than this are not drawn; the steps themselves stay. */
const MOST_ROWS = 400;

/** Every step with its labels and size: undone ones above, struck out, then the latest first. A click goes there. */
export function History({ session }: { readonly session: LabelSession }): ReactElement {
  const { store } = useHandle();
  const busy = useViewer((state) => state.operation !== null);
  const list = useRef<HTMLOListElement>(null);
  const { steps, undoneSteps, forgotten } = session;
  const done = steps.length;
  const rows = [
    ...undoneSteps.map((step, n) => ({ step, number: done + n + 1 })).reverse(),
    ...steps.map((step, n) => ({ step, number: n + 1 })).reverse(),
  ].slice(0, MOST_ROWS);
  useEffect(() => {
    // In sight is the step that undo takes back next.
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [done]);
  const goTo = (number: number): void => {
    // A click on the present step takes it back, so that every step can be left by a click.
    if (!busy) session.goTo(number === done ? number - 1 : number);
    store.setState({ growSeed: null });
  };
  return (
    <section className={styles['group']} aria-label="History">
      <h2 className={styles['heading']}>History ({done})</h2>
      {rows.length === 0 && <span className={styles['dim']}>Nothing to undo.</span>}
      <ol ref={list} className={styles['history']} data-testid="history">
        {rows.map(({ step, number }) => (
          <li key={number}>
            <button
              type="button"
              className={styles['step']}
              data-undone={number > done || undefined}
              aria-current={number === done ? 'step' : undefined}
              disabled={busy}
              title={titleOf(number, done)}
              onClick={() => goTo(number)}
            >
              <Swatches step={step} />
              <span className={styles['stepName']}>
                {step.name}
                {number > done && ' (undone)'}
              </span>
              <span className={styles['stepVoxels']}>{step.voxels.toLocaleString('en')}</span>
            </button>
          </li>
        ))}
      </ol>
      {forgotten.steps > 0 && (
        <p className={styles['attention']} role="status">
          {forgotten.steps} older {forgotten.steps === 1 ? 'step' : 'steps'} can no longer be undone: the history may take{' '}
          {Math.round(forgotten.budgetBytes / 2 ** 20)} MB. Nothing of the work itself is lost.
        </p>
      )}
    </section>
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
    <span className={styles['stepSwatches']} aria-hidden>
      {shown.map((label) => (
        <span key={label.value} style={{ background: colourOf(label, colours) }} />
      ))}
    </span>
  );
}
