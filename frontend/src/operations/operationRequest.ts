import type { VoxelChange } from '../commands/voxelChange';
import type { PaintOver } from '../commands/voxelRule';
import type { Axis } from '../geometry/frames';
import { combineLabels, mirrorLabel, type Combination } from './combine';
import type { Connectivity } from './connected';
import { fillHoles } from './fillHoles';
import { interpolateSlices } from './interpolate';
import { growFromSeeds, type SeedPlan } from './growFromSeeds';
import { keepLargestIsland, removeSmallIslands } from './islands';
import { growMargin, shrinkMargin, type Progress } from './margin';
import { growRegion, type GrowPlan } from './regionGrow';
import type { LabelVolume, PlaneAxes } from './sliceTarget';
import { smoothLabel, type SmoothMethod } from './smooth';
import { splitIslands, type SplitOrder } from './splitIslands';
import { thresholdBox, type ThresholdPlan } from './threshold';

/** An operation on the whole volume, as plain data: it is sent to a worker. */
export type OperationRequest =
  | ({ readonly kind: 'growRegion' } & Omit<GrowPlan, 'locked'> & { readonly locked: readonly number[] })
  | ({ readonly kind: 'growSeeds' } & SeedPlan)
  | ({ readonly kind: 'threshold' } & ThresholdPlan)
  | {
      readonly kind: 'split';
      readonly label: number;
      readonly into: readonly number[];
      readonly order: SplitOrder;
      readonly connectivity: Connectivity;
      readonly minimumVoxels: number;
    }
  | { readonly kind: 'grow'; readonly label: number; readonly mm: number; readonly over: PaintOver }
  | { readonly kind: 'shrink'; readonly label: number; readonly mm: number }
  | { readonly kind: 'smooth'; readonly label: number; readonly method: SmoothMethod; readonly mm: number }
  | { readonly kind: 'fillHoles'; readonly label: number; readonly acrossAxis: Axis | null }
  | { readonly kind: 'keepLargest'; readonly label: number; readonly rest: number; readonly connectivity: Connectivity }
  | {
      readonly kind: 'removeSmall';
      readonly label: number;
      readonly rest: number;
      readonly connectivity: Connectivity;
      readonly minimumMm3: number;
      readonly voxelMm3: number;
    }
  | { readonly kind: 'interpolate'; readonly plane: PlaneAxes; readonly label: number; readonly over: PaintOver }
  | {
      readonly kind: 'combine';
      readonly label: number;
      readonly other: number;
      readonly combination: Combination;
      readonly marginMm: number;
    }
  | {
      readonly kind: 'mirror';
      readonly label: number;
      readonly axis: Axis;
      readonly twiceCentre: number;
      readonly into: number;
      readonly over: PaintOver;
    };

/** Does what a request asks for. Those that look at the image are given its intensities on the grid of the labels. */
export function runOperation(
  volume: LabelVolume,
  request: OperationRequest,
  progress: Progress = () => {},
  image: ArrayLike<number> = [],
): VoxelChange {
  switch (request.kind) {
    case 'growRegion':
      return growRegion(volume, image, { ...request, locked: new Set(request.locked) });
    case 'growSeeds':
      return growFromSeeds(volume, image, request, progress);
    case 'threshold':
      return thresholdBox(volume, image, request);
    case 'split': {
      const { label, into, order, connectivity, minimumVoxels } = request;
      return splitIslands(volume, label, into, order, connectivity, minimumVoxels);
    }
    case 'grow':
      return growMargin(volume, request.label, request.mm, request.over, progress);
    case 'shrink':
      return shrinkMargin(volume, request.label, request.mm, progress);
    case 'smooth':
      return smoothLabel(volume, request.label, request.method, request.mm, progress);
    case 'fillHoles':
      return fillHoles(volume, request.label, request.acrossAxis);
    case 'keepLargest':
      return keepLargestIsland(volume, request.label, request.rest, request.connectivity);
    case 'removeSmall': {
      const { label, rest, connectivity, minimumMm3, voxelMm3 } = request;
      return removeSmallIslands(volume, label, rest, connectivity, minimumMm3, voxelMm3);
    }
    case 'interpolate':
      return interpolateSlices(volume, request.plane, request.label, request.over, progress);
    case 'combine':
      return combineLabels(volume, request.label, request.other, request.combination, request.marginMm, progress);
    case 'mirror':
      return mirrorLabel(volume, request.label, request.axis, request.twiceCentre, request.into, request.over);
  }
}
