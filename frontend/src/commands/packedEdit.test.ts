import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editBytes, EditRecorder, packEdit, redoEdit, undoEdit, type LabelEdit } from './labelEdit';
import { countLabels } from './recounted';
import { UndoStack } from './undoStack';

const span = fc.record({ start: fc.nat(59), length: fc.integer({ min: 1, max: 30 }), value: fc.integer({ min: 0, max: 3 }), step: fc.constantFrom(1, 2, 7) });

describe('packed edits', () => {
  it('undo and redo as the unpacked ones, voxels written twice included, and report every change', () => {
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 8 }), fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 60, maxLength: 60 }), (spans, values) => {
        const start = Uint8Array.from(values);
        const labels = start.slice();
        const recorder = new EditRecorder(labels);
        for (const { start: from, length, value, step } of spans)
          for (let n = 0; n < length; n++) if (from + n * step < 60) recorder.write(from + n * step, value);
        const edit = recorder.finish('edit');
        if (!edit) return;
        const end = labels.slice();
        const packed = packEdit(edit);
        expect(editBytes(packed)).toBeLessThanOrEqual(editBytes(edit));
        const counts = countLabels(labels);
        undoEdit(labels, packed, (_, before, after) => {
          counts.set(before, (counts.get(before) ?? 0) - 1);
          counts.set(after, (counts.get(after) ?? 0) + 1);
        });
        expect(labels).toEqual(start);
        countLabels(start).forEach((count, value) => expect(counts.get(value)).toBe(count));
        redoEdit(labels, packed);
        expect(labels).toEqual(end);
      }),
      { numRuns: 300 },
    );
  });

  it('a whole volume is a few bytes in the stack, so older steps stay', () => {
    const labels = new Uint8Array(1_000_000);
    const stack = new UndoStack(100_000);
    for (const value of [1, 2, 3]) {
      const recorder = new EditRecorder(labels);
      for (let n = 0; n < labels.length; n++) recorder.write(n, value);
      stack.push(recorder.finish(`fill ${value}`) as LabelEdit);
    }
    expect(stack.steps.map(({ name }) => name)).toEqual(['fill 1', 'fill 2', 'fill 3']);
    expect(stack.usedBytes).toBe(30);
    for (let edit = stack.takeUndo(); edit; edit = stack.takeUndo()) undoEdit(labels, edit);
    expect(labels.includes(1) || labels.includes(2) || labels.includes(3)).toBe(false);
  });
});
