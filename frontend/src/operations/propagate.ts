import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import { ruledValue, type PaintOver } from '../commands/voxelRule';
import { planeIndexer, type LabelVolume, type PlaneAxes } from './sliceTarget';

export interface Propagation {
  readonly label: number;
  readonly from: number;
  readonly to: number;
  readonly over: PaintOver;
  /** How far the structure may have moved between the slices, in voxels. */
  readonly reach?: number;
}

/** A rectangle of a slice, both ends included. */
interface Window {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/**
 * Carries a label's shape from one slice to another one, adapted to the image there. Two steps, both local:
 *
 * 1. The shape is moved by the whole-voxel shift that gives the largest normalised cross-correlation of the image around
 *    it on the two slices (within `reach` voxels; of equal ones the shortest).
 * 2. Region competition at the rim (Zhu and Yuille 1996, doi:10.1109/34.537343, one step of it, with two regions of equal
 *    variance): of the voxels on either side of the moved rim each joins the side, label or surroundings, whose mean
 *    intensity on the target slice is nearer to its own. Farther than one voxel the rim does not move.
 *
 * Voxels of the label that are on the target slice already stay.
 */
export function propagateSlice(volume: LabelVolume, plane: PlaneAxes, image: ArrayLike<number>, asked: Propagation): VoxelChange {
  const builder = new ChangeBuilder();
  const { label, from, to, over, reach = 4 } = asked;
  const { sizeX, sizeY } = plane;
  if (to < 0 || to >= plane.sliceCount) return builder.build();
  const indexOf = planeIndexer(plane, volume.shape);
  const shape = new Uint8Array(sizeX * sizeY);
  const around: { -readonly [Key in keyof Window]: Window[Key] } = { x0: sizeX, x1: -1, y0: sizeY, y1: -1 };
  for (let y = 0; y < sizeY; y++) {
    for (let x = 0; x < sizeX; x++) {
      if (volume.labels[indexOf(x, y, from)] !== label) continue;
      shape[x + sizeX * y] = 1;
      around.x0 = Math.min(around.x0, x);
      around.x1 = Math.max(around.x1, x);
      around.y0 = Math.min(around.y0, y);
      around.y1 = Math.max(around.y1, y);
    }
  }
  if (around.x1 < 0) return builder.build();
  const at = (x: number, y: number, slice: number): number => Number(image[indexOf(x, y, slice)]);
  const shift = bestShift(plane, around, reach, (x, y) => at(x, y, from), (x, y) => at(x, y, to));
  const moved = new Uint8Array(sizeX * sizeY);
  for (let y = around.y0; y <= around.y1; y++) {
    for (let x = around.x0; x <= around.x1; x++) {
      const [a, b] = [x + shift.x, y + shift.y];
      if (shape[x + sizeX * y] === 1 && a >= 0 && b >= 0 && a < sizeX && b < sizeY) moved[a + sizeX * b] = 1;
    }
  }
  const fitted = fitRim(moved, sizeX, sizeY, (x, y) => at(x, y, to));
  const rule = { kind: 'paint', value: label, over } as const;
  fitted.forEach((inside, n) => {
    if (inside === 0) return;
    const index = indexOf(n % sizeX, Math.floor(n / sizeX), to);
    const current = volume.labels[index] as number;
    if (current !== label && ruledValue(rule, current) !== null) builder.put(index, label);
  });
  return builder.build();
}

type Slice = (x: number, y: number) => number;

/** The whole-voxel shift of the largest normalised cross-correlation; none where the image is flat. */
function bestShift({ sizeX, sizeY }: PlaneAxes, shape: Window, reach: number, from: Slice, to: Slice): { x: number; y: number } {
  const rim = reach + 2;
  let best = { x: 0, y: 0, score: -Infinity };
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const x0 = Math.max(0, shape.x0 - rim, -dx);
      const x1 = Math.min(sizeX - 1, shape.x1 + rim, sizeX - 1 - dx);
      const y0 = Math.max(0, shape.y0 - rim, -dy);
      const y1 = Math.min(sizeY - 1, shape.y1 + rim, sizeY - 1 - dy);
      let [n, a, b, aa, bb, ab] = [0, 0, 0, 0, 0, 0];
      for (let y = y0; y <= y1; y++) {
        for (let x = x0; x <= x1; x++) {
          const [p, q] = [from(x, y), to(x + dx, y + dy)];
          n += 1;
          a += p;
          b += q;
          aa += p * p;
          bb += q * q;
          ab += p * q;
        }
      }
      const spread = (aa - (a * a) / n) * (bb - (b * b) / n);
      const score = spread > 0 ? (ab - (a * b) / n) / Math.sqrt(spread) : -Infinity;
      const nearer = dx * dx + dy * dy < best.x * best.x + best.y * best.y;
      if (score > best.score + 1e-9 || (Math.abs(score - best.score) <= 1e-9 && nearer)) best = { x: dx, y: dy, score };
    }
  }
  return best;
}

/** Lets the voxels at both sides of a shape's rim join the side whose mean is nearer. */
function fitRim(shape: Uint8Array, sizeX: number, sizeY: number, at: Slice): Uint8Array {
  const value = (x: number, y: number): number => (x < 0 || y < 0 || x >= sizeX || y >= sizeY ? -1 : (shape[x + sizeX * y] as number));
  const touches = (x: number, y: number, other: number): boolean =>
    [-1, 0, 1].some((dx) => [-1, 0, 1].some((dy) => value(x + dx, y + dy) === other));
  const rim: number[] = [];
  const sums = [0, 0];
  const counts = [0, 0];
  for (let y = 0; y < sizeY; y++) {
    for (let x = 0; x < sizeX; x++) {
      const side = value(x, y);
      const onRim = touches(x, y, 1 - side);
      if (onRim) rim.push(x + sizeX * y);
      // Surroundings are what lies within two voxels of the shape; inside counts without its rim, where it has an inside.
      const near = side === 1 || [-2, -1, 1, 2].some((step) => value(x + step, y) === 1 || value(x, y + step) === 1);
      if (!near || (side === 1 && onRim)) continue;
      sums[side] = (sums[side] as number) + at(x, y);
      counts[side] = (counts[side] as number) + 1;
    }
  }
  const fitted = shape.slice();
  if (!counts[0] || !counts[1]) return fitted;
  const [outside, inside] = [(sums[0] as number) / counts[0], (sums[1] as number) / counts[1]];
  for (const n of rim) {
    const intensity = at(n % sizeX, Math.floor(n / sizeX));
    const [toInside, toOutside] = [Math.abs(intensity - inside), Math.abs(intensity - outside)];
    if (toInside !== toOutside) fitted[n] = toInside < toOutside ? 1 : 0;
  }
  return fitted;
}
