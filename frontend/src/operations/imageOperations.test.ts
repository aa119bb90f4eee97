import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ijk, type Ijk, type Triple } from '../geometry/frames';
import type { Box } from './box';
import { growFromSeeds, seedBox, type SeedPlan } from './growFromSeeds';
import { runOperation, type OperationRequest } from './operationRequest';
import { packOperation } from './parcel';
import { previewOnSlice } from './previewSlice';
import { splitIslands, type SplitOrder } from './splitIslands';
import { changed, eachVoxel, planeName, testVolume, volumeOf, type TestVolume } from './testVolumes';
import { boxAbout, thresholdBox, wholeBox } from './threshold';

const scan = testVolume.chain((volume) =>
  fc.record({
    volume: fc.constant(volume),
    image: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: volume.labels.length, maxLength: volume.labels.length }),
  }),
);
const plan: SeedPlan = { seeds: [1, 2], background: null, within: 'background', range: null, contrast: 5, locality: 0.1, marginMm: 3 };
const isIn = ({ low, size }: Box, at: Triple): boolean => at.every((p, axis) => p >= (low[axis] as number) && p < (low[axis] as number) + (size[axis] as number));
const voxelOf = ({ shape }: TestVolume, n: number): Ijk => ijk(n % shape[0], (n >> 3) % shape[1], (n >> 6) % shape[2]);

/** Cheapest costs by relaxing every side of every voxel until nothing changes: slow, and plainly right. */
function relaxed({ labels, shape, spacingMm }: TestVolume, image: readonly number[], { seeds, contrast, locality }: SeedPlan, box: Box | null): number[] {
  const owner = Array.from(labels, (label) => (seeds.includes(label) ? label : 0));
  const cost = owner.map((label) => (label > 0 ? 0 : Infinity));
  const steps = [1, shape[0], shape[0] * shape[1]] as const;
  const improve = (at: Triple, n: number): boolean => {
    let better = false;
    for (const axis of [0, 1, 2] as const) {
      for (const way of [-1, 1]) {
        const from = n + way * steps[axis];
        if (at[axis] + way < 0 || at[axis] + way >= shape[axis] || owner[from] === 0) continue;
        const step = Math.abs((image[n] as number) - (image[from] as number)) / contrast + spacingMm[axis] * locality;
        const total = (cost[from] as number) + step;
        if (total > (cost[n] as number) || (total === cost[n] && (owner[from] as number) >= (owner[n] as number))) continue;
        [cost[n], owner[n], better] = [total, owner[from] as number, true];
      }
    }
    return better;
  };
  for (let moved = true; moved; ) {
    moved = false;
    eachVoxel(shape, (at, n) => {
      if (labels[n] === 0 && box && isIn(box, at)) moved = improve(at, n) || moved;
    });
  }
  return Array.from(labels, (label, n) => (label === 0 ? (owner[n] as number) : label));
}

describe('growing from seeds', () => {
  it('gives each voxel to the label that reaches it most cheaply', () => {
    fc.assert(
      fc.property(scan, ({ volume: any, image }) => {
        // Halves and quarters are exact, so that ways that cost the same do so whatever the order of adding.
        const halves = (mm: number): number => Math.ceil(2 * mm) / 2;
        const [a, b, c] = any.spacingMm;
        const volume: TestVolume = { ...any, spacingMm: [halves(a), halves(b), halves(c)] };
        const exact = { ...plan, contrast: 4, locality: 0.25 };
        expect(changed(volume, growFromSeeds(volume, image, exact))).toEqual(relaxed(volume, image, exact, seedBox(volume, exact)));
      }),
      { numRuns: 60 },
    );
  });

  it('meets at an edge of the image, holds the background back, and keeps to range and region', () => {
    // A line of 12 voxels: dark up to 6, bright after; seeds at both ends.
    const values = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
    const line = volumeOf([12, 1, 1], [1, 1, 1], values);
    const image = values.map((_, n) => (n <= 6 ? 10 : 90));
    const after = (change: Partial<SeedPlan>): number[] => changed(line, growFromSeeds(line, image, { ...plan, contrast: 80, locality: 0.01, ...change }));
    expect(after({})).toEqual([1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    expect(after({ background: 2 })).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2]);
    expect(after({ range: { lower: 0, upper: 50 } })).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2]);
    const inside = volumeOf([12, 1, 1], [1, 1, 1], [1, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(changed(inside, growFromSeeds(inside, image, { ...plan, within: 3 }))).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
  });
});

