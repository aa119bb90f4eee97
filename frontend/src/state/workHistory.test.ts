import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EditStep } from '../commands/undoStack';
import { MarkHistory, markStepName, type MarkStep } from './markHistory';
import type { Mark } from './marks';
import type { VolumeId } from './task';
import { workHistory } from './workHistory';

const mark = (id: string, name = ''): Mark => ({
  id, name, volume: 'v' as VolumeId, kind: 'length', points: [[0, 0, 0], [1, 0, 0]], sliceAxis: null, frame: 0, values: {},
});
const nameOf = ({ kind, step }: { kind: string; step: EditStep | MarkStep }): string =>
  kind === 'labels' ? (step as EditStep).name : ((step as MarkStep).after?.id ?? '');

/** The label steps as `LabelSession` has them. */
class Labels {
  steps: EditStep[] = [];
  undoneSteps: EditStep[] = [];
  forgotten = { steps: 0 };
  add(name: string): void {
    this.steps.push({ name, voxels: 1, labels: [1] });
    this.undoneSteps = [];
  }
  undo(): void {
    const last = this.steps.pop();
    if (last) this.undoneSteps.unshift(last);
  }
  redo(): void {
    const next = this.undoneSteps.shift();
    if (next) this.steps.push(next);
  }
}

describe('the history of labels and marks', () => {
  it('lists both in the order of the work, and undoes and redoes them in it', () => {
    const work = fc.array(fc.constantFrom('label' as const, 'mark' as const), { maxLength: 12 });
    fc.assert(
      fc.property(work, fc.nat(12), fc.nat(3), (kinds, back, forgotten) => {
        const labels = new Labels();
        labels.forgotten.steps = forgotten;
        const marks = new MarkHistory();
        const order = kinds.map((kind, n) => {
          if (kind === 'label') labels.add(`${n}`);
          else marks.push({ before: null, after: mark(`${n}`), labelSteps: forgotten + labels.steps.length });
          return `${n}`;
        });
        const read = (): { names: string[]; done: number } => {
          const { steps, done } = workHistory(labels, marks);
          return { names: steps.map(nameOf), done };
        };
        expect(read()).toEqual({ names: order, done: order.length });
        const undone = Math.min(back, order.length);
        for (let n = 0; n < undone; n++) if (!marks.takeUndo(forgotten + labels.steps.length)) labels.undo();
        expect(read()).toEqual({ names: order, done: order.length - undone });
        for (let n = 0; n < undone; n++) if (!marks.takeRedo(forgotten + labels.steps.length)) labels.redo();
        expect(read()).toEqual({ names: order, done: order.length });
      }),
    );
  });

  it('offers no step again that other work has replaced', () => {
    const labels = new Labels();
    const marks = new MarkHistory();
    marks.push({ before: null, after: mark('m'), labelSteps: 0 });
    marks.takeUndo(0);
    labels.add('other');
    expect(workHistory(labels, marks)).toEqual({ steps: [{ kind: 'labels', step: labels.steps[0] }], done: 1 });
    expect(marks.takeRedo(1)).toBeNull();
    expect(marks.undone).toEqual([]);
  });

  it('lists the very same steps after an undo and another step, so that their rows need not be drawn again', () => {
    const labels = new Labels();
    const marks = new MarkHistory();
    labels.add('first');
    marks.push({ before: null, after: mark('m'), labelSteps: 1 });
    labels.add('second');
    const before = workHistory(labels, marks).steps;
    labels.undo();
    workHistory(labels, marks).steps.forEach((step, n) => expect(step).toBe(before[n]));
    labels.add('third');
    const [first, second] = workHistory(labels, marks).steps;
    expect(first).toBe(before[0]);
    expect(second).toBe(before[1]);
  });

  it('says what a step did', () => {
    const [plain, named] = [mark('a'), mark('a', 'PMJ')];
    expect(markStepName({ before: null, after: plain })).toBe('Draw length');
    expect(markStepName({ before: plain, after: named })).toBe('Name PMJ');
    expect(markStepName({ before: named, after: { ...named, points: [] } })).toBe('Move PMJ');
    expect(markStepName({ before: plain, after: null })).toBe('Delete length');
  });
});
