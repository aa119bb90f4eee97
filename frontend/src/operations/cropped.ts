import { linearIndex } from '../commands/labelGrid';
import type { VoxelChange } from '../commands/voxelChange';
import type { Shape } from '../geometry/frames';
import { boxPosition, boxVoxels, eachInBox, type Box } from './box';
import type { LabelVolume } from './sliceTarget';

/** A part of the labels as a volume of its own. */
export function croppedVolume({ labels, shape, spacingMm }: LabelVolume, box: Box): LabelVolume {
  const part = labels instanceof Uint8Array ? new Uint8Array(boxVoxels(box)) : new Uint16Array(boxVoxels(box));
  eachInBox(box, shape, (n, index) => (part[n] = labels[index] as number));
  return { labels: part, shape: box.size, spacingMm };
}

/** A part of the image. Single precision holds every value of the 8 and 16 bit and float images that the server sends. */
export function croppedImage(image: ArrayLike<number>, shape: Shape, box: Box): Float32Array {
  const part = new Float32Array(boxVoxels(box));
  eachInBox(box, shape, (n, index) => (part[n] = image[index] as number));
  return part;
}

/** A change of a part as a change of the whole. */
export function uncropped({ indices, values }: VoxelChange, { low, size }: Box, shape: Shape): VoxelChange {
  const placed = indices.map((n) => {
    const [i, j, k] = boxPosition(size, n);
    return linearIndex(shape, [i + low[0], j + low[1], k + low[2]]);
  });
  return { indices: placed, values };
}
