import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import { ruledValue, type PaintOver } from '../commands/voxelRule';
import { boxMask, eachInBox, grownBox, labelBox, reachVoxels, type Box } from './box';
import { squaredDistanceMm2, withinMm } from './distance';
import type { LabelVolume } from './sliceTarget';

export type Progress = (fraction: number) => void;

/** 1 where a voxel's centre is within `mm` of a centre of the label. */
export function dilated(volume: LabelVolume, box: Box, label: number, mm: number, progress: Progress = () => {}): Uint8Array {
  const mask = boxMask(volume, box, (value) => value === label);
  const distance = squaredDistanceMm2(mask, box.size, volume.spacingMm, [0, 1, 2], progress);
  return Uint8Array.from(distance, (squared) => (withinMm(squared, mm) ? 1 : 0));
}

/** 1 where no centre outside the mask is within `mm`. Beyond the box nothing counts as outside. */
export function eroded(mask: Uint8Array, size: Box['size'], spacingMm: LabelVolume['spacingMm'], mm: number, progress: Progress = () => {}): Uint8Array {
  const outside = mask.map((inside) => 1 - inside);
  const distance = squaredDistanceMm2(outside, size, spacingMm, [0, 1, 2], progress);
  return Uint8Array.from(distance, (squared) => (withinMm(squared, mm) ? 0 : 1));
}

/** Grows a label by a margin in mm, into what may be painted over. */
export function growMargin(volume: LabelVolume, label: number, mm: number, over: PaintOver, progress: Progress = () => {}): VoxelChange {
  const builder = new ChangeBuilder();
  const tight = labelBox(volume, label);
  if (!tight) return builder.build();
  const box = grownBox(tight, reachVoxels(mm, volume.spacingMm), volume.shape);
  const grown = dilated(volume, box, label, mm, progress);
  const rule = { kind: 'paint', value: label, over } as const;
  eachInBox(box, volume.shape, (n, index) => {
    const current = volume.labels[index] as number;
    if (grown[n] === 1 && current !== label && ruledValue(rule, current) !== null) builder.put(index, label);
  });
  return builder.build();
}

/** Takes a margin in mm off a label, all round. The scan's border takes nothing off: the structure goes on beyond it. */
export function shrinkMargin(volume: LabelVolume, label: number, mm: number, progress: Progress = () => {}): VoxelChange {
  const builder = new ChangeBuilder();
  const tight = labelBox(volume, label);
  if (!tight) return builder.build();
  const box = grownBox(tight, [1, 1, 1], volume.shape);
  const mask = boxMask(volume, box, (value) => value === label);
  const left = eroded(mask, box.size, volume.spacingMm, mm, progress);
  eachInBox(box, volume.shape, (n, index) => {
    if (mask[n] === 1 && left[n] === 0) builder.put(index, 0);
  });
  return builder.build();
}
