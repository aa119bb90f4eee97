import type { VoxelChange } from '../commands/voxelChange';
import type { PaintOver } from '../commands/voxelRule';
import type { Axis } from '../geometry/frames';
import { combineLabels, mirrorLabel, type Combination } from './combine';
import type { Connectivity } from './connected';
import { fillHoles } from './fillHoles';
import { interpolateSlices } from './interpolate';
import { keepLargestIsland, removeSmallIslands } from './islands';
import { growMargin, shrinkMargin, type Progress } from './margin';
import type { LabelVolume, PlaneAxes } from './sliceTarget';
import { smoothLabel, type SmoothMethod } from './smooth';

/** An operation on the whole volume, as plain data: it is sent to a worker. */
export type OperationRequest =
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

export function runOperation(volume: LabelVolume, request: OperationRequest, progress: Progress = () => {}): VoxelChange {
  switch (request.kind) {
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
