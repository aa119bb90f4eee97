/** What waits its turn: a voxel that a label reaches at a cost. */
export interface Waiting {
  readonly cost: number;
  readonly label: number;
  readonly voxel: number;
}

/**
 * A binary heap of voxels by cost and then by label, in typed arrays: millions of entries, none of them an object. The
 * order by label makes the outcome of a tie certain.
 */
export class SeedHeap {
  private costs = new Float64Array(1024);
  private labels = new Uint16Array(1024);
  private voxels = new Uint32Array(1024);
  private length = 0;

  get isEmpty(): boolean {
    return this.length === 0;
  }

  push(cost: number, label: number, voxel: number): void {
    if (this.length === this.costs.length) this.grow();
    let at = this.length++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(cost, label, parent)) break;
      this.copy(parent, at);
      at = parent;
    }
    this.set(at, cost, label, voxel);
  }

  /** The cheapest; undefined where nothing waits. */
  pop(): Waiting | undefined {
    if (this.length === 0) return undefined;
    const top = this.at(0);
    const last = this.at(--this.length);
    let at = 0;
    for (let child = 1; child < this.length; child = 2 * at + 1) {
      const right = child + 1;
      if (right < this.length && this.isBefore(this.costs[right] as number, this.labels[right] as number, child)) child = right;
      if (!this.isAfter(last.cost, last.label, child)) break;
      this.copy(child, at);
      at = child;
    }
    if (this.length > 0) this.set(at, last.cost, last.label, last.voxel);
    return top;
  }

  private at(n: number): Waiting {
    return { cost: this.costs[n] as number, label: this.labels[n] as number, voxel: this.voxels[n] as number };
  }

  private isBefore(cost: number, label: number, other: number): boolean {
    const theirs = this.costs[other] as number;
    return cost < theirs || (cost === theirs && label < (this.labels[other] as number));
  }

  private isAfter(cost: number, label: number, other: number): boolean {
    const theirs = this.costs[other] as number;
    return cost > theirs || (cost === theirs && label > (this.labels[other] as number));
  }

  private set(at: number, cost: number, label: number, voxel: number): void {
    this.costs[at] = cost;
    this.labels[at] = label;
    this.voxels[at] = voxel;
  }

  private copy(from: number, to: number): void {
    this.set(to, this.costs[from] as number, this.labels[from] as number, this.voxels[from] as number);
  }

  private grow(): void {
    const larger = 2 * this.costs.length;
    const costs = new Float64Array(larger);
    costs.set(this.costs);
    this.costs = costs;
    const labels = new Uint16Array(larger);
    labels.set(this.labels);
    this.labels = labels;
    const voxels = new Uint32Array(larger);
    voxels.set(this.voxels);
    this.voxels = voxels;
  }
}
