import { indexToRas, spacingMm, type Affine } from './affine';
import { AXES, type Axis, type Shape, type Triple } from './frames';
import { add, norm, normalise, subtract } from './vectors';

/**
 * Values of marks while they are drawn. The server computes those that are kept by the same rules
 * (`platform/measures/marks.py`); both are held to the cases in `markCases.json`.
 */
export type MarkKind = 'length' | 'angle' | 'ellipse' | 'rectangle' | 'point';

/** A region's two are opposite corners of its box; an angle's second is its vertex. */
export const POINTS_OF: Readonly<Record<MarkKind, number>> = { length: 2, angle: 3, ellipse: 2, rectangle: 2, point: 1 };

export const isRegion = (kind: MarkKind): kind is 'ellipse' | 'rectangle' => kind === 'ellipse' || kind === 'rectangle';

/** `length_mm`; `angle_degrees`; or `area_mm2`, `n`, `mean`, `sd`, `min`, `max`. Null where it is undefined. */
export type MarkValues = Readonly<Record<string, number | null>>;

export interface MarkShape {
  readonly kind: MarkKind;
  /** In voxels; whole numbers are voxel centres. */
  readonly points: readonly Triple[];
  /** Of a region: the array axis across its slice. */
  readonly sliceAxis: Axis | null;
}

export interface MarkedImage {
  readonly affine: Affine;
  readonly shape: Shape;
  /** One number a voxel, i fastest; null where a voxel holds several. */
  readonly voxels: ArrayLike<number> | null;
}

/** A voxel centre exactly on the rim belongs to the region, whatever rounding does to it. */
const EDGE = 1e-9;

export function markValues({ kind, points, sliceAxis }: MarkShape, image: MarkedImage): MarkValues {
  const [a, b, c] = points.map((point): Triple => indexToRas(image.affine, point));
  if (kind === 'length' && a && b) return { length_mm: norm(subtract(b, a)) };
  if (kind === 'angle' && a && b && c) return { angle_degrees: angleDegrees(a, b, c) };
  const [from, to] = points;
  if (isRegion(kind) && from && to && sliceAxis !== null) return regionValues(kind, from, to, sliceAxis, image);
  return {};
}

/** Twice the arc tangent of difference by sum of the unit arms: exact near 0 and 180 degrees, unlike the arc cosine. */
function angleDegrees(first: Triple, vertex: Triple, last: Triple): number | null {
  const arms = [subtract(first, vertex), subtract(last, vertex)] as const;
  if (arms.some((arm) => norm(arm) === 0)) return null;
  const [u, v] = [normalise(arms[0]), normalise(arms[1])];
  return (360 / Math.PI) * Math.atan2(norm(subtract(u, v)), norm(add(u, v)));
}

const inPlane = (sliceAxis: Axis): readonly [Axis, Axis] => AXES.filter((axis) => axis !== sliceAxis) as [Axis, Axis];

function regionValues(kind: MarkKind, from: Triple, to: Triple, sliceAxis: Axis, image: MarkedImage): MarkValues {
  const [x, y] = inPlane(sliceAxis);
  const spacing = spacingMm(image.affine);
  const box = Math.abs(to[x] - from[x]) * spacing[x] * Math.abs(to[y] - from[y]) * spacing[y];
  const area_mm2 = box * (kind === 'ellipse' ? Math.PI / 4 : 1);
  if (!image.voxels) return { area_mm2, n: null, mean: null, sd: null, min: null, max: null };
  const found = intensitiesIn(kind, from, to, sliceAxis, image.shape, image.voxels);
  const n = found.length;
  if (n === 0) return { area_mm2, n, mean: null, sd: null, min: null, max: null };
  const mean = found.reduce((sum, value) => sum + value, 0) / n;
  const squares = found.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    area_mm2, n, mean,
    sd: n > 1 ? Math.sqrt(squares / (n - 1)) : null,
    min: found.reduce((least, value) => Math.min(least, value)),
    max: found.reduce((most, value) => Math.max(most, value)),
  };
}

function intensitiesIn(kind: MarkKind, from: Triple, to: Triple, sliceAxis: Axis, shape: Shape, voxels: ArrayLike<number>): number[] {
  const [x, y] = inPlane(sliceAxis);
  const strides: Triple = [1, shape[0], shape[0] * shape[1]];
  const slice = Math.floor(from[sliceAxis] + 0.5);
  const found: number[] = [];
  if (slice < 0 || slice >= shape[sliceAxis]) return found;
  const [firstX, lastX] = centresBetween(from[x], to[x], shape[x]);
  const [firstY, lastY] = centresBetween(from[y], to[y], shape[y]);
  for (let iy = firstY; iy <= lastY; iy++) {
    const awayY = away(iy, from[y], to[y]);
    for (let ix = firstX; ix <= lastX; ix++) {
      const awayX = away(ix, from[x], to[x]);
      const inside = kind === 'ellipse' ? awayX ** 2 + awayY ** 2 <= 1 + EDGE : Math.max(awayX, awayY) <= 1 + EDGE;
      const value = inside ? (voxels[ix * strides[x] + iy * strides[y] + slice * strides[sliceAxis]] as number) : NaN;
      if (Number.isFinite(value)) found.push(value);
    }
  }
  return found;
}

/** Indices that may lie between two places, rim included. */
const centresBetween = (a: number, b: number, size: number): readonly [number, number] => [
  Math.max(0, Math.floor(Math.min(a, b))),
  Math.min(size - 1, Math.ceil(Math.max(a, b))),
];

/** How far from the middle, in half widths; a region without width reaches nothing but its own line. */
function away(index: number, a: number, b: number): number {
  const off = Math.abs(index - (a + b) / 2);
  const half = Math.abs(b - a) / 2;
  if (half > 0) return off / half;
  return off <= EDGE ? 0 : Infinity;
}

const digits = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'undefined' : String(Number(value.toPrecision(4)));

/** Values with their units, a line each, as they stand beside a mark. */
export function valueLines(kind: MarkKind, values: MarkValues): readonly string[] {
  const { length_mm, angle_degrees, area_mm2, n, mean, sd } = values;
  if (kind === 'length') return [`${(length_mm ?? 0).toFixed(2)} mm`];
  if (kind === 'angle') return [angle_degrees === null || angle_degrees === undefined ? 'no angle' : `${angle_degrees.toFixed(1)}°`];
  if (kind === 'point') return [];
  return [`mean ${digits(mean)}, SD ${digits(sd)}`, `${(area_mm2 ?? 0).toFixed(1)} mm², n ${digits(n)}`];
}
