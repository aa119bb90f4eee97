import type { VoxelChange } from '../commands/voxelChange';
import { runOperation, type OperationRequest } from './operationRequest';
import type { LabelVolume } from './sliceTarget';

export interface OperationMessage {
  readonly volume: LabelVolume;
  readonly request: OperationRequest;
  /** Intensities on the grid of the labels, where the operation looks at them. */
  readonly image?: Float32Array;
}

export type OperationAnswer =
  | { readonly type: 'progress'; readonly fraction: number }
  | { readonly type: 'done'; readonly change: VoxelChange }
  | { readonly type: 'failed'; readonly message: string };

/** Less than this is not worth a message. */
const SMALLEST_STEP = 0.02;

/** What the worker does with a message; apart from the worker itself so that it can be tested. */
export function answerOperation({ volume, request, image }: OperationMessage, post: (answer: OperationAnswer) => void): void {
  let told = 0;
  const progress = (fraction: number): void => {
    if (fraction < told + SMALLEST_STEP) return;
    told = fraction;
    post({ type: 'progress', fraction: Math.min(1, fraction) });
  };
  try {
    post({ type: 'done', change: runOperation(volume, request, progress, image) });
  } catch (error) {
    post({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}
