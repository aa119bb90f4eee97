import type { Triple } from '../../geometry/frames';

/** Streamlines of one file, in RAS millimetres. */
export interface Streamlines {
  /** x, y, z of all points, line after line. */
  readonly points: Float32Array;
  /** The first point of each line, and at the end the number of points. */
  readonly starts: Uint32Array;
  /** Values at each point by name, such as `fa`. */
  readonly pointValues: Readonly<Record<string, Float32Array>>;
  /** Values of each line by name, such as `nerve`. */
  readonly lineValues: Readonly<Record<string, Float32Array>>;
  /** What was taken for granted in reading the file; empty where nothing was. */
  readonly caution: string;
}

/** How streamlines are coloured: by where they run, by their nerve, or by a value along the line. */
export type TractColouring = { readonly by: 'direction' } | { readonly by: 'nerve' } | { readonly by: 'value'; readonly name: string };

export interface ShownTract {
  readonly id: string;
  readonly name: string;
  readonly lines: Streamlines;
  readonly colouring: TractColouring;
  readonly visible: boolean;
}

export const lineCount = ({ starts }: Streamlines): number => Math.max(starts.length - 1, 0);

export interface Bounds {
  readonly low: Triple;
  readonly high: Triple;
}

export function boundsOf({ points }: Streamlines): Bounds | null {
  if (points.length === 0) return null;
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let n = 0; n < points.length; n++) {
    const at = points[n] as number;
    const c = n % 3;
    if (at < (low[c] as number)) low[c] = at;
    if (at > (high[c] as number)) high[c] = at;
  }
  return { low, high };
}
