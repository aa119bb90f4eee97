import type { VoxelChange } from '../commands/voxelChange';
import type { OperationRequest } from '../operations/operationRequest';
import type { LabelVolume } from '../operations/sliceTarget';
import { OperationRunner } from './operationRunner';

interface Asked {
  readonly run: () => Promise<VoxelChange | null>;
  readonly settle: (change: Promise<VoxelChange | null> | null) => void;
}

/**
 * For previews that follow a slider: one operation runs in a worker, and of those asked for meanwhile only the last one is
 * done; the others are answered with null.
 */
export class LatestRunner {
  private running = false;
  private next: Asked | null = null;

  constructor(private readonly runner = new OperationRunner()) {}

  run(volume: LabelVolume, image: ArrayLike<number>, request: OperationRequest): Promise<VoxelChange | null> {
    return new Promise((resolve) => {
      this.next?.settle(null);
      this.next = { run: () => this.runner.run(volume, request, () => {}, image), settle: resolve };
      void this.work();
    });
  }

  dispose(): void {
    this.next?.settle(null);
    this.next = null;
    this.runner.dispose();
  }

  private async work(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let asked = this.next; asked; asked = this.next) {
      this.next = null;
      const change = asked.run();
      asked.settle(change);
      await change.catch(() => null);
    }
    this.running = false;
  }
}
