import { markTitle, type Mark } from './marks';

/** A mark before and after a step; null where there was, or is, none. */
export interface MarkStep {
  readonly before: Mark | null;
  readonly after: Mark | null;
  /** The label steps of the same volume that were made before it, given up ones included. */
  readonly labelSteps: number;
}

/** What was done to the marks of one volume. Undo and redo go through it and the label steps in the order of the work. */
export class MarkHistory {
  private readonly past: MarkStep[] = [];
  private future: MarkStep[] = [];

  /** Steps that can be undone, oldest first. */
  get done(): readonly MarkStep[] {
    return this.past;
  }

  /** Steps that can be redone, the next one first. */
  get undone(): readonly MarkStep[] {
    return [...this.future].reverse();
  }

  push(step: MarkStep): void {
    this.past.push(step);
    this.future = [];
  }

  /** The step to take back, so many label steps being done; null where it is the labels' turn. */
  takeUndo(labelSteps: number): MarkStep | null {
    const last = this.past.at(-1);
    if (!last || labelSteps > last.labelSteps) return null;
    this.past.pop();
    this.future.push(last);
    return last;
  }

  /** The step to do again; null where it is the labels' turn. After other label steps there is no way back to it. */
  takeRedo(labelSteps: number): MarkStep | null {
    const next = this.future.at(-1);
    if (!next || labelSteps < next.labelSteps) return null;
    if (labelSteps > next.labelSteps) {
      this.future = [];
      return null;
    }
    this.future.pop();
    this.past.push(next);
    return next;
  }
}

/** What a step did, for the history. */
export function markStepName({ before, after }: Pick<MarkStep, 'before' | 'after'>): string {
  if (after === null) return `Delete ${before ? titleOf(before) : 'mark'}`;
  if (before === null) return `Draw ${titleOf(after)}`;
  if (before.name !== after.name) return after.name === '' ? `Unname ${titleOf(before)}` : `Name ${after.name}`;
  return `Move ${titleOf(after)}`;
}

const titleOf = (mark: Mark): string => (mark.name === '' ? markTitle(mark).toLowerCase() : mark.name);
