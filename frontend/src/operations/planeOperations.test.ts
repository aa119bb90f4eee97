import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlanePoint } from '../geometry/sliceView';
import { ruledValue, type PaintRule } from '../commands/voxelRule';
import { fillInPlane } from './planeFill';
import { circleMask, polygonMask, rectangleMask } from './planeShapes';
import { editRegion } from './regionEdit';
import { changed, distanceMm, eachVoxel, planeName, testVolume, volumeOf } from './testVolumes';

const rule = fc.constantFrom<PaintRule>(
  { kind: 'paint', value: 3, over: 'everything' }, { kind: 'paint', value: 2, over: 'background' },
  { kind: 'paint', value: 3, over: 1 }, { kind: 'erase', only: 2 }, { kind: 'erase', only: null },
);
const fraction = fc.double({ min: 0, max: 1, noNaN: true });

describe('paint fill', () => {
  it('is the flat component of the clicked value on that slice, on any plane', () => {
    fc.assert(
      fc.property(testVolume, planeName, fraction, fraction, fraction, rule, (volume, name, fx, fy, fs, r) => {
        const plane = volume.planes[name];
        const at = (f: number, n: number): number => Math.min(n - 1, Math.floor(f * n));
        const [x0, y0, slice] = [at(fx, plane.sizeX), at(fy, plane.sizeY), at(fs, plane.sliceCount)];
        const result = fillInPlane({ volume, plane, slice }, x0 + 0.3, y0 - 0.3, r);
        // Independently: spread over all voxels until nothing changes, in array coordinates.
        const voxels: { at: readonly number[]; n: number }[] = [];
        eachVoxel(volume.shape, (p, n) => voxels.push({ at: p, n }));
        const onSlice = voxels.filter((v) => v.at[plane.sliceAxis] === slice);
        const seed = onSlice.find((v) => v.at[plane.x.axis] === x0 && v.at[plane.y.axis] === y0);
        const wanted = volume.labels[seed?.n ?? -1];
        const reached = new Set([seed?.n]);
        for (let before = -1; before !== reached.size; ) {
          before = reached.size;
          for (const v of onSlice)
            if (volume.labels[v.n] === wanted && onSlice.some((w) => reached.has(w.n) && w.at.reduce((sum, p, a) => sum + Math.abs(p - (v.at[a] as number)), 0) === 1)) reached.add(v.n);
        }
        const expected = Array.from(volume.labels, (value, n) => (reached.has(n) ? (ruledValue(r, value) ?? value) : value));
        expect(result && changed(volume, result.change)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('holds at a diagonal outline, and says when the outline was open', () => {
    const ring = [0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0];
    const volume = volumeOf([5, 5, 1], [1, 1, 1], ring);
    const target = { volume, plane: volume.planes.axial, slice: 0 };
    const paint = { kind: 'paint' as const, value: 2, over: 'everything' as const };
    const inside = fillInPlane(target, 2, 2, paint);
    expect(inside?.change.indices.length).toBe(5);
    expect(inside?.reachedBorder).toBe(false);
    expect(fillInPlane(target, 0, 0, paint)?.reachedBorder).toBe(true);
    expect(fillInPlane(target, -1, 0, paint)).toBeNull();
  });
});

const volume = volumeOf([14, 11, 6], [0.7, 1.5, 3], new Uint8Array(14 * 11 * 6));
const corner = fc.record({ x: fc.double({ min: -3, max: 16, noNaN: true }), y: fc.double({ min: -3, max: 13, noNaN: true }) });

/** How often a line goes round a point, by the angles it is seen under; NaN on the line. */
function winding(points: readonly PlanePoint[], at: PlanePoint): number {
  let turn = 0;
  points.forEach((a, n) => {
    const b = points[(n + 1) % points.length] as PlanePoint;
    const angle = Math.atan2(b.y - at.y, b.x - at.x) - Math.atan2(a.y - at.y, a.x - at.x);
    turn += angle > Math.PI ? angle - 2 * Math.PI : angle < -Math.PI ? angle + 2 * Math.PI : angle;
  });
  return Math.round(turn / (2 * Math.PI));
}

const fromLine = (points: readonly PlanePoint[], p: PlanePoint): number =>
  Math.min(...points.map((a, n) => {
    const b = points[(n + 1) % points.length] as PlanePoint;
    const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
    const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / length));
    return Math.hypot(p.x - a.x - t * (b.x - a.x), p.y - a.y - t * (b.y - a.y));
  }));

describe('shapes on a slice', () => {
  it('a lasso holds the centres that it goes round, also where it crosses itself', () => {
    const plane = volume.planes.axial;
    fc.assert(
      fc.property(fc.array(corner, { minLength: 1, maxLength: 9 }), (points) => {
        const mask = polygonMask(plane, points);
        for (let y = 0; y < plane.sizeY; y++)
          for (let x = 0; x < plane.sizeX; x++)
            if (fromLine(points, { x, y }) > 1e-6) expect(mask[x + plane.sizeX * y]).toBe(winding(points, { x, y }) === 0 ? 0 : 1);
      }),
      { numRuns: 150 },
    );
  });

  it('neighbouring shapes share no voxel, though their border runs through centres', () => {
    const plane = volume.planes.axial;
    const box = (a: number, b: number) => [{ x: a, y: 1 }, { x: b, y: 1 }, { x: b, y: 6 }, { x: a, y: 6 }];
    const [left, right] = [polygonMask(plane, box(2, 5)), polygonMask(plane, box(5, 9))];
    expect(left.some((value, n) => value === 1 && right[n] === 1)).toBe(false);
    expect(left.filter(Boolean).length + right.filter(Boolean).length).toBe(7 * 5);
  });

  it('a rectangle has both corners; a circle is round in mm', () => {
    const plane = volume.planes.axial;
    expect(rectangleMask(plane, { x: 3.2, y: 4.4 }, { x: 1.8, y: 2.6 }).filter(Boolean).length).toBe(2 * 2);
    const circle = circleMask(plane, { x: 6, y: 5 }, 3);
    eachVoxel([14, 11, 1], (at, n) =>
      expect(circle[n]).toBe(distanceMm(at, [6, 5, 0], [plane.spacingXMm, plane.spacingYMm, 1]) <= 3 ? 1 : 0));
  });
});

describe('scissors', () => {
  it('sphere and prism, inside and outside, follow the rule voxel by voxel on any plane', () => {
    const where = fc.constantFrom('inside' as const, 'outside' as const);
    fc.assert(
      fc.property(testVolume, planeName, where, rule, fc.boolean(), fc.double({ min: 0.3, max: 9, noNaN: true }), (v, name, side, r, ball, radiusMm) => {
        const plane = v.planes[name];
        const centre = { x: 1.3, y: 2.2 };
        const region = ball
          ? { kind: 'sphere' as const, centre, slice: 1, radiusMm }
          : { kind: 'prism' as const, mask: circleMask(plane, centre, radiusMm), firstSlice: 1, lastSlice: 99 };
        const expected = Array.from(v.labels);
        eachVoxel(v.shape, (at, n) => {
          const [x, y, s] = [at[plane.x.axis], at[plane.y.axis], at[plane.sliceAxis]];
          const spacing = [plane.spacingXMm, plane.spacingYMm, ball ? plane.sliceSpacingMm : 0] as const;
          const inside = distanceMm([x, y, s], [centre.x, centre.y, 1], spacing) <= radiusMm;
          if (!ball && s < 1) return;
          if (inside === (side === 'inside')) expected[n] = ruledValue(r, expected[n] as number) ?? (expected[n] as number);
        });
        expect(changed(v, editRegion(v, plane, region, side, r))).toEqual(expected);
      }),
      { numRuns: 80 },
    );
  });
});
