import type { LabelArray } from '../commands/labelGrid';
import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';

/** Voxels of one label that came or went on either side. */
export interface LabelDifference {
  readonly label: number;
  readonly mine: number;
  readonly theirs: number;
  /** Changed on both sides, in the same way or not. */
  readonly both: number;
}

/** Two maps that were made from the same third one. */
export interface MapDifference {
  readonly perLabel: readonly LabelDifference[];
  /** Where the two differ now, ascending. */
  readonly differing: Uint32Array;
  /** Voxels that both changed to different values: nobody but a person can say which is right. */
  readonly clashes: number;
  /** What to write on mine so that it holds their changes too; mine stays where both changed a voxel. */
  readonly merge: VoxelChange;
}

export function compareMaps(base: LabelArray, mine: LabelArray, theirs: LabelArray): MapDifference {
  const counts = new Map<number, { mine: number; theirs: number; both: number }>();
  const count = (label: number, side: 'mine' | 'theirs' | 'both'): void => {
    if (label === 0) return;
    const row = counts.get(label) ?? { mine: 0, theirs: 0, both: 0 };
    row[side] += 1;
    counts.set(label, row);
  };
  const differing: number[] = [];
  const merge = new ChangeBuilder();
  let clashes = 0;
  for (let n = 0; n < mine.length; n++) {
    const [was, own, other] = [base[n] as number, mine[n] as number, theirs[n] as number];
    if (was === own && was === other) continue;
    const side = own === was ? 'theirs' : other === was ? 'mine' : 'both';
    for (const label of new Set([was, own, other])) count(label, side);
    if (own === other) continue;
    differing.push(n);
    if (side === 'both') clashes += 1;
    if (side === 'theirs') merge.put(n, other);
  }
  return {
    perLabel: [...counts].map(([label, row]) => ({ label, ...row })).sort((a, b) => a.label - b.label),
    differing: Uint32Array.from(differing),
    clashes,
    merge: merge.build(),
  };
}

/** Which slices along an axis hold some of these voxels, ascending. */
export function slicesOfVoxels(indices: Uint32Array, sliceOf: (index: number) => number): readonly number[] {
  const slices = new Set<number>();
  indices.forEach((index) => slices.add(sliceOf(index)));
  return [...slices].sort((a, b) => a - b);
}
