import type { Affine } from '../../geometry/affine';
import { enclosedVolume, labelSurface, type LabelMask, type Surface } from './labelSurface';

export interface SurfaceMessage {
  readonly label: LabelMask;
  readonly affine: Affine;
}

export type SurfaceAnswer =
  | { readonly type: 'done'; readonly surface: Surface; readonly volumeMm3: number }
  | { readonly type: 'failed'; readonly message: string };

/** What the worker does with a message; apart from the worker itself so that it can be tested. */
export function answerSurface({ label, affine }: SurfaceMessage): SurfaceAnswer {
  try {
    const surface = labelSurface(label, affine);
    return { type: 'done', surface, volumeMm3: enclosedVolume(surface) };
  } catch (error) {
    return { type: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}
