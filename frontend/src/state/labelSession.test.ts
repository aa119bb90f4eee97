import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { strides } from '../commands/labelGrid';
import { countLabels, slicesWithLabel } from '../commands/recounted';
import { touchesSlice } from '../commands/touchedVoxels';
import { UndoStack } from '../commands/undoStack';
import type { VoxelChange } from '../commands/voxelChange';
import type { Axis, Shape } from '../geometry/frames';
import { testVolume } from '../operations/testVolumes';
import { LabelSession } from './labelSession';

const changeOf = (pairs: readonly (readonly [number, number])[], voxels: number): VoxelChange => ({
  indices: Uint32Array.from(pairs, ([index]) => index % voxels),
  values: Uint16Array.from(pairs, ([, value]) => value),
});
const pairs = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 30 });
const AXES: readonly Axis[] = [0, 1, 2];

describe('a label session', () => {
  it('knows size, slices, box and centre of every label without reading the map again', () => {
    fc.assert(
      fc.property(testVolume, fc.array(fc.oneof(pairs, fc.constant('undo'), fc.constant('redo')), { maxLength: 12 }), ({ labels, shape }, acts) => {
        const session = new LabelSession(shape, labels);
        for (const act of acts) {
          if (act === 'undo') session.undo();
          else if (act === 'redo') session.redo();
          else session.apply(changeOf(act as readonly (readonly [number, number])[], labels.length), 'test');
        }
        expect(session.counts()).toEqual(countLabels(session.labels));
        for (const value of [null, 1, 2, 3]) {
          for (const axis of AXES) expect([...session.tally.slices(axis, value)]).toEqual([...slicesWithLabel(session.labels, shape, axis, value)]);
        }
        const places = Array.from(session.labels.keys()).filter((n) => session.labels[n] === 2);
        const along = (axis: Axis): number[] => places.map((n) => Math.floor(n / (strides(shape)[axis] as number)) % shape[axis]);
        const bounds = session.tally.bounds(2);
        const centre = session.tally.centre(2);
        expect(bounds === null).toBe(places.length === 0);
        for (const axis of AXES) {
          if (!bounds || !centre) continue;
          expect([bounds.low[axis], bounds.high[axis]]).toEqual([Math.min(...along(axis)), Math.max(...along(axis))]);
          expect(centre[axis]).toBeCloseTo(along(axis).reduce((a, b) => a + b, 0) / places.length, 9);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('tells which slices a change touched, neither fewer nor more than its box', () => {
    const shape: Shape = [5, 6, 7];
    const session = new LabelSession(shape, new Uint8Array(210));
    const told: (readonly number[])[] = [];
    session.subscribe((_, touched) => {
      if (touched) told.push([0, 1, 2, 3, 4, 5, 6].filter((k) => touchesSlice(touched, 2, k)));
    });
    session.apply(changeOf([[30 * 2 + 7, 1], [30 * 4 + 9, 1]], 210), 'two slices');
    session.apply(changeOf([[3, 2]], 210), 'the first');
    session.undo();
    expect(told).toEqual([[2, 3, 4], [0], [0]]);
  });

  it('goes to any step of its history and back', () => {
    fc.assert(
      fc.property(testVolume, fc.array(pairs, { minLength: 1, maxLength: 8 }), fc.array(fc.nat(8), { maxLength: 8 }), ({ labels, shape }, edits, jumps) => {
        const session = new LabelSession(shape, labels);
        const states = [Array.from(session.labels)];
        for (const edit of edits) if (session.apply(changeOf(edit, labels.length), 'step') > 0) states.push(Array.from(session.labels));
        for (const jump of jumps) {
          const to = jump % states.length;
          session.goTo(to);
          expect(session.steps.length).toBe(to);
          expect(session.undoneSteps.length).toBe(states.length - 1 - to);
          expect(Array.from(session.labels)).toEqual(states[to]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('names each step with its labels and voxels, and says what it had to forget', () => {
    const session = new LabelSession([10, 10, 1], new Uint8Array(100), new UndoStack(100));
    const fill = (from: number, to: number, value: number): void => {
      session.apply(changeOf(Array.from({ length: to - from }, (_, n) => [from + n, value] as const), 100), `fill ${value}`);
    };
    fill(0, 50, 3);
    fill(0, 20, 0);
    expect(session.steps).toEqual([
      { name: 'fill 3', voxels: 50, labels: [3] },
      { name: 'fill 0', voxels: 20, labels: [3] },
    ]);
    expect(session.forgotten.steps).toBe(0);
    for (let n = 0; n < 60; n++) fill(n, n + 1, 4 + (n % 2));
    expect(session.forgotten.steps).toBeGreaterThan(0);
    expect(session.forgotten.steps + session.steps.length).toBe(62);
    while (session.undo());
    expect(session.canRedo).toBe(true);
  });
});
