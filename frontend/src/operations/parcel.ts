import type { VoxelChange } from '../commands/voxelChange';
import type { Triple } from '../geometry/frames';
import { grownBox, reachVoxels, type Box } from './box';
import { croppedImage, croppedVolume, uncropped } from './cropped';
import { seedBox } from './growFromSeeds';
import type { OperationRequest } from './operationRequest';
import type { LabelVolume } from './sliceTarget';
import type { OperationMessage } from './workerMessages';

/** What is sent to the worker, and how its answer is read. */
export interface Parcel {
  readonly message: OperationMessage;
  unpack(change: VoxelChange): VoxelChange;
}

/**
 * Packs an operation for the worker. One that looks at the image is sent only the part of labels and image that it reads,
 * so that a preview of a small region costs the same on a large scan as on a small one. Everything is copied, nothing taken.
 */
export function packOperation(volume: LabelVolume, image: ArrayLike<number> | null, request: OperationRequest): Parcel {
  const { labels, shape, spacingMm } = volume;
  const box = image && boxRead(volume, request);
  if (!image || !box) {
    return { message: { volume: { labels: labels.slice(), shape, spacingMm }, request }, unpack: (change) => change };
  }
  return {
    message: { volume: croppedVolume(volume, box), request: within(request, box), image: croppedImage(image, shape, box) },
    unpack: (change) => uncropped(change, box, shape),
  };
}

/** The part of the volume that an operation on the image reads; null where it needs no image. */
function boxRead(volume: LabelVolume, request: OperationRequest): Box | null {
  if (request.kind === 'threshold') return request.box;
  if (request.kind === 'growSeeds') return seedBox(volume, request);
  if (request.kind !== 'growRegion') return null;
  return grownBox({ low: request.seed, size: [1, 1, 1] }, reachVoxels(request.reachMm, volume.spacingMm), volume.shape);
}

/** The same request in the indices of the box. */
function within(request: OperationRequest, { low }: Box): OperationRequest {
  const moved = (at: Triple): Triple => [at[0] - low[0], at[1] - low[1], at[2] - low[2]];
  if (request.kind === 'threshold') return { ...request, box: { ...request.box, low: moved(request.box.low) } };
  return request.kind === 'growRegion' ? { ...request, seed: moved(request.seed) } : request;
}
