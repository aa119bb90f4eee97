import type { VoxelChange } from '../commands/voxelChange';
import type { OperationRequest } from '../operations/operationRequest';
import { packOperation } from '../operations/parcel';
import type { LabelVolume } from '../operations/sliceTarget';
import type { OperationAnswer, OperationMessage } from '../operations/workerMessages';

/** The part of a `Worker` that is used. */
export interface OperationWorker {
  onmessage: ((event: MessageEvent<OperationAnswer>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: OperationMessage, transfer: Transferable[]): void;
  terminate(): void;
}

// A module of our own origin, as the content security policy asks for.
const startWorker = (): OperationWorker =>
  new Worker(new URL('./operation.worker.ts', import.meta.url), { type: 'module', name: 'radicula-operations' });

/** Runs one operation at a time in a worker. Cancelling ends the worker: it stops at once, wherever it is. */
export class OperationRunner {
  private worker: OperationWorker | null = null;
  private giveUp: (() => void) | null = null;

  constructor(private readonly start: () => OperationWorker = startWorker) {}

  /** The change that the operation makes, or null where it was cancelled. The labels are copied, not taken. */
  run(
    volume: LabelVolume,
    request: OperationRequest,
    onProgress: (fraction: number) => void,
    image: ArrayLike<number> | null = null,
  ): Promise<VoxelChange | null> {
    if (this.giveUp) throw new Error('An operation is under way already.');
    const worker = (this.worker ??= this.start());
    const { message, unpack } = packOperation(volume, image, request);
    return new Promise<VoxelChange | null>((resolve, reject) => {
      const settle = (finish: () => void): void => {
        this.giveUp = null;
        worker.onmessage = null;
        worker.onerror = null;
        finish();
      };
      this.giveUp = () => settle(() => resolve(null));
      worker.onmessage = ({ data }) => {
        if (data.type === 'progress') onProgress(data.fraction);
        else if (data.type === 'done') settle(() => resolve(unpack(data.change)));
        else settle(() => reject(new Error(data.message)));
      };
      worker.onerror = (event) => {
        this.dropWorker();
        settle(() => reject(new Error(event.message || 'The operation could not be started.')));
      };
      const taken = [message.volume.labels.buffer, ...(message.image ? [message.image.buffer] : [])];
      worker.postMessage(message, taken as ArrayBuffer[]);
    });
  }

  cancel(): void {
    if (!this.giveUp) return;
    this.dropWorker();
    this.giveUp();
  }

  dispose(): void {
    this.cancel();
    this.dropWorker();
  }

  private dropWorker(): void {
    this.worker?.terminate();
    this.worker = null;
  }
}
