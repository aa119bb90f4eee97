import type { LabelArray } from './labelGrid';
import { RunBuilder, type LabelRuns } from './labelRuns';

const BLOCK_BITS = 12;
const BLOCK = 1 << BLOCK_BITS;

/** Parts of a label map as they were, by number. */
export type KeptBlocks = ReadonlyMap<number, LabelArray>;

/**
 * Knows what has changed in a label map since a moment, without a second copy of it: a block of voxels is kept as it was
 * when the first of them changes. Cost and memory follow what was touched, not the volume.
 */
export class ChangeTracker {
  private kept = new Map<number, LabelArray>();
  private touched: Uint8Array;

  constructor(private labels: LabelArray) {
    this.touched = new Uint8Array(Math.ceil(labels.length / BLOCK));
  }

  /** To be told of each voxel right after it was written, before the next one is. */
  note(index: number, before: number): void {
    const block = index >>> BLOCK_BITS;
    if (this.touched[block] === 1) return;
    this.touched[block] = 1;
    const copy = this.labels.slice(block * BLOCK, (block + 1) * BLOCK);
    copy[index - block * BLOCK] = before;
    this.kept.set(block, copy);
  }

  /** What has changed since the moment, or since an earlier one whose blocks are given. */
  runs(earlier: KeptBlocks = new Map()): LabelRuns {
    const builder = new RunBuilder();
    const blocks = [...new Set([...this.kept.keys(), ...earlier.keys()])].sort((a, b) => a - b);
    for (const block of blocks) {
      const was = earlier.get(block) ?? this.kept.get(block);
      if (!was) continue;
      const start = block * BLOCK;
      for (let n = 0; n < was.length; n++) {
        const [before, after] = [was[n] as number, this.labels[start + n] as number];
        if (before !== after) builder.put(start + n, before, after);
      }
    }
    return builder.build();
  }

  /** Makes now the moment; gives what is needed to go back to the one before. */
  seal(): KeptBlocks {
    const { kept } = this;
    this.kept = new Map();
    this.touched.fill(0);
    return kept;
  }

  /** Goes back to the moment before a seal. */
  unseal(earlier: KeptBlocks): void {
    earlier.forEach((was, block) => {
      this.kept.set(block, was);
      this.touched[block] = 1;
    });
  }

  /** Counts changes from another map of the same grid. */
  rebase(base: LabelArray): void {
    this.seal();
    for (let block = 0; block < this.touched.length; block++) {
      const [start, end] = [block * BLOCK, Math.min((block + 1) * BLOCK, this.labels.length)];
      let index = start;
      while (index < end && this.labels[index] === base[index]) index += 1;
      if (index === end) continue;
      this.touched[block] = 1;
      this.kept.set(block, base.slice(start, end));
    }
  }
}
