/**
 * Coordinate frames as types. Voxel indices, NIfTI's RAS millimetres and DICOM's LPS millimetres are all three
 * numbers; the brand keeps one from being handed over as another.
 */
declare const frame: unique symbol;

export type Triple = readonly [number, number, number];

/** Whole voxel indices along the array's own axes; the first runs fastest in memory. */
export type Ijk = Triple & { readonly [frame]: 'ijk' };
/** Voxel indices with fractions; a voxel's centre is a whole number. */
export type ContinuousIjk = Triple & { readonly [frame]: 'continuous-ijk' };
/** Millimetres; right, anterior and superior positive (NIfTI). */
export type RasMm = Triple & { readonly [frame]: 'ras-mm' };
/** Millimetres, left, posterior and superior positive (DICOM). */
export type LpsMm = Triple & { readonly [frame]: 'lps-mm' };

/** An array axis: 0, 1, 2 for i, j, k. */
export type Axis = 0 | 1 | 2;
export const AXES: readonly Axis[] = [0, 1, 2];

export type Shape = Triple;

export const ijk = (i: number, j: number, k: number): Ijk => [i, j, k] as unknown as Ijk;
export const continuousIjk = (i: number, j: number, k: number): ContinuousIjk =>
  [i, j, k] as unknown as ContinuousIjk;
export const rasMm = (x: number, y: number, z: number): RasMm => [x, y, z] as unknown as RasMm;
export const lpsMm = (x: number, y: number, z: number): LpsMm => [x, y, z] as unknown as LpsMm;

export const rasToLps = (point: RasMm): LpsMm => lpsMm(-point[0], -point[1], point[2]);
export const lpsToRas = (point: LpsMm): RasMm => rasMm(-point[0], -point[1], point[2]);

/** The voxel whose box holds the point. */
export const roundIjk = (point: ContinuousIjk): Ijk =>
  ijk(Math.round(point[0]), Math.round(point[1]), Math.round(point[2]));

export const withAxis = (point: Ijk, axis: Axis, index: number): Ijk =>
  ijk(axis === 0 ? index : point[0], axis === 1 ? index : point[1], axis === 2 ? index : point[2]);

export const isInside = (point: Triple, shape: Shape): boolean =>
  AXES.every((axis) => point[axis] >= 0 && point[axis] < shape[axis]);

export const clampToShape = (point: Ijk, shape: Shape): Ijk => {
  const clamp = (axis: Axis) => Math.min(Math.max(point[axis], 0), shape[axis] - 1);
  return ijk(clamp(0), clamp(1), clamp(2));
};

export const centreOf = (shape: Shape): Ijk =>
  ijk(Math.floor(shape[0] / 2), Math.floor(shape[1] / 2), Math.floor(shape[2] / 2));
