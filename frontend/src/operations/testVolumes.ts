import fc from 'fast-check';
import type { VoxelChange } from '../commands/voxelChange';
import { affineFromRowMajor } from '../geometry/affine';
import { ijk, type Ijk, type Shape, type Triple } from '../geometry/frames';
import { gridPlanes, PLANE_NAMES, type GridPlane } from '../geometry/planes';
import type { LabelVolume } from './sliceTarget';

/** Small label maps on anisotropic, reoriented grids, for the tests of the operations. Not part of the product. */
export interface TestVolume extends LabelVolume {
  readonly planes: Record<'axial' | 'sagittal' | 'coronal', GridPlane>;
}

const AXES: readonly (readonly [string, readonly number[]])[] = [
  ['RAS', [0, 1, 2]], ['PSR', [1, 2, 0]], ['LIA', [0, 2, 1]], ['ASL', [2, 0, 1]],
];

/** An affine whose array axes run along the world axes in this order, every second one backwards. */
export function volumeOf(shape: Shape, spacingMm: Triple, values: ArrayLike<number>, order: readonly number[] = [0, 1, 2]): TestVolume {
  const rows = [0, 1, 2].map((world) => {
    const axis = order.indexOf(world) as 0 | 1 | 2;
    const row = [0, 0, 0, 3 * world];
    row[axis] = spacingMm[axis] * (world === 1 ? -1 : 1);
    return row;
  });
  const affine = affineFromRowMajor([...rows.flat(), 0, 0, 0, 1]);
  return { labels: Uint8Array.from(values), shape, spacingMm, planes: gridPlanes(affine, shape) };
}

const step = fc.constantFrom(0.4, 0.5, 1, 1.3, 2, 4.7);
const side = fc.integer({ min: 3, max: 9 });

/** Blobs rather than noise: a few boxes of labels 0 to 3 painted over one another. */
export const testVolume: fc.Arbitrary<TestVolume> = fc
  .record({
    shape: fc.tuple(side, side, side),
    spacing: fc.tuple(step, step, step),
    axes: fc.constantFrom(...AXES),
    noise: fc.array(fc.record({ at: fc.nat(), value: fc.integer({ min: 0, max: 3 }) }), { maxLength: 25 }),
    boxes: fc.array(
      fc.record({ low: fc.tuple(fc.nat(8), fc.nat(8), fc.nat(8)), size: fc.tuple(fc.nat(6), fc.nat(6), fc.nat(6)), value: fc.integer({ min: 0, max: 3 }) }),
      { minLength: 1, maxLength: 5 },
    ),
  })
  .map(({ shape, spacing, axes, noise, boxes }) => {
    const values = new Uint8Array(shape[0] * shape[1] * shape[2]);
    for (const { low, size, value } of boxes)
      eachVoxel(shape, (at, n) => {
        if (at.every((p, a) => p >= (low[a] as number) && p <= (low[a] as number) + (size[a] as number))) values[n] = value;
      });
    for (const { at, value } of noise) values[at % values.length] = value;
    return volumeOf(shape, spacing, values, axes[1]);
  });

export const planeName = fc.constantFrom(...PLANE_NAMES);

export function eachVoxel(shape: Shape, visit: (at: Ijk, index: number) => void): void {
  let n = 0;
  for (let k = 0; k < shape[2]; k++)
    for (let j = 0; j < shape[1]; j++) for (let i = 0; i < shape[0]; i++) visit(ijk(i, j, k), n++);
}

/** The label map with a change written into it. */
export function changed(volume: LabelVolume, change: VoxelChange): number[] {
  const labels = Array.from(volume.labels);
  change.indices.forEach((index, n) => (labels[index] = change.values[n] as number));
  return labels;
}

export const distanceMm = (a: Triple, b: Triple, spacing: Triple): number =>
  Math.hypot((a[0] - b[0]) * spacing[0], (a[1] - b[1]) * spacing[1], (a[2] - b[2]) * spacing[2]);
