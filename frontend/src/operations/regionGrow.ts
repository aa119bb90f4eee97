import { linearIndex } from '../commands/labelGrid';
import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import { ruledValue, type PaintRule } from '../commands/voxelRule';
import { isInside, type Axis, type Triple } from '../geometry/frames';
import { boxPosition, grownBox, reachVoxels, type Box } from './box';
import { flood, neighbourSteps } from './connected';
import type { LabelVolume } from './sliceTarget';

export interface GrowPlan {
  readonly seed: Triple;
  /** Largest difference from the seed's intensity, both ways. */
  readonly tolerance: number;
  /** Nothing further than this from the seed is taken: a leak stays small, and the preview quick. */
  readonly reachMm: number;
  /** Keep to the slice across this axis; null grows through the volume. */
  readonly acrossAxis: Axis | null;
  readonly rule: Extract<PaintRule, { kind: 'paint' }>;
  readonly locked: ReadonlySet<number>;
}

/**
 * The voxels that hang together with the seed over their sides and look like it. It passes through what is of the label
 * already, and stops at what the rule may not paint. Lists only voxels that would change.
 */
export function growRegion(volume: LabelVolume, image: ArrayLike<number>, plan: GrowPlan): VoxelChange {
  const { labels, shape, spacingMm } = volume;
  const { seed, tolerance, reachMm, acrossAxis, rule, locked } = plan;
  const builder = new ChangeBuilder();
  if (!isInside(seed, shape)) return builder.build();
  const around: Box = grownBox({ low: seed, size: [1, 1, 1] }, reachVoxels(reachMm, spacingMm), shape);
  const { low, size } = around;
  const centre = image[linearIndex(shape, seed)] as number;
  const seen = new Uint8Array(size[0] * size[1] * size[2]);
  const indexOf = (n: number): number => {
    const [i, j, k] = boxPosition(size, n);
    return linearIndex(shape, [i + low[0], j + low[1], k + low[2]]);
  };
  const isNear = (n: number): boolean => {
    const [i, j, k] = boxPosition(size, n);
    const di = (i + low[0] - seed[0]) * spacingMm[0];
    const dj = (j + low[1] - seed[1]) * spacingMm[1];
    const dk = (k + low[2] - seed[2]) * spacingMm[2];
    return di * di + dj * dj + dk * dk <= reachMm * reachMm * (1 + 1e-9);
  };
  const enter = (n: number): boolean => {
    if (seen[n] === 1) return false;
    seen[n] = 1;
    const index = indexOf(n);
    const current = labels[index] as number;
    // Written so that an intensity that is no number never passes.
    if (!(Math.abs((image[index] as number) - centre) <= tolerance) || !isNear(n) || locked.has(current)) return false;
    return current === rule.value || ruledValue(rule, current) !== null;
  };
  const start = seed[0] - low[0] + size[0] * (seed[1] - low[1] + size[1] * (seed[2] - low[2]));
  flood(size, [start], neighbourSteps(6, acrossAxis), enter, (n) => {
    const index = indexOf(n);
    if (labels[index] !== rule.value) builder.put(index, rule.value);
  });
  return builder.build();
}
