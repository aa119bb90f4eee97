import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affineFromRowMajor } from '../geometry/affine';
import type { Triple } from '../geometry/frames';
import { gridPlanes, PLANE_NAMES } from '../geometry/planes';
import type { PlanePoint } from '../geometry/sliceView';
import { visitDisc, visitLine, visitSweptDisc, type BrushPlane, type BrushShape } from './brush';
import { EditRecorder, redoEdit, undoEdit, type LabelEdit } from './labelEdit';
import { indexAlong, linearIndex, nextMarkedSlice } from './labelGrid';
import { countLabels, slicesWithLabel } from './recounted';
import { PaintStroke } from './paintStroke';
import { UndoStack } from './undoStack';
import type { PaintRule } from './voxelRule';

const plane = (spacingXMm = 1, spacingYMm = 1): BrushPlane => ({ sizeX: 60, sizeY: 50, spacingXMm, spacingYMm });
const coordinate = fc.double({ min: -5, max: 64, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });
const spacing = fc.double({ min: 0.2, max: 7, noNaN: true });

const covered = (run: (visit: (x: number, y: number) => void) => void): Set<string> => {
  const seen = new Set<string>();
  run((x, y) => seen.add(`${x},${y}`));
  return seen;
};

describe('brush', () => {
  it('covers exactly the voxel centres within the radius in mm, on any spacing', () => {
    fc.assert(
      fc.property(point, spacing, spacing, fc.double({ min: 0.1, max: 20, noNaN: true }), (at, sx, sy, diameter) => {
        const p = plane(sx, sy);
        const seen = covered((visit) => visitDisc(p, at, diameter, visit));
        const under = `${Math.round(at.x) + 0},${Math.round(at.y) + 0}`;
        const wrong: string[] = [];
        for (let y = 0; y < p.sizeY; y++) {
          for (let x = 0; x < p.sizeX; x++) {
            const distance = Math.hypot((x - at.x) * sx, (y - at.y) * sy);
            if (Math.abs(distance - diameter / 2) < 1e-6) continue;
            const key = `${x},${y}`;
            if (seen.has(key) !== (distance < diameter / 2 || key === under)) wrong.push(key);
          }
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('covers the known voxels of a 4 mm disc on 0.5 x 2 mm', () => {
    const seen = covered((visit) => visitDisc(plane(0.5, 2), { x: 20, y: 20 }, 4, visit));
    const row = (y: number) => [...seen].filter((key) => key.endsWith(`,${y}`)).length;
    expect([row(18), row(19), row(20), row(21), row(22)]).toEqual([0, 1, 9, 1, 0]);
  });

  it('paints the voxel under the pointer however fine the brush', () => {
    expect([...covered((visit) => visitDisc(plane(), { x: 7.4, y: 3.45 }, 0.01, visit))]).toEqual(['7,3']);
  });

  it('sweeps without holes: every disc along the way is covered', () => {
    fc.assert(
      fc.property(point, point, spacing, spacing, fc.double({ min: 0.1, max: 12, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }),
        (from, to, sx, sy, diameter, t) => {
          const p = plane(sx, sy);
          const seen = covered((visit) => visitSweptDisc(p, from, to, diameter, visit));
          const between = { x: from.x + t * (to.x - from.x), y: from.y + t * (to.y - from.y) };
          for (let y = 0; y < p.sizeY; y++) {
            for (let x = 0; x < p.sizeX; x++) {
              const distance = Math.hypot((x - between.x) * sx, (y - between.y) * sy);
              if (distance < diameter / 2 - 1e-6) expect(seen.has(`${x},${y}`)).toBe(true);
            }
          }
        }),
      { numRuns: 60 },
    );
  });

  it('draws a connected line of single voxels from end to end', () => {
    const inside = fc.record({ x: fc.integer({ min: 0, max: 59 }), y: fc.integer({ min: 0, max: 49 }) });
    fc.assert(
      fc.property(inside, inside, (from, to) => {
        const way: PlanePoint[] = [];
        visitLine(plane(), from, to, (x, y) => way.push({ x, y }));
        expect(way[0]).toEqual(from);
        expect(way.at(-1)).toEqual(to);
        expect(way.length).toBe(Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)) + 1);
        way.slice(1).forEach((p, n) => {
          const previous = way[n];
          expect(Math.max(Math.abs(p.x - (previous?.x ?? NaN)), Math.abs(p.y - (previous?.y ?? NaN)))).toBe(1);
        });
      }),
    );
  });
});

const SHAPE: Triple = [12, 9, 7];
const PLANES = gridPlanes(affineFromRowMajor([0, 0, 1, 0, -1, 0, 0, 0, 0, -2, 0, 0, 0, 0, 0, 1]), SHAPE);
const rule: fc.Arbitrary<PaintRule> = fc.oneof(
  fc.record({ kind: fc.constant('paint' as const), value: fc.integer({ min: 1, max: 4 }), over: fc.constantFrom('everything' as const, 'background' as const) }),
  fc.record({ kind: fc.constant('erase' as const), only: fc.option(fc.integer({ min: 1, max: 4 })) }),
);
const near = fc.record({ x: fc.double({ min: -2, max: 14, noNaN: true }), y: fc.double({ min: -2, max: 14, noNaN: true }) });
const stroke = fc.record({
  plane: fc.constantFrom(...PLANE_NAMES), slice: fc.integer({ min: 0, max: 6 }), rule,
  brush: fc.oneof(
    fc.constant<BrushShape>({ kind: 'pencil' }),
    fc.double({ min: 0.1, max: 6, noNaN: true }).map((size): BrushShape => ({ kind: 'disc', size, unit: 'mm', solid: false })),
  ),
  points: fc.array(near, { minLength: 1, maxLength: 6 }),
});
const seeded = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 12 * 9 * 7, maxLength: 12 * 9 * 7 });

describe('strokes', () => {
  it('stay on their slice, keep counts, and undo and redo exactly', () => {
    fc.assert(
      fc.property(seeded, fc.array(stroke, { minLength: 1, maxLength: 5 }), (values, strokes) => {
        const labels = Uint8Array.from(values);
        const states = [labels.slice()];
        const edits: LabelEdit[] = [];
        const counts = countLabels(labels);
        const follow = (_: number, before: number, after: number) => {
          counts.set(before, (counts.get(before) ?? 0) - 1);
          counts.set(after, (counts.get(after) ?? 0) + 1);
        };
        for (const s of strokes) {
          const painted = new PaintStroke({ labels, shape: SHAPE, plane: PLANES[s.plane], slice: s.slice }, s.brush, s.rule, follow);
          s.points.forEach((p) => painted.extendTo(p));
          const edit = painted.finish('stroke');
          if (!edit) continue;
          edit.indices.forEach((index) =>
            expect(indexAlong(SHAPE, PLANES[s.plane].sliceAxis, index)).toBe(s.slice));
          edits.push(edit);
          states.push(labels.slice());
        }
        countLabels(labels).forEach((count, value) => expect(counts.get(value)).toBe(count));
        for (let n = edits.length - 1; n >= 0; n--) {
          undoEdit(labels, edits[n] as LabelEdit);
          expect(labels).toEqual(states[n]);
        }
        edits.forEach((edit, n) => {
          redoEdit(labels, edit);
          expect(labels).toEqual(states[n + 1]);
        });
      }),
      { numRuns: 80 },
    );
  });

  it('respect what they may paint over and erase', () => {
    const labels = new Uint8Array(12 * 9 * 7).fill(2);
    const at = linearIndex(SHAPE, [0, 0, 0]);
    labels[at] = 0;
    const target = { labels, shape: SHAPE, plane: PLANES.axial, slice: 0 };
    const big: BrushShape = { kind: 'disc', size: 100, unit: 'mm', solid: false };
    const paint = new PaintStroke(target, big, { kind: 'paint', value: 3, over: 'background' });
    expect(paint.extendTo({ x: 3, y: 3 })).toBe(1);
    const erase = new PaintStroke(target, big, { kind: 'erase', only: 3 });
    expect(erase.extendTo({ x: 3, y: 3 })).toBe(1);
  });
});

describe('undo stack', () => {
  const edit = (length: number): LabelEdit => ({
    name: `${length}`, indices: new Uint32Array(length), before: new Uint8Array(length), after: new Uint8Array(length),
  });

  it('keeps within its budget but never drops the latest', () => {
    const stack = new UndoStack(600);
    [50, 40, 30].forEach((n) => stack.push(edit(n)));
    expect(stack.steps.map(({ name }) => name)).toEqual(['40', '30']);
    stack.push(edit(1000));
    expect(stack.steps.map(({ name }) => name)).toEqual(['1000']);
    expect(stack.usedBytes).toBe(6000);
  });

  it('forgets what was undone once something new is painted', () => {
    const stack = new UndoStack();
    stack.push(edit(1));
    stack.takeUndo();
    expect(stack.canRedo).toBe(true);
    stack.push(edit(2));
    expect(stack.canRedo).toBe(false);
    expect(stack.usedBytes).toBe(12);
  });

  it('grows past its first block', () => {
    const labels = new Uint16Array(5000);
    const recorder = new EditRecorder(labels);
    for (let n = 0; n < 5000; n++) recorder.write(n, 1500);
    const made = recorder.finish('fill') as LabelEdit;
    expect(made.indices.length).toBe(5000);
    undoEdit(labels, made);
    expect(countLabels(labels).size).toBe(0);
  });
});

describe('slices with a label', () => {
  it('finds them along every axis and goes round', () => {
    const labels = new Uint8Array(12 * 9 * 7);
    labels[linearIndex(SHAPE, [3, 4, 5])] = 2;
    labels[linearIndex(SHAPE, [3, 8, 1])] = 1;
    expect([...slicesWithLabel(labels, SHAPE, 1, null)]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 1]);
    const marked = slicesWithLabel(labels, SHAPE, 2, 2);
    expect(nextMarkedSlice(marked, 0, 1)).toBe(5);
    expect(nextMarkedSlice(marked, 5, -1)).toBe(5);
    expect(nextMarkedSlice(new Uint8Array(4), 1, 1)).toBeNull();
  });
});
