import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import { ruledValue, type PaintRule } from '../commands/voxelRule';
import type { PlanePoint } from '../geometry/sliceView';
import { circleMask, type SliceMask } from './planeShapes';
import { planeIndexer, type LabelVolume, type PlaneAxes } from './sliceTarget';

/** A part of the volume, as scissors and lasso cut it. */
export type Region =
  /** The same shape on each of a span of slices, both ends included. */
  | { readonly kind: 'prism'; readonly mask: SliceMask; readonly firstSlice: number; readonly lastSlice: number }
  /** A ball in millimetres. */
  | { readonly kind: 'sphere'; readonly centre: PlanePoint; readonly slice: number; readonly radiusMm: number };

/**
 * Applies a rule inside or outside a region. Outside a prism means beside it on its own slices; outside a sphere means
 * everywhere else in the volume.
 */
export function editRegion(
  volume: LabelVolume,
  plane: PlaneAxes,
  region: Region,
  where: 'inside' | 'outside',
  rule: PaintRule,
): VoxelChange {
  const builder = new ChangeBuilder();
  const indexOf = planeIndexer(plane, volume.shape);
  const wanted = where === 'inside' ? 1 : 0;
  const [first, last] = slicesOf(plane, region, where);
  for (let slice = first; slice <= last; slice++) {
    const mask = maskOn(plane, region, slice);
    for (let y = 0, n = 0; y < plane.sizeY; y++) {
      for (let x = 0; x < plane.sizeX; x++, n++) {
        if (mask[n] !== wanted) continue;
        const index = indexOf(x, y, slice);
        const current = volume.labels[index] as number;
        const value = ruledValue(rule, current);
        if (value !== null && value !== current) builder.put(index, value);
      }
    }
  }
  return builder.build();
}

function slicesOf(plane: PlaneAxes, region: Region, where: 'inside' | 'outside'): readonly [number, number] {
  const end = plane.sliceCount - 1;
  if (region.kind === 'prism') return [Math.max(0, region.firstSlice), Math.min(end, region.lastSlice)];
  if (where === 'outside') return [0, end];
  const reach = Math.floor(region.radiusMm / plane.sliceSpacingMm + 1e-9);
  return [Math.max(0, region.slice - reach), Math.min(end, region.slice + reach)];
}

function maskOn(plane: PlaneAxes, region: Region, slice: number): SliceMask {
  if (region.kind === 'prism') return region.mask;
  const offMm = (slice - region.slice) * plane.sliceSpacingMm;
  const left = region.radiusMm ** 2 * (1 + 1e-9) - offMm ** 2;
  return left < 0 ? new Uint8Array(plane.sizeX * plane.sizeY) : circleMask(plane, region.centre, Math.sqrt(left));
}
