import type { EditStep } from '../commands/undoStack';
import type { MarkHistory, MarkStep } from './markHistory';

/** A step of the work on one volume: of its labels or of its marks. */
export type WorkStep = { readonly kind: 'labels'; readonly step: EditStep } | { readonly kind: 'mark'; readonly step: MarkStep };

export interface WorkHistory {
  /** All steps in the order of the work; those from `done` on are undone. */
  readonly steps: readonly WorkStep[];
  readonly done: number;
}

/** The label steps that can be undone and redone, and how many older ones were given up. */
export interface LabelSteps {
  readonly steps: readonly EditStep[];
  readonly undoneSteps: readonly EditStep[];
  readonly forgotten: { readonly steps: number };
}

/** One object a step, so that who lists hundreds of them sees which have changed. */
const KNOWN = new WeakMap<EditStep | MarkStep, WorkStep>();

function known(step: EditStep | MarkStep, make: () => WorkStep): WorkStep {
  const found = KNOWN.get(step) ?? make();
  KNOWN.set(step, found);
  return found;
}

const labelsOf = (step: EditStep): WorkStep => known(step, () => ({ kind: 'labels', step }));
const markOf = (step: MarkStep): WorkStep => known(step, () => ({ kind: 'mark', step }));

/** Puts the two histories in one, in the order in which undo and redo go through them. */
export function workHistory(labels: LabelSteps | null, marks: Pick<MarkHistory, 'done' | 'undone'>): WorkHistory {
  const { steps, undoneSteps } = labels ?? { steps: [], undoneSteps: [] };
  const forgotten = labels?.forgotten.steps ?? 0;
  const made: WorkStep[] = [];
  let n = 0;
  for (const mark of marks.done) {
    while (n < steps.length && forgotten + n < mark.labelSteps) made.push(labelsOf(steps[n++] as EditStep));
    made.push(markOf(mark));
  }
  made.push(...steps.slice(n).map(labelsOf));
  const done = made.length;
  let labelSteps = forgotten + steps.length;
  const waiting = [...undoneSteps];
  for (const mark of marks.undone) {
    while (labelSteps < mark.labelSteps && waiting.length > 0) {
      made.push(labelsOf(waiting.shift() as EditStep));
      labelSteps += 1;
    }
    // Other label steps came between: it cannot be done again.
    if (labelSteps !== mark.labelSteps) break;
    made.push(markOf(mark));
  }
  made.push(...waiting.map(labelsOf));
  return { steps: made, done };
}
