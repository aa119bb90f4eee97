import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import { boxAround, boxPosition, boxVoxels, grownBox, reachVoxels, type Box } from './box';
import type { Progress } from './margin';
import { SeedHeap } from './seedHeap';
import type { LabelVolume } from './sliceTarget';

export interface SeedPlan {
  /** The labels whose painted voxels are seeds; all others are walls. */
  readonly seeds: readonly number[];
  /** One of the seeds that only holds its ground: it keeps the others out, and grows nowhere itself. */
  readonly background: number | null;
  /** Where they grow: empty voxels, or those of one label. */
  readonly within: 'background' | number;
  /** Only voxels of these intensities are taken; null takes any. */
  readonly range: { readonly lower: number; readonly upper: number } | null;
  /** A difference in intensity that costs as much as `1 / locality` mm. */
  readonly contrast: number;
  /** Cost of a millimetre of way: more of it keeps a label nearer to its seeds where the image shows no edge. */
  readonly locality: number;
  /** How far beyond the box around all seeds they may grow. */
  readonly marginMm: number;
}

/** The part of the volume that takes part: around all seeds, with the margin. Null where there are no seeds. */
export function seedBox(volume: LabelVolume, { seeds, marginMm }: Pick<SeedPlan, 'seeds' | 'marginMm'>): Box | null {
  const around = boxAround(volume.labels, volume.shape, (value) => seeds.includes(value));
  return around && grownBox(around, reachVoxels(marginMm, volume.spacingMm), volume.shape);
}

/**
 * Grows all seeds at once; each voxel goes to the label that reaches it by the cheapest way over voxels' sides, where a step
 * costs its difference in intensity and its length: labels meet at the edges of the image. Competing region growing by
 * geodesic ways, as behind 3-D Slicer's "Grow from seeds" (Gao et al. 2024, doi:10.1038/s41598-024-80206-7). Of two equally cheap labels the lower number wins. Lists only voxels that change.
 */
export function growFromSeeds(volume: LabelVolume, image: ArrayLike<number>, plan: SeedPlan, progress: Progress = () => {}): VoxelChange {
  const builder = new ChangeBuilder();
  const box = seedBox(volume, plan);
  if (!box) return builder.build();
  const field = new SeedField(volume, image, plan, box);
  field.spread(progress);
  field.eachTaken((index, label) => {
    if (label !== plan.background) builder.put(index, label);
  });
  return builder.build();
}

/** The box with what each voxel costs so far and to whom it would go. */
class SeedField {
  private readonly cost: Float64Array;
  private readonly owner: Uint16Array;
  private readonly isFree: Uint8Array;
  private readonly values: Float64Array;
  private readonly index: Uint32Array;
  private readonly heap = new SeedHeap();
  private free = 0;

  constructor(
    private readonly volume: LabelVolume,
    image: ArrayLike<number>,
    private readonly plan: SeedPlan,
    private readonly box: Box,
  ) {
    const count = boxVoxels(box);
    this.cost = new Float64Array(count).fill(Infinity);
    this.owner = new Uint16Array(count);
    this.isFree = new Uint8Array(count);
    this.values = new Float64Array(count);
    this.index = new Uint32Array(count);
    const seeds = new Set(plan.seeds);
    const open = plan.within === 'background' ? 0 : plan.within;
    const [si, sj] = volume.shape;
    for (let n = 0; n < count; n++) {
      const [i, j, k] = boxPosition(box.size, n);
      const index = i + box.low[0] + si * (j + box.low[1] + sj * (k + box.low[2]));
      const value = image[index] as number;
      const label = volume.labels[index] as number;
      this.index[n] = index;
      this.values[n] = value;
      if (seeds.has(label)) {
        this.cost[n] = 0;
        this.owner[n] = label;
        this.heap.push(0, label, n);
      } else if (label === open && Number.isFinite(value) && (!plan.range || (value >= plan.range.lower && value <= plan.range.upper))) {
        this.isFree[n] = 1;
        this.free += 1;
      }
    }
  }

  spread(progress: Progress): void {
    const { heap, box } = this;
    const [si, sj, sk] = box.size;
    const [mmI, mmJ, mmK] = this.volume.spacingMm.map((mm) => mm * this.plan.locality) as [number, number, number];
    let settled = 0;
    const report = Math.max(1, Math.floor(this.free / 50));
    for (let next = heap.pop(); next; next = heap.pop()) {
      const { cost, label, voxel } = next;
      // Reached more cheaply since it began to wait.
      if (cost !== this.cost[voxel] || label !== this.owner[voxel]) continue;
      if (this.isFree[voxel] === 1 && ++settled % report === 0) progress(settled / this.free);
      const [i, j, k] = boxPosition(box.size, voxel);
      if (i > 0) this.offer(voxel, voxel - 1, cost, label, mmI);
      if (i < si - 1) this.offer(voxel, voxel + 1, cost, label, mmI);
      if (j > 0) this.offer(voxel, voxel - si, cost, label, mmJ);
      if (j < sj - 1) this.offer(voxel, voxel + si, cost, label, mmJ);
      if (k > 0) this.offer(voxel, voxel - si * sj, cost, label, mmK);
      if (k < sk - 1) this.offer(voxel, voxel + si * sj, cost, label, mmK);
    }
  }

  eachTaken(visit: (index: number, label: number) => void): void {
    for (let n = 0; n < this.owner.length; n++) {
      if (this.isFree[n] === 1 && this.owner[n] !== 0) visit(this.index[n] as number, this.owner[n] as number);
    }
  }

  private offer(from: number, to: number, cost: number, label: number, length: number): void {
    if (this.isFree[to] === 0) return;
    const step = Math.abs((this.values[from] as number) - (this.values[to] as number)) / this.plan.contrast + length;
    const total = cost + step;
    const before = this.cost[to] as number;
    if (total > before || (total === before && label >= (this.owner[to] as number))) return;
    this.cost[to] = total;
    this.owner[to] = label;
    this.heap.push(total, label, to);
  }
}
