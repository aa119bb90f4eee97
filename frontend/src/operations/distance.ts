import type { Axis, Triple } from '../geometry/frames';

/** Larger than any squared distance, and still finite so that differences of two stay numbers. */
const FAR = 1e20;

/**
 * Squared distance in mm2 from each voxel's centre to the centre of the nearest voxel of the mask, exact on anisotropic
 * grids; `FAR` everywhere where the mask is empty. One pass an axis over lower envelopes of parabolas (Felzenszwalb and
 * Huttenlocher 2012, doi:10.4086/toc.2012.v008a019). `axes` left out are not crossed: two axes give distances in slices.
 */
export function squaredDistanceMm2(
  mask: Uint8Array,
  size: Triple,
  spacingMm: Triple,
  axes: readonly Axis[] = [0, 1, 2],
  progress: (fraction: number) => void = () => {},
): Float64Array {
  const distance = Float64Array.from(mask, (inside) => (inside === 0 ? FAR : 0));
  axes.forEach((axis, done) => {
    alongAxis(distance, size, axis, spacingMm[axis]);
    progress((done + 1) / axes.length);
  });
  return distance;
}

function alongAxis(distance: Float64Array, size: Triple, axis: Axis, spacingMm: number): void {
  const length = size[axis];
  const step = axis === 0 ? 1 : axis === 1 ? size[0] : size[0] * size[1];
  const scratch = {
    line: new Float64Array(length),
    from: new Float64Array(length + 1),
    apex: new Int32Array(length),
  };
  // Lines along the axis begin in blocks of `step` voxels side by side.
  for (let block = 0; block < distance.length; block += step * length) {
    for (let start = block; start < block + step; start++) envelope(distance, start, step, length, spacingMm, scratch);
  }
}

interface Scratch {
  readonly line: Float64Array;
  readonly from: Float64Array;
  readonly apex: Int32Array;
}

/** Replaces one line of the array by the lower envelope of the parabolas that stand on its values. */
function envelope(
  distance: Float64Array,
  start: number,
  step: number,
  length: number,
  spacingMm: number,
  { line, from, apex }: Scratch,
): void {
  for (let n = 0; n < length; n++) line[n] = distance[start + n * step] as number;
  const crossing = (q: number, p: number): number => {
    const rise = ((line[q] as number) - (line[p] as number)) / (spacingMm * spacingMm);
    return (rise + q * q - p * p) / (2 * (q - p));
  };
  let last = -1;
  for (let q = 0; q < length; q++) {
    if ((line[q] as number) >= FAR) continue;
    let at = -Infinity;
    while (last >= 0 && (at = crossing(q, apex[last] as number)) <= (from[last] as number)) last -= 1;
    if (last < 0) at = -Infinity;
    last += 1;
    apex[last] = q;
    from[last] = at;
    from[last + 1] = Infinity;
  }
  if (last < 0) return;
  let piece = 0;
  for (let n = 0; n < length; n++) {
    while ((from[piece + 1] as number) < n && piece < last) piece += 1;
    const p = apex[piece] as number;
    distance[start + n * step] = ((n - p) * spacingMm) ** 2 + (line[p] as number);
  }
}

/** Distances that are equal but for rounding count as equal. */
export const withinMm = (squaredMm2: number, mm: number): boolean => squaredMm2 <= mm * mm * (1 + 1e-9);
