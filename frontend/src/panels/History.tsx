import { Button } from '@mantine/core';
import { IconRuler2 } from '@tabler/icons-react';
import { memo, useCallback, useEffect, useRef, type ReactElement } from 'react';
import type { EditStep } from '../commands/undoStack';
import { colourOf } from '../state/labelColours';
import { markStepName } from '../state/markHistory';
import type { WorkStep } from '../state/workHistory';
import own from './History.module.css';
import styles from './panels.module.css';
import { Section } from './Section';
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
    // With the frame: before it the page would be laid out twice.
    const frame = requestAnimationFrame(() => {
      const step = list.current?.querySelector<HTMLElement>('[aria-current]')?.parentElement;
      if (!list.current || !step) return;
      const { clientHeight, scrollTop } = list.current;
      const top = step.offsetTop - list.current.offsetTop;
      list.current.scrollTop = Math.min(Math.max(scrollTop, top + step.offsetHeight - clientHeight), top);
    });
    return () => cancelAnimationFrame(frame);
  }, [done]);
  const goTo = useCallback((done: number): void => handle.goToStep(done), [handle]);
  const buttons = (
    <span className={own['buttons']}>
      <Button size="compact-xs" variant="default" disabled={busy || done === 0} title={hint('Take the last step back', 'undo')} onClick={() => perform({ type: 'undo' })}>
        Undo
      </Button>
      <Button size="compact-xs" variant="default" disabled={busy || done === steps.length} title={hint('Do the step again', 'redo')} onClick={() => perform({ type: 'redo' })}>
        Redo
      </Button>
    </span>
  );
  return (
    <Section name="history" title={`History (${done})`} label="History" beside={buttons}>
      {rows.length === 0 && <span className={styles['dim']}>Nothing to undo.</span>}
      <ol ref={list} className={own['history']} data-testid="history">
        {rows.map(({ step, number }) => (
          <StepRow key={number} step={step} number={number} stands={standing(number, done)} busy={busy} onGo={goTo} />
        ))}
      </ol>
      {session && session.forgotten.steps > 0 && (
        <p className={styles['attention']} role="status">
          {session.forgotten.steps} older {session.forgotten.steps === 1 ? 'step' : 'steps'} can no longer be undone: the history may take{' '}
          {Math.round(session.forgotten.budgetBytes / 2 ** 20)} MB. Nothing of the work itself is lost.
        </p>
      )}
    </Section>
  );
}

type Standing = 'done' | 'last' | 'undone';

const standing = (number: number, done: number): Standing => (number === done ? 'last' : number > done ? 'undone' : 'done');

const TITLES: Record<Standing, string> = {
  done: 'Undo everything after this step',
  last: 'Take this step back',
  undone: 'Redo up to this step',
};

interface StepRowProps {
  readonly step: WorkStep;
  readonly number: number;
  readonly stands: Standing;
  readonly busy: boolean;
  readonly onGo: (done: number) => void;
}

/** An undo changes how two of them stand: the others, which may be hundreds, are not drawn again. */
const StepRow = memo(function StepRow({ step, number, stands, busy, onGo }: StepRowProps): ReactElement {
  return (
    <li>
      <button
        type="button"
        className={own['step']}
        data-undone={stands === 'undone' || undefined}
        aria-current={stands === 'last' ? 'step' : undefined}
        disabled={busy}
        title={TITLES[stands]}
        // A click on the present step takes it back, so that every step can be left by a click.
        onClick={() => onGo(stands === 'last' ? number - 1 : number)}
      >
        <StepText step={step} undone={stands === 'undone'} />
      </button>
    </li>
  );
});

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
