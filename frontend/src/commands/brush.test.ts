import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affineFromRowMajor } from '../geometry/affine';
import type { Triple } from '../geometry/frames';
import { gridPlanes, PLANE_NAMES, voxelOnPlane } from '../geometry/planes';
import { visitBrush, type BrushVolume, type SizedBrush } from './brush';
import { EditRecorder } from './labelEdit';
import { linearIndex } from './labelGrid';
import { PaintStroke } from './paintStroke';
import { ruledValue, type PaintOver } from './voxelRule';

const mm = fc.double({ min: 0.3, max: 5, noNaN: true });
const volume = fc.record({ sizeX: fc.constant(24), sizeY: fc.constant(20), sliceCount: fc.constant(9), spacingXMm: mm, spacingYMm: mm, sliceSpacingMm: mm });
const point = fc.record({ x: fc.double({ min: -3, max: 26, noNaN: true }), y: fc.double({ min: -3, max: 22, noNaN: true }) });
const slice = fc.integer({ min: 0, max: 8 });

const footprint = (v: BrushVolume, brush: SizedBrush, at: number, from: { x: number; y: number }, to = from): Set<string> => {
  const seen = new Set<string>();
  visitBrush(v, brush, at, from, to, (x, y, s) => seen.add(`${x},${y},${s}`));
  return seen;
};

describe('brushes through slices', () => {
  it('a sphere has its poles, though the pointer misses the centre by a rounding', () => {
    const v = { sizeX: 9, sizeY: 9, sliceCount: 11, spacingXMm: 1.25, spacingYMm: 3, sliceSpacingMm: 0.5 };
    for (const off of [0, 1e-13, -1e-12]) {
      const seen = footprint(v, { kind: 'disc', size: 4, unit: 'mm', solid: true }, 5, { x: 4 + off, y: 4 - off });
      expect([seen.has('4,4,1'), seen.has('4,4,9'), seen.has('4,4,0'), seen.has('4,4,10')]).toEqual([true, true, false, false]);
    }
  });

  it('a sphere in mm holds exactly the voxel centres within its radius, and the voxel under it', () => {
    fc.assert(
      fc.property(volume, point, slice, fc.double({ min: 0.2, max: 16, noNaN: true }), (v, at, on, size) => {
        const seen = footprint(v, { kind: 'disc', size, unit: 'mm', solid: true }, on, at);
        const wrong: string[] = [];
        for (let s = 0; s < v.sliceCount; s++)
          for (let y = 0; y < v.sizeY; y++)
            for (let x = 0; x < v.sizeX; x++) {
              const d = Math.hypot((x - at.x) * v.spacingXMm, (y - at.y) * v.spacingYMm, (s - on) * v.sliceSpacingMm);
              if (Math.abs(d - size / 2) < 1e-6) continue;
              const under = s === on && x === Math.round(at.x) && y === Math.round(at.y);
              if (seen.has(`${x},${y},${s}`) !== (d < size / 2 || under)) wrong.push(`${x},${y},${s}`);
            }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('a square in mm swept along a way covers what any of its places covers', () => {
    fc.assert(
      fc.property(volume, point, point, fc.double({ min: 0.5, max: 9, noNaN: true }), (v, from, to, size) => {
        const brush: SizedBrush = { kind: 'square', size, unit: 'mm', solid: false };
        const seen = footprint(v, brush, 4, from, to);
        const stepped = new Set<string>();
        for (let n = 0; n <= 200; n++) {
          const at = { x: from.x + ((to.x - from.x) * n) / 200, y: from.y + ((to.y - from.y) * n) / 200 };
          for (let y = 0; y < v.sizeY; y++)
            for (let x = 0; x < v.sizeX; x++) {
              const off = Math.max(Math.abs(x - at.x) * v.spacingXMm, Math.abs(y - at.y) * v.spacingYMm);
              if (off < size / 2 - 1e-6) stepped.add(`${x},${y},4`);
            }
        }
        expect([...stepped].filter((key) => !seen.has(key))).toEqual([]);
        const far = [...seen].filter((key) => {
          const [x = 0, y = 0] = key.split(',').map(Number);
          const near = (a: number, b: number, c: number, spacing: number) =>
            a < (Math.min(b, c) - size / 2 / spacing) - 1 || a > Math.max(b, c) + size / 2 / spacing + 1;
          return near(x, from.x, to.x, v.spacingXMm) || near(y, from.y, to.y, v.spacingYMm);
        });
        expect(far).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('in voxels it counts voxels, whatever the spacing', () => {
    const v: BrushVolume = { sizeX: 24, sizeY: 20, sliceCount: 9, spacingXMm: 0.4, spacingYMm: 1, sliceSpacingMm: 6 };
    const count = (kind: 'disc' | 'square', size: number, solid = false) =>
      footprint(v, { kind, size, unit: 'voxels', solid }, 4, { x: 10.3, y: 9.8 }).size;
    expect([1, 2, 3, 4, 5].map((n) => count('square', n))).toEqual([1, 4, 9, 16, 25]);
    expect([1, 2, 3, 4, 5].map((n) => count('disc', n))).toEqual([1, 4, 5, 12, 21]);
    expect(count('square', 3, true)).toBe(27);
    expect(count('disc', 3, true)).toBe(7);
  });
});

const SHAPE: Triple = [9, 7, 5];
const PLANES = gridPlanes(affineFromRowMajor([0, 0, 2, 0, -0.5, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1]), SHAPE);
const map = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 315, maxLength: 315 });

describe('what a stroke leaves alone', () => {
  it('locked labels, other labels and intensities out of range, on any plane', () => {
    const over = fc.constantFrom<PaintOver>('everything', 'background', 1, 2);
    fc.assert(
      fc.property(map, map, fc.constantFrom(...PLANE_NAMES), fc.subarray([0, 1, 2, 3]), over, (values, intensities, name, locked, allowed) => {
        const labels = Uint8Array.from(values);
        const plane = PLANES[name];
        const rule = { kind: 'paint' as const, value: 3, over: allowed };
        const intensity = { voxels: intensities, lower: 1, upper: 2 };
        const stroke = new PaintStroke(
          { labels, shape: SHAPE, plane, slice: 1, locked: new Set(locked), intensity },
          { kind: 'disc', size: 100, unit: 'mm', solid: false }, rule,
        );
        stroke.extendTo({ x: 2, y: 2 });
        const expected = Uint8Array.from(values);
        for (let y = 0; y < plane.sizeY; y++)
          for (let x = 0; x < plane.sizeX; x++) {
            const n = linearIndex(SHAPE, voxelOnPlane(plane, x, y, 1));
            const inRange = intensities[n] === 1 || intensities[n] === 2;
            const mayPaint = allowed === 'everything' || values[n] === (allowed === 'background' ? 0 : allowed);
            if (inRange && mayPaint && !locked.includes(3) && !locked.includes(values[n] as number)) expected[n] = 3;
          }
        expect(labels).toEqual(expected);
      }),
    );
  });

  it('a lock holds in the recorder itself, both ways', () => {
    const labels = Uint8Array.of(0, 1, 2);
    const recorder = new EditRecorder(labels, () => {}, new Set([1]));
    [0, 1, 2].forEach((n) => recorder.write(n, 1));
    [0, 1, 2].forEach((n) => recorder.write(n, 2));
    expect([...labels]).toEqual([2, 1, 2]);
    expect(ruledValue({ kind: 'erase', only: 2 }, 1)).toBeNull();
  });
});
