import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Ijk, Triple } from '../geometry/frames';
import { distanceMm, eachVoxel, testVolume } from '../operations/testVolumes';
import { labelCentre } from './labelCentre';

it('the centre of a label is one of its voxels, and none is nearer to its centre of mass', () => {
  fc.assert(
    fc.property(testVolume, ({ labels, shape, spacingMm }) => {
      const own: Ijk[] = [];
      eachVoxel(shape, (at, n) => {
        if (labels[n] === 1) own.push(at);
      });
      const found = labelCentre(labels, shape, spacingMm, 1);
      if (own.length === 0) {
        expect(found).toBeNull();
        return;
      }
      const mean = [0, 1, 2].map((axis) => own.reduce((sum, at) => sum + (at[axis] as number), 0) / own.length) as unknown as Triple;
      const least = Math.min(...own.map((at) => distanceMm(at, mean, spacingMm)));
      expect(own.some((at) => at.every((p, axis) => p === found?.[axis]))).toBe(true);
      expect(distanceMm(found as Ijk, mean, spacingMm)).toBeCloseTo(least, 9);
    }),
  );
});
