import type { Axis, Triple } from '../geometry/frames';
import { boxPosition } from './box';

/** Voxels that touch: over sides (6), or over edges and corners too (26). */
export type Connectivity = 6 | 26;

/** Steps to the neighbours of a voxel; `flat` keeps to the slice across that axis (4 or 8 neighbours). */
export function neighbourSteps(connectivity: Connectivity, flat: Axis | null = null): readonly Triple[] {
  const steps: Triple[] = [];
  for (let k = -1; k <= 1; k++) {
    for (let j = -1; j <= 1; j++) {
      for (let i = -1; i <= 1; i++) {
        const step: Triple = [i, j, k];
        const length = Math.abs(i) + Math.abs(j) + Math.abs(k);
        if (length === 0 || (connectivity === 6 && length > 1) || (flat !== null && step[flat] !== 0)) continue;
        steps.push(step);
      }
    }
  }
  return steps;
}

/**
 * All voxels of a box reached from the seeds over neighbours that may be entered. `enter` is asked once or more for a
 * voxel and must mark it itself (return false the next time). Calls `visit` once for each voxel reached, seeds included.
 */
export function flood(
  size: Triple,
  seeds: Iterable<number>,
  steps: readonly Triple[],
  enter: (n: number) => boolean,
  visit: (n: number) => void,
): void {
  const [si, sj, sk] = size;
  const waiting: number[] = [];
  for (const seed of seeds) if (enter(seed)) waiting.push(seed);
  for (let n = waiting.pop(); n !== undefined; n = waiting.pop()) {
    visit(n);
    const [i, j, k] = boxPosition(size, n);
    for (const [di, dj, dk] of steps) {
      const [a, b, c] = [i + di, j + dj, k + dk];
      if (a < 0 || b < 0 || c < 0 || a >= si || b >= sj || c >= sk) continue;
      const next = a + si * (b + sj * c);
      if (enter(next)) waiting.push(next);
    }
  }
}

export interface Components {
  /** 1, 2, 3 ... by order in memory; 0 outside the mask. */
  readonly ids: Uint32Array;
  /** Voxels of component n at n - 1. */
  readonly sizes: readonly number[];
}

/** Connected components of a mask. */
export function components(mask: Uint8Array, size: Triple, connectivity: Connectivity): Components {
  const ids = new Uint32Array(mask.length);
  const sizes: number[] = [];
  const steps = neighbourSteps(connectivity);
  const enter = (n: number): boolean => {
    if (mask[n] === 0 || ids[n] !== 0) return false;
    ids[n] = sizes.length + 1;
    return true;
  };
  for (let n = 0; n < mask.length; n++) {
    if (mask[n] === 0 || ids[n] !== 0) continue;
    let count = 0;
    flood(size, [n], steps, enter, () => (count += 1));
    sizes.push(count);
  }
  return { ids, sizes };
}
