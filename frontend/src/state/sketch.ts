import type { VoxelChange } from '../commands/voxelChange';
import type { Ijk } from '../geometry/frames';
import type { GridPlane } from '../geometry/planes';
import type { PlanePoint } from '../geometry/sliceView';
import type { ThresholdPlan } from '../operations/threshold';

/** What is being drawn and has not changed a voxel yet: it belongs to one slice and is shown there. */
export type Sketch =
  /** A lasso; `open` while it is a polygon that waits for its next corner. */
  | { readonly kind: 'path'; readonly plane: GridPlane; readonly slice: number; readonly points: readonly PlanePoint[]; readonly open: boolean }
  /** The very voxels that scissors would cut on this slice. */
  | { readonly kind: 'mask'; readonly plane: GridPlane; readonly slice: number; readonly mask: Uint8Array };

/** Where region growing starts, and the plane it was clicked in. */
export interface GrowSeed {
  readonly voxel: Ijk;
  readonly plane: GridPlane;
}

/** An operation in the worker: nothing can be edited until it is done or cancelled. */
export interface OperationUnderWay {
  readonly name: string;
  readonly fraction: number;
}

/** Voxels that an operation would change, shown until they are accepted (Enter) or given up (Escape). */
export interface Preview {
  readonly indices: Uint32Array;
  readonly value: number;
  /** Where they become several labels: of each voxel the one it becomes. */
  readonly values?: Uint16Array;
  /** Given in place of voxels for a range that moves: worked out for each slice as it is drawn. */
  readonly threshold?: ThresholdPlan;
}

/** Voxels that are pointed at, such as those where two label maps differ. */
export interface Marked {
  readonly indices: Uint32Array;
  /** Of each voxel what it is; never 0. */
  readonly values: Uint16Array;
  /** By value. */
  readonly colours: Readonly<Record<number, string>>;
}

/** An operation that has been worked out and waits to be written. */
export interface PendingOperation {
  readonly name: string;
  readonly change: VoxelChange;
  /** Of the labels it was worked out on: on others it would be wrong. */
  readonly revision: number;
  /** Where the crosshair was before it went to the preview; given up, it goes back. */
  readonly from?: Ijk;
}
