import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruledValue, type PaintOver } from '../commands/voxelRule';
import type { Ijk, Triple } from '../geometry/frames';
import { combineLabels, mirrorLabel, type Combination } from './combine';
import { squaredDistanceMm2 } from './distance';
import { copySlice, interpolateSlices } from './interpolate';
import { growMargin, shrinkMargin } from './margin';
import { smoothLabel } from './smooth';
import { changed, distanceMm, eachVoxel, planeName, testVolume, volumeOf, type TestVolume } from './testVolumes';

const voxelsOf = (volume: TestVolume): { at: Ijk; n: number }[] => {
  const all: { at: Ijk; n: number }[] = [];
  eachVoxel(volume.shape, (at, n) => all.push({ at, n }));
  return all;
};
const mm = fc.constantFrom(0.3, 0.4, 0.5, 0.8, 1, 1.3, 2, 3.1, 4.7);
const over = fc.constantFrom<PaintOver>('everything', 'background', 2);
const near = (a: Triple, b: Triple, v: TestVolume, reach: number): boolean => distanceMm(a, b, v.spacingMm) <= reach * (1 + 1e-10);

describe('distance', () => {
  it('is the exact nearest centre, by trying all', () => {
    fc.assert(
      fc.property(testVolume, (volume) => {
        const mask = Uint8Array.from(volume.labels, (value) => (value === 1 ? 1 : 0));
        const fast = squaredDistanceMm2(mask, volume.shape, volume.spacingMm);
        const all = voxelsOf(volume);
        const own = all.filter((v) => mask[v.n] === 1);
        for (const v of all) {
          const slow = Math.min(...own.map((w) => distanceMm(v.at, w.at, volume.spacingMm)));
          if (own.length === 0) expect(fast[v.n]).toBeGreaterThan(1e19);
          else expect(Math.sqrt(fast[v.n] as number)).toBeCloseTo(slow, 9);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('margin', () => {
  it('grows and shrinks by true millimetres, sparing what may not be painted over', () => {
    fc.assert(
      fc.property(testVolume, mm, over, (volume, reach, may) => {
        const all = voxelsOf(volume);
        const own = all.filter((v) => volume.labels[v.n] === 1);
        const others = all.filter((v) => volume.labels[v.n] !== 1);
        const rule = { kind: 'paint' as const, value: 1, over: may };
        const grown = all.map((v) => {
          const value = volume.labels[v.n] as number;
          return own.some((w) => near(v.at, w.at, volume, reach)) ? (ruledValue(rule, value) ?? value) : value;
        });
        expect(changed(volume, growMargin(volume, 1, reach, may))).toEqual(grown);
        const shrunk = all.map((v) => {
          const value = volume.labels[v.n] as number;
          return value === 1 && others.some((w) => near(v.at, w.at, volume, reach)) ? 0 : value;
        });
        expect(changed(volume, shrinkMargin(volume, 1, reach))).toEqual(shrunk);
      }),
      { numRuns: 50 },
    );
  });

  it('a ball of known size: 3 mm about a voxel of 1 x 1 x 3 mm', () => {
    const values = new Uint8Array(9 * 9 * 5);
    values[4 + 9 * (4 + 9 * 2)] = 1;
    // 29 centres in the disc of radius 3, and one in the slices 3 mm above and below.
    expect(growMargin(volumeOf([9, 9, 5], [1, 1, 3], values), 1, 3, 'background').indices.length).toBe(29 - 1 + 2);
  });
});

describe('smoothing', () => {
  it('median: label and background vote in a ball; no other label changes', () => {
    fc.assert(
      fc.property(testVolume, mm, (volume, reach) => {
        const all = voxelsOf(volume);
        const any = volume.labels.includes(1);
        const expected = all.map((v) => {
          const value = volume.labels[v.n] as number;
          if (value > 1 || !any) return value;
          const voters = all.filter((w) => near(v.at, w.at, volume, reach)).map((w) => volume.labels[w.n]);
          const ours = voters.filter((label) => label === 1).length;
          const empty = voters.filter((label) => label === 0).length;
          return ours > empty ? 1 : ours < empty ? 0 : value;
        });
        expect(changed(volume, smoothLabel(volume, 1, 'median', reach))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('closing only adds background, opening only removes, and twice is as once', () => {
    fc.assert(
      fc.property(testVolume, mm, (volume, reach) => {
        const all = voxelsOf(volume);
        const inside = (test: (n: number) => boolean) => all.filter((v) => test(v.n));
        const own = inside((n) => volume.labels[n] === 1);
        const grown = new Set(all.filter((v) => own.some((w) => near(v.at, w.at, volume, reach))).map((v) => v.n));
        const notGrown = inside((n) => !grown.has(n));
        const closed = all.map((v) =>
          volume.labels[v.n] === 0 && !notGrown.some((w) => near(v.at, w.at, volume, reach)) && own.length > 0 ? 1 : volume.labels[v.n]);
        expect(changed(volume, smoothLabel(volume, 1, 'closing', reach))).toEqual(closed);
        const others = inside((n) => volume.labels[n] !== 1);
        const core = own.filter((v) => !others.some((w) => near(v.at, w.at, volume, reach)));
        const opened = all.map((v) =>
          volume.labels[v.n] === 1 && !core.some((w) => near(v.at, w.at, volume, reach)) ? 0 : volume.labels[v.n]);
        const once = changed(volume, smoothLabel(volume, 1, 'opening', reach));
        expect(once).toEqual(opened);
        const again = { ...volume, labels: Uint8Array.from(once) };
        expect(changed(again, smoothLabel(again, 1, 'opening', reach))).toEqual(once);
      }),
      { numRuns: 40 },
    );
  });
});

/** Signed distance to a slice's shape by trying all voxels, at any point, bilinear between centres. */
function slowSigned(volume: TestVolume, name: 'axial' | 'sagittal' | 'coronal', slice: number) {
  const plane = volume.planes[name];
  const on = voxelsOf(volume).filter((v) => v.at[plane.sliceAxis] === slice).map((v) => ({ x: v.at[plane.x.axis], y: v.at[plane.y.axis], own: volume.labels[v.n] === 1 }));
  const own = on.filter((v) => v.own);
  const rest = on.filter((v) => !v.own);
  const least = (from: typeof on, x: number, y: number): number => Math.min(1e10, ...from.map((v) => Math.hypot((v.x - x) * plane.spacingXMm, (v.y - y) * plane.spacingYMm)));
  const atCentre = (x: number, y: number): number => least(own, x, y) - least(rest, x, y);
  const at = (x: number, y: number): number => {
    const [cx, cy] = [Math.min(Math.max(x, 0), plane.sizeX - 1), Math.min(Math.max(y, 0), plane.sizeY - 1)];
    let sum = Math.hypot((x - cx) * plane.spacingXMm, (y - cy) * plane.spacingYMm);
    for (const gx of [Math.floor(cx), Math.floor(cx) + 1])
      for (const gy of [Math.floor(cy), Math.floor(cy) + 1]) {
        const weight = (1 - Math.abs(cx - gx)) * (1 - Math.abs(cy - gy));
        if (weight > 0) sum += weight * atCentre(gx, gy);
      }
    return sum;
  };
  const mean = (pick: 'x' | 'y'): number => own.reduce((sum, v) => sum + v[pick], 0) / own.length;
  return { count: own.length, x: mean('x'), y: mean('y'), at };
}

describe('interpolation between slices', () => {
  it('is the blend of shifted signed distances, in any plane', () => {
    fc.assert(
      fc.property(testVolume, planeName, over, (volume, name, may) => {
        const plane = volume.planes[name];
        const shapes = Array.from({ length: plane.sliceCount }, (_, slice) => slowSigned(volume, name, slice));
        const result = changed(volume, interpolateSlices(volume, plane, 1, may));
        for (const v of voxelsOf(volume)) {
          const slice = v.at[plane.sliceAxis];
          const below = shapes.findLastIndex((shape, s) => s < slice && shape.count > 0);
          const above = shapes.findIndex((shape, s) => s > slice && shape.count > 0);
          const value = volume.labels[v.n] as number;
          const [a, b] = [shapes[below], shapes[above]];
          if (!a || !b || shapes[slice]?.count !== 0) {
            expect(result[v.n]).toBe(value);
            continue;
          }
          const t = (slice - below) / (above - below);
          const [cx, cy] = [a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)];
          const [x, y] = [v.at[plane.x.axis], v.at[plane.y.axis]];
          const blended = (1 - t) * a.at(x + a.x - cx, y + a.y - cy) + t * b.at(x + b.x - cx, y + b.y - cy);
          if (Math.abs(blended) < 1e-6) continue;
          const rule = { kind: 'paint' as const, value: 1, over: may };
          expect(result[v.n]).toBe(blended < 0 ? (ruledValue(rule, value) ?? value) : value);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps a rootlet one voxel wide that runs obliquely, and a prism of the same shape', () => {
    const values = new Uint8Array(20 * 9 * 9);
    values[3 + 20 * 4] = 1;
    values[15 + 20 * 4 + 180 * 8] = 1;
    const volume = volumeOf([20, 9, 9], [0.5, 0.5, 3], values);
    const result = changed(volume, interpolateSlices(volume, volume.planes.axial, 1, 'background'));
    for (let slice = 1; slice < 8; slice++) {
      const row = result.slice(180 * slice, 180 * (slice + 1));
      expect(row.filter(Boolean).length).toBeGreaterThan(0);
      expect(row.indexOf(1)).toBe(20 * 4 + Math.floor(3 + 1.5 * slice));
    }
    const box = new Uint8Array(20 * 9 * 9);
    for (const slice of [2, 6]) for (let x = 4; x < 9; x++) for (let y = 2; y < 5; y++) box[x + 20 * y + 180 * slice] = 1;
    const prism = volumeOf([20, 9, 9], [0.5, 0.5, 3], box);
    expect(interpolateSlices(prism, prism.planes.axial, 1, 'background').indices.length).toBe(3 * 15);
  });

  it('copies a slice as the rule allows, and nothing over the edge', () => {
    fc.assert(
      fc.property(testVolume, planeName, over, fc.constantFrom(1 as const, -1 as const), (volume, name, may, step) => {
        const plane = volume.planes[name];
        const expected = Array.from(volume.labels);
        const all = voxelsOf(volume);
        for (const v of all) {
          const source = all.find((w) => w.at[plane.x.axis] === v.at[plane.x.axis] && w.at[plane.y.axis] === v.at[plane.y.axis] && w.at[plane.sliceAxis] === 1);
          if (v.at[plane.sliceAxis] !== 1 + step || volume.labels[source?.n ?? -1] !== 2) continue;
          expected[v.n] = ruledValue({ kind: 'paint', value: 2, over: may }, expected[v.n] as number) ?? (expected[v.n] as number);
        }
        expect(changed(volume, copySlice(volume, plane, 2, 1, 1 + step, may))).toEqual(expected);
        expect(copySlice(volume, plane, 2, 0, -1, may).indices.length).toBe(0);
      }),
      { numRuns: 30 },
    );
  });
});

describe('between labels', () => {
  it('add, swap, subtract and intersect', () => {
    fc.assert(
      fc.property(testVolume, fc.constantFrom<Combination>('add', 'swap', 'subtract', 'intersect'), mm, (volume, how, reach) => {
        const all = voxelsOf(volume);
        const theirs = all.filter((v) => volume.labels[v.n] === 2);
        const expected = all.map((v) => {
          const value = volume.labels[v.n] as number;
          if (how === 'add') return value === 2 ? 1 : value;
          if (how === 'swap') return value === 2 ? 1 : value === 1 ? 2 : value;
          const close = theirs.some((w) => near(v.at, w.at, volume, reach));
          return value === 1 && close === (how === 'subtract') ? 0 : value;
        });
        expect(changed(volume, combineLabels(volume, 1, 2, how, reach))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('mirrors about a slice or between two; mirrored twice it is back', () => {
    fc.assert(
      fc.property(testVolume, fc.constantFrom(0 as const, 1 as const, 2 as const), fc.integer({ min: 0, max: 16 }), over, (volume, axis, twice, may) => {
        const all = voxelsOf(volume);
        const expected = all.map((v) => {
          const value = volume.labels[v.n] as number;
          const from = v.at.map((p, a) => (a === axis ? twice - p : p));
          const source = all.find((w) => w.at.every((p, a) => p === from[a]));
          if (!source || volume.labels[source.n] !== 1) return value;
          return ruledValue({ kind: 'paint', value: 3, over: may }, value) ?? value;
        });
        expect(changed(volume, mirrorLabel(volume, 1, axis, twice, 3, may))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});
