import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import { ruledValue, type PaintOver } from '../commands/voxelRule';
import { squaredDistanceMm2 } from './distance';
import type { Progress } from './margin';
import { planeIndexer, type LabelVolume, type PlaneAxes } from './sliceTarget';

/** A label's shape on one slice: signed distance in mm to its rim (negative inside), and its centre of mass in voxels. */
interface SliceShape {
  readonly slice: number;
  readonly signed: Float64Array;
  readonly x: number;
  readonly y: number;
}

/**
 * Fills the slices between labelled ones, in any plane: shape-based interpolation (Raya and Udupa 1990,
 * doi:10.1109/42.52980). The signed distances of the two shapes are blended after both are shifted to the centre that
 * lies on the straight way between theirs, so that a thin structure that runs obliquely through the slices does not
 * vanish in between. Labelled slices stay as they are.
 */
export function interpolateSlices(
  volume: LabelVolume,
  plane: PlaneAxes,
  label: number,
  over: PaintOver,
  progress: Progress = () => {},
): VoxelChange {
  const builder = new ChangeBuilder();
  const indexOf = planeIndexer(plane, volume.shape);
  const labelled = labelledSlices(volume, plane, label);
  const rule = { kind: 'paint', value: label, over } as const;
  let before: SliceShape | null = null;
  labelled.forEach((slice, n) => {
    const next = labelled[n + 1];
    const previous = labelled[n - 1];
    const atGap = (next !== undefined && next > slice + 1) || (previous !== undefined && previous < slice - 1);
    const shape = atGap ? shapeOn(volume, plane, label, slice) : null;
    if (before && shape && previous !== undefined && previous < slice - 1) {
      for (let between = previous + 1; between < slice; between++) {
        blend(plane, before, shape, between, (x, y) => {
          const index = indexOf(x, y, between);
          if (ruledValue(rule, volume.labels[index] as number) !== null) builder.put(index, label);
        });
      }
    }
    before = shape;
    progress((n + 1) / labelled.length);
  });
  return builder.build();
}

function labelledSlices({ labels, shape }: LabelVolume, plane: PlaneAxes, label: number): number[] {
  const indexOf = planeIndexer(plane, shape);
  const holds = (slice: number): boolean => {
    for (let y = 0; y < plane.sizeY; y++) {
      for (let x = 0; x < plane.sizeX; x++) if (labels[indexOf(x, y, slice)] === label) return true;
    }
    return false;
  };
  return Array.from({ length: plane.sliceCount }, (_, slice) => slice).filter(holds);
}

function shapeOn({ labels, shape }: LabelVolume, plane: PlaneAxes, label: number, slice: number): SliceShape {
  const { sizeX, sizeY, spacingXMm, spacingYMm } = plane;
  const indexOf = planeIndexer(plane, shape);
  const inside = new Uint8Array(sizeX * sizeY);
  let [sumX, sumY, count] = [0, 0, 0];
  for (let y = 0, n = 0; y < sizeY; y++) {
    for (let x = 0; x < sizeX; x++, n++) {
      if (labels[indexOf(x, y, slice)] !== label) continue;
      inside[n] = 1;
      sumX += x;
      sumY += y;
      count += 1;
    }
  }
  const size = [sizeX, sizeY, 1] as const;
  const spacing = [spacingXMm, spacingYMm, 1] as const;
  const toInside = squaredDistanceMm2(inside, size, spacing, [0, 1]);
  const toOutside = squaredDistanceMm2(inside.map((value) => 1 - value), size, spacing, [0, 1]);
  const signed = toInside.map((squared, n) => Math.sqrt(squared) - Math.sqrt(toOutside[n] as number));
  return { slice, signed, x: sumX / count, y: sumY / count };
}

/** Room for rounding: a shape one voxel wide has distance 0 in the middle between two voxels, and is to be kept. */
const RIM_MM = 1e-9;

function blend(plane: PlaneAxes, a: SliceShape, b: SliceShape, slice: number, visit: (x: number, y: number) => void): void {
  const t = (slice - a.slice) / (b.slice - a.slice);
  const centre = { x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) };
  for (let y = 0; y < plane.sizeY; y++) {
    for (let x = 0; x < plane.sizeX; x++) {
      const first = sample(plane, a.signed, x + a.x - centre.x, y + a.y - centre.y);
      const second = sample(plane, b.signed, x + b.x - centre.x, y + b.y - centre.y);
      if ((1 - t) * first + t * second <= RIM_MM) visit(x, y);
    }
  }
}

/** Bilinear; beyond the border the border's value, farther by the way there. */
function sample({ sizeX, sizeY, spacingXMm, spacingYMm }: PlaneAxes, values: Float64Array, x: number, y: number): number {
  const insideX = Math.min(Math.max(x, 0), sizeX - 1);
  const insideY = Math.min(Math.max(y, 0), sizeY - 1);
  const beyond = Math.hypot((x - insideX) * spacingXMm, (y - insideY) * spacingYMm);
  const x0 = Math.min(Math.floor(insideX), Math.max(0, sizeX - 2));
  const y0 = Math.min(Math.floor(insideY), Math.max(0, sizeY - 2));
  const [fx, fy] = [insideX - x0, insideY - y0];
  const at = (dx: number, dy: number): number => values[Math.min(x0 + dx, sizeX - 1) + sizeX * Math.min(y0 + dy, sizeY - 1)] as number;
  const upper = (1 - fx) * at(0, 0) + fx * at(1, 0);
  const lower = (1 - fx) * at(0, 1) + fx * at(1, 1);
  return (1 - fy) * upper + fy * lower + beyond;
}

/** The label's voxels of one slice, put on another. */
export function copySlice(volume: LabelVolume, plane: PlaneAxes, label: number, from: number, to: number, over: PaintOver): VoxelChange {
  const builder = new ChangeBuilder();
  if (to < 0 || to >= plane.sliceCount) return builder.build();
  const indexOf = planeIndexer(plane, volume.shape);
  const rule = { kind: 'paint', value: label, over } as const;
  for (let y = 0; y < plane.sizeY; y++) {
    for (let x = 0; x < plane.sizeX; x++) {
      if (volume.labels[indexOf(x, y, from)] !== label) continue;
      const index = indexOf(x, y, to);
      const current = volume.labels[index] as number;
      if (current !== label && ruledValue(rule, current) !== null) builder.put(index, label);
    }
  }
  return builder.build();
}
