import type { PaintOver } from '../commands/voxelRule';
import type { IntensityRange } from './task';

export type RegionAct = 'fill' | 'erase';
export type RegionSide = 'inside' | 'outside';

/** How the editing tools are set; kept while tools and volumes change. */
export interface EditSettings {
  readonly brushForm: 'disc' | 'square';
  readonly brushUnit: 'mm' | 'voxels';
  readonly brushMm: number;
  readonly brushVoxels: number;
  /** A sphere or cube through the slices. */
  readonly brushSolid: boolean;
  readonly paintOver: PaintOver;
  readonly eraseOnly: 'active' | 'everything';
  /** A pen pressed harder paints wider. */
  readonly penPressure: boolean;
  /** All tools write only where the intensity lies in `brushRange`, as the threshold brush always does. */
  readonly intensityMask: boolean;
  /** Intensities the threshold brush paints; null means those of the window. */
  readonly brushRange: IntensityRange | null;
  readonly lassoAct: RegionAct;
  readonly lassoWhere: RegionSide;
  readonly cutShape: 'rectangle' | 'circle' | 'sphere';
  readonly cutAct: RegionAct;
  readonly cutWhere: RegionSide;
  readonly cutDepth: 'slice' | 'all';
  /** Null until someone sets it: then it follows the window. */
  readonly growTolerance: number | null;
  readonly growReachMm: number;
  readonly growSolid: boolean;
  readonly islandAct: 'relabel' | 'remove' | 'accept';
}

export const INITIAL_EDIT_SETTINGS: EditSettings = {
  brushForm: 'disc',
  brushUnit: 'mm',
  brushMm: 4,
  brushVoxels: 3,
  brushSolid: false,
  paintOver: 'everything',
  eraseOnly: 'active',
  penPressure: true,
  intensityMask: false,
  brushRange: null,
  lassoAct: 'fill',
  lassoWhere: 'inside',
  cutShape: 'rectangle',
  cutAct: 'erase',
  cutWhere: 'inside',
  cutDepth: 'slice',
  growTolerance: null,
  growReachMm: 15,
  growSolid: false,
  islandAct: 'relabel',
};

/** Brush sizes the keys step through, in mm. */
export const BRUSH_SIZES_MM: readonly number[] = [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40];
/** And in voxels. */
export const BRUSH_SIZES_VOXELS: readonly number[] = [1, 2, 3, 4, 5, 7, 9, 11, 15, 21, 31, 41];

/** The settings after a step to the next larger or smaller brush, in the unit in use. */
export function steppedBrush(settings: EditSettings, direction: 1 | -1): Partial<EditSettings> {
  const { brushUnit, brushMm, brushVoxels } = settings;
  return brushUnit === 'mm'
    ? { brushMm: neighbour(BRUSH_SIZES_MM, brushMm, direction) }
    : { brushVoxels: neighbour(BRUSH_SIZES_VOXELS, brushVoxels, direction) };
}

function neighbour(sizes: readonly number[], current: number, direction: 1 | -1): number {
  const larger = sizes.find((size) => size > current);
  const smaller = sizes.findLast((size) => size < current);
  return (direction > 0 ? larger : smaller) ?? current;
}
