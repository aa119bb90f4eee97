import { indexToRas, rasToIndex } from './affine';
import type { Triple } from './frames';
import { voxelOnPlane, type GridPlane } from './planes';
import { subtract } from './vectors';
import type { Grid } from './worldLink';

export interface SampledVolume extends Grid {
  /** i fastest. */
  readonly voxels: ArrayLike<number>;
  /** Numbers a voxel, together in memory; 1 where it is left out. */
  readonly components?: number;
}

/**
 * A volume's values at the voxel centres of another grid's slice, by trilinear interpolation; NaN outside. `out` has
 * `plane.sizeX * plane.sizeY` numbers, x fastest; of a volume of several components they are those of one. On equal grids these are the voxels themselves.
 *
 * Between the outermost voxel centres and the faces of their boxes the outermost value is kept, so that a single slice
 * has the thickness its header gives it.
 */
export function sampleOnSlice(source: SampledVolume, target: Grid, plane: GridPlane, slice: number, out: Float32Array, component = 0): void {
  const at = (x: number, y: number): Triple =>
    rasToIndex(source.affine, indexToRas(target.affine, voxelOnPlane(plane, x, y, slice)));
  const start = at(0, 0);
  const stepX = subtract(at(1, 0), start);
  const stepY = subtract(at(0, 1), start);
  let n = 0;
  for (let y = 0; y < plane.sizeY; y++) {
    for (let x = 0; x < plane.sizeX; x++, n++) {
      out[n] = trilinear(
        source,
        component,
        start[0] + x * stepX[0] + y * stepY[0],
        start[1] + x * stepX[1] + y * stepY[1],
        start[2] + x * stepX[2] + y * stepY[2],
      );
    }
  }
}

/** What float32 affines and the stepping leave of a whole number. */
const ROUNDING = 1e-6;

function trilinear({ voxels, shape: [si, sj, sk], components = 1 }: SampledVolume, component: number, i: number, j: number, k: number): number {
  const outside =
    i < -0.5 - ROUNDING || j < -0.5 - ROUNDING || k < -0.5 - ROUNDING ||
    i > si - 0.5 + ROUNDING || j > sj - 0.5 + ROUNDING || k > sk - 0.5 + ROUNDING;
  if (outside) return NaN;
  const [i0, fi] = cell(i, si);
  const [j0, fj] = cell(j, sj);
  const [k0, fk] = cell(k, sk);
  const rowStep = fj > 0 ? si : 0;
  const sliceStep = fk > 0 ? si * sj : 0;
  const step = fi > 0 ? 1 : 0;
  const base = i0 + si * (j0 + sj * k0);
  const value = (index: number): number => voxels[index * components + component] as number;
  const row = (index: number): number => {
    const a = value(index);
    return step === 0 ? a : a + fi * (value(index + step) - a);
  };
  const face = (index: number): number => {
    const a = row(index);
    return rowStep === 0 ? a : a + fj * (row(index + rowStep) - a);
  };
  const near = face(base);
  return sliceStep === 0 ? near : near + fk * (face(base + sliceStep) - near);
}

/** The voxel before a fractional index and how far it is from there to the next one, 0 to 1. */
function cell(index: number, count: number): readonly [number, number] {
  const clamped = Math.min(Math.max(index, 0), count - 1);
  const nearest = Math.round(clamped);
  if (Math.abs(clamped - nearest) < ROUNDING) return [nearest, 0];
  const floor = Math.floor(clamped);
  return [floor, clamped - floor];
}
