import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruledValue } from '../commands/voxelRule';
import { ijk, type Ijk, type Triple } from '../geometry/frames';
import type { Connectivity } from './connected';
import { fillHoles } from './fillHoles';
import { keepLargestIsland, relabelIsland, removeSmallIslands } from './islands';
import { growRegion } from './regionGrow';
import { changed, distanceMm, eachVoxel, testVolume, volumeOf, type TestVolume } from './testVolumes';

interface Voxel {
  readonly at: Ijk;
  readonly n: number;
}

const voxelsOf = (volume: TestVolume): Voxel[] => {
  const all: Voxel[] = [];
  eachVoxel(volume.shape, (at, n) => all.push({ at, n }));
  return all;
};

const touch = (a: Triple, b: Triple, connectivity: Connectivity): boolean => {
  const d = [0, 1, 2].map((axis) => Math.abs((a[axis] as number) - (b[axis] as number)));
  return connectivity === 6 ? (d[0] as number) + (d[1] as number) + (d[2] as number) === 1 : Math.max(...d) === 1;
};

/** Components by merging sets until nothing merges: slow, and nothing like a flood. */
function mergedComponents(voxels: readonly Voxel[], connectivity: Connectivity): Voxel[][] {
  const id = new Map(voxels.map((v) => [v.n, v.n]));
  for (let merged = true; merged; ) {
    merged = false;
    for (const a of voxels)
      for (const b of voxels)
        if (touch(a.at, b.at, connectivity) && (id.get(a.n) as number) < (id.get(b.n) as number)) {
          id.set(b.n, id.get(a.n) as number);
          merged = true;
        }
  }
  const groups = new Map<number, Voxel[]>();
  for (const v of voxels) groups.set(id.get(v.n) as number, [...(groups.get(id.get(v.n) as number) ?? []), v]);
  return [...groups.values()];
}

const connectivity = fc.constantFrom<Connectivity>(6, 26);

describe('islands', () => {
  it('keep the largest, remove the small, relabel the clicked one', () => {
    fc.assert(
      fc.property(testVolume, connectivity, fc.constantFrom(0, 3), fc.double({ min: 0.5, max: 60, noNaN: true }), fc.nat(), (volume, c, rest, minimum, pick) => {
        const own = voxelsOf(volume).filter((v) => volume.labels[v.n] === 1);
        const groups = mergedComponents(own, c);
        const voxelMm3 = volume.spacingMm[0] * volume.spacingMm[1] * volume.spacingMm[2];
        const expected = (isChanged: (group: Voxel[]) => boolean, to: number): number[] => {
          const out = Array.from(volume.labels);
          for (const group of groups) if (isChanged(group)) group.forEach((v) => (out[v.n] = to));
          return out;
        };
        const most = Math.max(0, ...groups.map((group) => group.length));
        const largest = groups.find((group) => group.length === most);
        expect(changed(volume, keepLargestIsland(volume, 1, rest, c))).toEqual(expected((group) => group !== largest, rest));
        expect(changed(volume, removeSmallIslands(volume, 1, rest, c, minimum, voxelMm3))).toEqual(
          expected((group) => group.length * voxelMm3 < minimum - 1e-9, rest),
        );
        const clicked = own[pick % Math.max(1, own.length)];
        if (clicked) expect(changed(volume, relabelIsland(volume, clicked.at, 2, c))).toEqual(expected((group) => group.includes(clicked), 2));
      }),
      { numRuns: 40 },
    );
  });

  it('a click on background or outside changes nothing', () => {
    const volume = volumeOf([3, 3, 3], [1, 1, 1], new Uint8Array(27));
    expect(relabelIsland(volume, ijk(1, 1, 1), 2, 26).indices.length).toBe(0);
    expect(relabelIsland(volume, ijk(-1, 1, 9), 2, 26).indices.length).toBe(0);
  });
});

