import type { Ijk } from '../geometry/frames';
import type { GridPlane } from '../geometry/planes';
import type { PlanePoint } from '../geometry/sliceView';

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
}
