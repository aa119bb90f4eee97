import { ijk, type Ijk, type Shape, type Triple } from '../geometry/frames';
import type { LabelArray } from './labelGrid';
import type { VoxelBounds } from './labelTally';

/**
 * The voxel of a label nearest, in mm, to the label's centre of mass: in the middle, and never beside it. Where the
 * label's bounds are known only they are read.
 */
export function labelCentre(labels: LabelArray, shape: Shape, spacingMm: Triple, value: number, bounds: VoxelBounds | null = null): Ijk | null {
  const within = bounds ?? { low: [0, 0, 0], high: [shape[0] - 1, shape[1] - 1, shape[2] - 1] };
  let [sumI, sumJ, sumK, count] = [0, 0, 0, 0];
  eachOf(labels, shape, value, within, (i, j, k) => {
    sumI += i;
    sumJ += j;
    sumK += k;
    count += 1;
  });
  if (count === 0) return null;
  const centre: Triple = [sumI / count, sumJ / count, sumK / count];
  let nearest = Infinity;
  let best: Ijk | null = null;
  eachOf(labels, shape, value, within, (i, j, k) => {
    const di = (i - centre[0]) * spacingMm[0];
    const dj = (j - centre[1]) * spacingMm[1];
    const dk = (k - centre[2]) * spacingMm[2];
    const squared = di * di + dj * dj + dk * dk;
    if (squared >= nearest) return;
    nearest = squared;
    best = ijk(i, j, k);
  });
  return best;
}

type Visit = (i: number, j: number, k: number) => void;

function eachOf(labels: LabelArray, shape: Shape, value: number, { low, high }: VoxelBounds, visit: Visit): void {
  for (let k = low[2]; k <= high[2]; k++) {
    for (let j = low[1]; j <= high[1]; j++) {
      const row = shape[0] * (j + shape[1] * k);
      for (let i = low[0]; i <= high[0]; i++) if (labels[row + i] === value) visit(i, j, k);
    }
  }
}