describe('threshold', () => {
  it('paints what lies in range, box and rule, and nothing else', () => {
    fc.assert(
      fc.property(scan, fc.nat(9), fc.nat(9), fc.nat(9), fc.nat(), ({ volume, image }, a, b, reach, where) => {
        const [lower, upper] = [Math.min(a, b), Math.max(a, b)];
        const centre = voxelOf(volume, where);
        const box = boxAbout(centre, reach, volume.spacingMm, volume.shape);
        const after = changed(volume, thresholdBox(volume, image, { label: 3, lower, upper, over: 'background', box }));
        const wrong: number[] = [];
        eachVoxel(volume.shape, (at, n) => {
          const near = ([0, 1, 2] as const).every((axis) => Math.abs(at[axis] - centre[axis]) * volume.spacingMm[axis] <= reach + 1e-6);
          const hit = near && volume.labels[n] === 0 && (image[n] as number) >= lower && (image[n] as number) <= upper;
          if (after[n] !== (hit ? 3 : volume.labels[n])) wrong.push(n);
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('is shown slice by slice as it would be written', () => {
    fc.assert(
      fc.property(scan, planeName, fc.nat(), ({ volume, image }, name, at) => {
        const plane = volume.planes[name];
        const slice = at % plane.sliceCount;
        const threshold = { label: 3, lower: 2, upper: 6, over: 'everything', box: wholeBox(volume.shape) } as const;
        const change = thresholdBox(volume, image, threshold);
        const live = previewOnSlice({ indices: new Uint32Array(), value: 3, threshold }, plane, slice, volume, image);
        expect(live).toEqual(previewOnSlice({ ...change, value: 3 }, plane, slice, volume, image));
      }),
      { numRuns: 40 },
    );
  });
});

describe('splitting', () => {
  it('numbers components along an axis, either way, or by size; small and surplus ones stay', () => {
    const line = volumeOf([10, 1, 1], [1, 1, 1], [2, 0, 2, 2, 0, 2, 2, 2, 0, 2]);
    const split = (into: readonly number[], order: SplitOrder, least = 1): number[] => changed(line, splitIslands(line, 2, into, order, 6, least));
    expect(split([2, 3, 4, 5], { axis: 0, backwards: false })).toEqual([2, 0, 3, 3, 0, 4, 4, 4, 0, 5]);
    expect(split([2, 3, 4, 5], { axis: 0, backwards: true })).toEqual([5, 0, 4, 4, 0, 3, 3, 3, 0, 2]);
    expect(split([7, 8], 'size')).toEqual([2, 0, 8, 8, 0, 7, 7, 7, 0, 2]);
    expect(split([4, 5, 6], { axis: 0, backwards: false }, 2)).toEqual([2, 0, 4, 4, 0, 5, 5, 5, 0, 2]);
  });

  it('changes nothing but the label, and gives the larger component the earlier label', () => {
    const into = [1, 11, 12, 13];
    fc.assert(
      fc.property(testVolume, (volume) => {
        const after = changed(volume, splitIslands(volume, 1, into, 'size', 26, 1));
        after.forEach((value, n) => expect(volume.labels[n] === 1 ? into.includes(value) : value === volume.labels[n]).toBe(true));
        const [second, third, fourth] = into.slice(1).map((value) => after.filter((label) => label === value).length) as [number, number, number];
        expect(second >= third && third >= fourth).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a parcel for the worker', () => {
  it('gives on the part that is sent what the whole would give', () => {
    fc.assert(
      fc.property(scan, fc.nat(), fc.nat(8), ({ volume, image }, where, reach) => {
        const seed = voxelOf(volume, where);
        const requests: readonly OperationRequest[] = [
          { kind: 'growSeeds', ...plan },
          { kind: 'threshold', label: 3, lower: 2, upper: 7, over: 1, box: boxAbout(seed, reach, volume.spacingMm, volume.shape) },
          { kind: 'growRegion', seed, tolerance: 2, reachMm: reach + 0.5, acrossAxis: null, rule: { kind: 'paint', value: 3, over: 'everything' }, locked: [2] },
        ];
        for (const request of requests) {
          const { message, unpack } = packOperation(volume, image, request);
          const part = unpack(runOperation(message.volume, message.request, () => {}, message.image));
          expect(changed(volume, part)).toEqual(changed(volume, runOperation(volume, request, () => {}, image)));
        }
      }),
      { numRuns: 60 },
    );
  });
});