describe('holes', () => {
  it('are background that cannot leave the scan without crossing the label', () => {
    fc.assert(
      fc.property(testVolume, fc.constantFrom(null, 0 as const, 1 as const, 2 as const), (volume, axis) => {
        const all = voxelsOf(volume);
        const outside = new Set<number>();
        for (let before = -1; before !== outside.size; ) {
          before = outside.size;
          for (const v of all) {
            if (volume.labels[v.n] === 1 || outside.has(v.n)) continue;
            const rim = [0, 1, 2].some((a) => a !== axis && (v.at[a] === 0 || v.at[a] === (volume.shape[a] as number) - 1));
            const reached = all.some((w) => outside.has(w.n) && touch(v.at, w.at, 6) && (axis === null || v.at[axis] === w.at[axis]));
            if (rim || reached) outside.add(v.n);
          }
        }
        const expected = Array.from(volume.labels, (value, n) => (value === 0 && !outside.has(n) ? 1 : value));
        expect(changed(volume, fillHoles(volume, 1, axis))).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('a shell of known size: its inside, but not the other label in it', () => {
    const values: number[] = [];
    const shape: Triple = [7, 7, 7];
    eachVoxel(shape, (at) => {
      const d = Math.max(...at.map((p) => Math.abs(p - 3)));
      values.push(d === 2 ? 1 : d === 0 ? 2 : 0);
    });
    const volume = volumeOf(shape, [1, 1, 1], values);
    expect(fillHoles(volume, 1, null).indices.length).toBe(26);
    expect(fillHoles(volume, 1, 2).indices.length).toBe(8 + 9 + 9);
  });
});

describe('region grow', () => {
  it('takes what hangs together with the seed, looks like it, is near and may be painted', () => {
    fc.assert(
      fc.property(
        testVolume, fc.nat(), fc.infiniteStream(fc.integer({ min: 0, max: 9 })), fc.integer({ min: 0, max: 6 }),
        fc.double({ min: 0.2, max: 12, noNaN: true }), fc.constantFrom(null, 0 as const, 2 as const), fc.constantFrom('everything' as const, 'background' as const),
        (volume, pick, stream, tolerance, reachMm, acrossAxis, over) => {
          const all = voxelsOf(volume);
          const image = all.map(() => stream.next().value as number);
          const seed = all[pick % all.length] as Voxel;
          const rule = { kind: 'paint' as const, value: 2, over };
          const locked = new Set([3]);
          const passes = (v: Voxel): boolean => {
            const label = volume.labels[v.n] as number;
            return Math.abs((image[v.n] as number) - (image[seed.n] as number)) <= tolerance
              && distanceMm(v.at, seed.at, volume.spacingMm) <= reachMm * (1 + 1e-9)
              && label !== 3 && (label === 2 || ruledValue(rule, label) !== null);
          };
          const taken = new Set(passes(seed) ? [seed.n] : []);
          for (let before = -1; before !== taken.size; ) {
            before = taken.size;
            for (const v of all)
              if (!taken.has(v.n) && passes(v) && all.some((w) => taken.has(w.n) && touch(v.at, w.at, 6) && (acrossAxis === null || v.at[acrossAxis] === w.at[acrossAxis]))) taken.add(v.n);
          }
          const expected = Array.from(volume.labels, (value, n) => (taken.has(n) ? 2 : value));
          expect(changed(volume, growRegion(volume, image, { seed: seed.at, tolerance, reachMm, acrossAxis, rule, locked }))).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is quick enough for a live slider: 20 mm around the seed of a large scan', () => {
    const shape: Triple = [128, 128, 64];
    const volume = volumeOf(shape, [0.5, 0.5, 0.5], new Uint8Array(128 * 128 * 64));
    const image = new Int16Array(128 * 128 * 64);
    const started = performance.now();
    const change = growRegion(volume, image, {
      seed: ijk(64, 64, 32), tolerance: 0, reachMm: 14, acrossAxis: null, locked: new Set(), rule: { kind: 'paint', value: 1, over: 'background' },
    });
    expect(change.indices.length).toBeGreaterThan(85_000);
    // Far above what it takes (about 60 ms), so that a busy machine does not fail it.
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
