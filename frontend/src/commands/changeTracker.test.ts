import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChangeTracker } from './changeTracker';
import { applyRuns, encodeRuns, fitsRuns, runBytes } from './labelRuns';

const SIZE = 3 * 4096 + 7;
const edit = fc.record({
  start: fc.nat(SIZE - 1),
  length: fc.integer({ min: 1, max: 5000 }),
  value: fc.integer({ min: 0, max: 3 }),
  seal: fc.constantFrom('no', 'yes', 'undone'),
});

function write(labels: Uint8Array, tracker: ChangeTracker, start: number, length: number, value: number): void {
  for (let index = start; index < Math.min(SIZE, start + length); index++) {
    const before = labels[index] as number;
    if (before === value) continue;
    labels[index] = value;
    tracker.note(index, before);
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.every((value, n) => value === b[n]);

describe('changes since a moment', () => {
  it('lead from the map then to the map now, through seals and undone seals', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
        const labels = new Uint8Array(SIZE);
        const tracker = new ChangeTracker(labels);
        let base = labels.slice();
        for (const { start, length, value, seal } of edits) {
          const baseBefore = base;
          const sealed = seal === 'no' ? null : tracker.seal();
          if (sealed) base = labels.slice();
          write(labels, tracker, start, length, value);
          if (sealed) {
            // A draft written while a save is under way starts from what the server has for certain.
            const draft = baseBefore.slice();
            applyRuns(draft, tracker.runs(sealed));
            expect(same(draft, labels)).toBe(true);
          }
          if (sealed && seal === 'undone') {
            tracker.unseal(sealed);
            base = baseBefore;
          }
          const runs = tracker.runs();
          expect(fitsRuns(base, runs)).toBe(true);
          const rebuilt = base.slice();
          applyRuns(rebuilt, runs);
          expect(same(rebuilt, labels)).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are none where a voxel has its old value again, and few where a row changed', () => {
    const labels = new Uint8Array(SIZE);
    const tracker = new ChangeTracker(labels);
    write(labels, tracker, 4000, 200, 2);
    expect(tracker.runs()).toEqual({
      starts: Uint32Array.of(4000), lengths: Uint32Array.of(200), before: Uint16Array.of(0), after: Uint16Array.of(2),
    });
    write(labels, tracker, 4000, 200, 0);
    expect(tracker.runs().starts.length).toBe(0);
  });

  it('count from another map after a merge', () => {
    const labels = new Uint8Array(SIZE);
    const tracker = new ChangeTracker(labels);
    write(labels, tracker, 10, 5, 1);
    const theirs = new Uint8Array(SIZE).fill(3, 9000, 9002);
    tracker.rebase(theirs);
    applyRuns(theirs, tracker.runs());
    expect(theirs).toEqual(labels);
  });
});

describe('the server\'s form', () => {
  it('is a header and four little-endian columns', () => {
    const runs = { starts: Uint32Array.of(1, 258), lengths: Uint32Array.of(2, 3), before: Uint16Array.of(0, 4), after: Uint16Array.of(5, 256) };
    const bytes = encodeRuns(runs);
    expect(bytes.length).toBe(runBytes(runs));
    expect([...bytes]).toEqual([
      0x52, 0x4c, 0x43, 0x31, 2, 0, 0, 0, 1, 0, 0, 0, 2, 1, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 4, 0, 5, 0, 0, 1,
    ]);
  });

  it('does not fit a map that has changed or is too short', () => {
    const runs = { starts: Uint32Array.of(1), lengths: Uint32Array.of(2), before: Uint16Array.of(1), after: Uint16Array.of(2) };
    expect(fitsRuns(Uint8Array.of(0, 1, 1), runs)).toBe(true);
    expect(fitsRuns(Uint8Array.of(0, 1, 0), runs)).toBe(false);
    expect(fitsRuns(Uint8Array.of(0, 1), runs)).toBe(false);
  });
});
