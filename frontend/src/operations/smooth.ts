import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import type { Triple } from '../geometry/frames';
import { boxMask, boxPosition, eachInBox, grownBox, labelBox, reachVoxels } from './box';
import { dilated, eroded, type Progress } from './margin';
import type { LabelVolume } from './sliceTarget';

export type SmoothMethod = 'median' | 'closing' | 'opening';

/** Smooths one label. Voxels of other labels never change, so neighbours keep their borders. */
export function smoothLabel(volume: LabelVolume, label: number, method: SmoothMethod, mm: number, progress: Progress = () => {}): VoxelChange {
  if (method === 'median') return median(volume, label, mm, progress);
  const builder = new ChangeBuilder();
  const tight = labelBox(volume, label);
  if (!tight) return builder.build();
  const reach = reachVoxels(mm, volume.spacingMm);
  const box = grownBox(tight, [2 * reach[0] + 1, 2 * reach[1] + 1, 2 * reach[2] + 1], volume.shape);
  const half = (from: number): Progress => (fraction) => progress(from + fraction / 2);
  if (method === 'closing') {
    const closed = eroded(dilated(volume, box, label, mm, half(0)), box.size, volume.spacingMm, mm, half(0.5));
    eachInBox(box, volume.shape, (n, index) => {
      if (closed[n] === 1 && volume.labels[index] === 0) builder.put(index, label);
    });
    return builder.build();
  }
  const mask = boxMask(volume, box, (value) => value === label);
  const core = eroded(mask, box.size, volume.spacingMm, mm, half(0));
  const away = eroded(core.map((inside) => 1 - inside), box.size, volume.spacingMm, mm, half(0.5));
  eachInBox(box, volume.shape, (n, index) => {
    if (mask[n] === 1 && away[n] === 1) builder.put(index, 0);
  });
  return builder.build();
}

/** Steps to all voxels whose centre is within `mm`, itself included. */
export function ballSteps(mm: number, spacingMm: Triple): readonly Triple[] {
  const [ri, rj, rk] = reachVoxels(mm, spacingMm);
  const steps: Triple[] = [];
  for (let k = -rk; k <= rk; k++) {
    for (let j = -rj; j <= rj; j++) {
      for (let i = -ri; i <= ri; i++) {
        const squared = (i * spacingMm[0]) ** 2 + (j * spacingMm[1]) ** 2 + (k * spacingMm[2]) ** 2;
        if (squared <= mm * mm * (1 + 1e-9)) steps.push([i, j, k]);
      }
    }
  }
  return steps;
}

/**
 * Majority of the ball around a voxel, with label and background voting alone: another label has no vote, so that a
 * border shared with it neither bulges nor leaves a gap. An equal vote leaves the voxel as it is.
 */
function median(volume: LabelVolume, label: number, mm: number, progress: Progress): VoxelChange {
  const builder = new ChangeBuilder();
  const tight = labelBox(volume, label);
  if (!tight) return builder.build();
  const reach = reachVoxels(mm, volume.spacingMm);
  // Voters reach as far again as the voxels that may change.
  const box = grownBox(tight, [2 * reach[0], 2 * reach[1], 2 * reach[2]], volume.shape);
  const own = boxMask(volume, box, (value) => value === label);
  const empty = boxMask(volume, box, (value) => value === 0);
  const steps = ballSteps(mm, volume.spacingMm);
  const [si, sj, sk] = box.size;
  const report = Math.max(1, Math.floor(own.length / 50));
  eachInBox(box, volume.shape, (n, index) => {
    if (n % report === 0) progress(n / own.length);
    if (own[n] === 0 && empty[n] === 0) return;
    const [i, j, k] = boxPosition(box.size, n);
    let votes = 0;
    for (const [di, dj, dk] of steps) {
      const [a, b, c] = [i + di, j + dj, k + dk];
      if (a < 0 || b < 0 || c < 0 || a >= si || b >= sj || c >= sk) continue;
      const at = a + si * (b + sj * c);
      votes += (own[at] as number) - (empty[at] as number);
    }
    if (own[n] === 1 && votes < 0) builder.put(index, 0);
    else if (own[n] === 0 && votes > 0) builder.put(index, label);
  });
  return builder.build();
}
