import { continuousIjk, lpsMm, rasMm, type Axis, type ContinuousIjk, type LpsMm, type RasMm, type Triple } from './frames';
import { cross, dot, norm, normalise, scale, subtract } from './vectors';

/** Voxel index -> RAS millimetres, as three columns (mm a step along i, j, k) and the centre of voxel 0,0,0. */
export interface Affine {
  readonly columns: readonly [Triple, Triple, Triple];
  readonly originRasMm: RasMm;
}

/** Reads NIfTI's 4 x 4 matrix, 16 numbers row by row. Throws on a matrix that is no invertible affine. */
export function affineFromRowMajor(numbers: readonly number[]): Affine {
  if (numbers.length !== 16 || !numbers.every(Number.isFinite)) {
    throw new Error(`An affine has 16 finite numbers, row by row; got ${numbers.length}.`);
  }
  const at = (row: number, column: number): number => numbers[4 * row + column] ?? 0;
  const column = (c: number): Triple => [at(0, c), at(1, c), at(2, c)];
  const affine: Affine = {
    columns: [column(0), column(1), column(2)],
    originRasMm: rasMm(at(0, 3), at(1, 3), at(2, 3)),
  };
  if (Math.abs(determinant(affine)) < 1e-12) throw new Error('The affine is singular: the scan has no volume.');
  return affine;
}

export const determinant = ({ columns: [a, b, c] }: Affine): number => dot(a, cross(b, c));

export const spacingMm = ({ columns }: Affine): Triple => [norm(columns[0]), norm(columns[1]), norm(columns[2])];

export const voxelVolumeMm3 = (affine: Affine): number => Math.abs(determinant(affine));

export function indexToRas({ columns: [a, b, c], originRasMm: o }: Affine, [i, j, k]: Triple): RasMm {
  return rasMm(
    a[0] * i + b[0] * j + c[0] * k + o[0],
    a[1] * i + b[1] * j + c[1] * k + o[1],
    a[2] * i + b[2] * j + c[2] * k + o[2],
  );
}

export function rasToIndex(affine: Affine, point: RasMm): ContinuousIjk {
  const [a, b, c] = affine.columns;
  const offset = subtract(point, affine.originRasMm);
  const inverse = 1 / determinant(affine);
  return continuousIjk(
    dot(offset, cross(b, c)) * inverse,
    dot(offset, cross(c, a)) * inverse,
    dot(offset, cross(a, b)) * inverse,
  );
}

/** A grid as DICOM describes it: orthonormal axes (i, j, k one after the other) in LPS. */
export interface LpsGrid {
  readonly spacingMm: Triple;
  readonly axes: readonly [Triple, Triple, Triple];
  readonly originLpsMm: LpsMm;
}

/**
 * The grid to draw a scan on. For a sheared affine (rare: a gantry tilt, a registration written into the header) the
 * axes are made orthogonal, so that slices stay voxel-true; millimetres shown to people come from `indexToRas`.
 */
export function lpsGrid(affine: Affine): LpsGrid {
  const flip = (v: Triple): Triple => [-v[0], -v[1], v[2]];
  const [a, b, c] = affine.columns;
  const i = normalise(flip(a));
  const j = normalise(subtract(flip(b), scale(i, dot(flip(b), i))));
  const handed = cross(i, j);
  const k = dot(handed, flip(c)) > 0 ? handed : scale(handed, -1);
  const o = affine.originRasMm;
  return { spacingMm: spacingMm(affine), axes: [i, j, k], originLpsMm: lpsMm(-o[0], -o[1], o[2]) };
}

export function gridPointLpsMm(grid: LpsGrid, point: Triple): LpsMm {
  const along = (axis: Axis): Triple => scale(grid.axes[axis], grid.spacingMm[axis] * point[axis]);
  const [i, j, k] = [along(0), along(1), along(2)];
  const o = grid.originLpsMm;
  return lpsMm(o[0] + i[0] + j[0] + k[0], o[1] + i[1] + j[1] + k[1], o[2] + i[2] + j[2] + k[2]);
}
