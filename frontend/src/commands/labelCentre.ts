import { ijk, type Ijk, type Shape, type Triple } from '../geometry/frames';
import type { LabelArray } from './labelGrid';

/** The voxel of a label nearest, in mm, to the label's centre of mass: in the middle, and never beside it. */
export function labelCentre(labels: LabelArray, shape: Shape, spacingMm: Triple, value: number): Ijk | null {
  let [sumI, sumJ, sumK, count] = [0, 0, 0, 0];
  eachOf(labels, shape, value, (i, j, k) => {
    sumI += i;
    sumJ += j;
    sumK += k;
    count += 1;
  });
  if (count === 0) return null;
  const centre: Triple = [sumI / count, sumJ / count, sumK / count];
  let nearest = Infinity;
  let best: Ijk | null = null;
  eachOf(labels, shape, value, (i, j, k) => {
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

function eachOf(labels: LabelArray, shape: Shape, value: number, visit: (i: number, j: number, k: number) => void): void {
  const [si, sj] = shape;
  // indexOf is several times faster than a loop over the many voxels that are something else.
  for (let n = labels.indexOf(value); n >= 0; n = labels.indexOf(value, n + 1)) {
    const i = n % si;
    const row = (n - i) / si;
    const j = row % sj;
    visit(i, j, (row - j) / sj);
  }
}
