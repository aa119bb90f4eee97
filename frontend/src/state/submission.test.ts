import { describe, expect, it } from 'vitest';
import { submissionNotes } from './submission';
import type { AnatomyFinding, LabelDefinition, VolumeId } from './task';

const labels = [2, 3, 4, 5].map((value) => ({ value, name: `C${value}` }) as LabelDefinition);
const [t2, other] = ['t2', 'other'] as unknown as [VolumeId, VolumeId];
const missing = (value: number, severity: 'serious' | 'minor', volume = t2): AnatomyFinding =>
  ({ volume, code: 'level_missing', severity, sentence: `C${value} is not drawn.`, labels: [value], ijk: [0, 0, 0] }) as unknown as AnatomyFinding;
const painted = (...values: number[]) => (value: number): number => (values.includes(value) ? 7 : 0);
const names = (notes: ReturnType<typeof submissionNotes>): string[] => notes.notPainted.map(({ name }) => name);

describe('what is said before labels are handed in', () => {
  it('names each label without a voxel once', () => {
    const gap = missing(4, 'serious');
    const notes = submissionNotes(labels, painted(3, 5), [gap, missing(2, 'minor')], t2);
    expect(names(notes)).toEqual(['C2']);
    expect(notes.findings).toEqual([gap]);
  });

  it('leaves out a label that a case is complete without', () => {
    expect(names(submissionNotes([{ value: 1, name: 'Nerve root', optional: true } as LabelDefinition, ...labels], painted(2, 3, 4, 5), [], t2))).toEqual([]);
  });

  it('names them while the checks are still running, and where nothing is painted at all', () => {
    expect(names(submissionNotes(labels, painted(3), [], t2))).toEqual(['C2', 'C4', 'C5']);
    expect(names(submissionNotes(labels, painted(), [], t2))).toHaveLength(4);
  });

  it('leaves what is found elsewhere, or of something else, as it is', () => {
    const elsewhere = missing(2, 'minor', other);
    const order: AnatomyFinding = { ...missing(3, 'serious'), code: 'level_order' };
    const notes = submissionNotes(labels, painted(3, 4, 5), [elsewhere, order], t2);
    expect(names(notes)).toEqual(['C2']);
    expect(notes.findings).toEqual([elsewhere, order]);
  });

  it('keeps a finding on a label that has been painted since', () => {
    const stale = missing(2, 'minor');
    expect(submissionNotes(labels, painted(2, 3, 4, 5), [stale], t2)).toEqual({ notPainted: [], findings: [stale] });
  });
});
