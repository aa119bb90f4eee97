import type { TaskCounts } from '../../api/types';
import { TASK_LOOK } from './marks';
import classes from './Parts.module.css';

type Shown = keyof TaskCounts;

const ORDER: readonly Shown[] = ['accepted', 'submitted', 'in_progress', 'returned', 'todo'];

const FILL: Record<Shown, string> = {
  accepted: 'var(--radicula-accepted)',
  submitted: 'var(--radicula-submitted)',
  in_progress: 'var(--radicula-in-progress)',
  returned: 'var(--radicula-amber)',
  todo: 'var(--radicula-todo)',
};

const sentence = (counts: TaskCounts): string =>
  ORDER.filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${TASK_LOOK[state].word}`)
    .join(', ') || 'no tasks';

/** Tasks by state as one stacked bar. */
export function CountsBar({ counts }: { counts: TaskCounts }) {
  return (
    <div className={classes.bar} role="img" aria-label={sentence(counts)} title={sentence(counts)}>
      {ORDER.filter((state) => counts[state] > 0).map((state) => (
        <span key={state} style={{ flexGrow: counts[state], background: FILL[state] }} />
      ))}
    </div>
  );
}

/** The same in words; states without a task are left out. */
export function CountsLegend({ counts }: { counts: TaskCounts }) {
  return (
    <ul className={classes.legend}>
      {ORDER.filter((state) => counts[state] > 0).map((state) => (
        <li key={state}>
          <span className={classes.swatch} style={{ background: FILL[state] }} aria-hidden="true" />
          {counts[state]} {TASK_LOOK[state].word}
        </li>
      ))}
    </ul>
  );
}
