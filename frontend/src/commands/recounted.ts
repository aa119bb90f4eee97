import type { Axis, Shape } from '../geometry/frames';
import type { LabelArray } from './labelGrid';

/* What LabelTally keeps, read anew from the whole map: for the tests to compare. Not part of the product. */

/** Voxels per label value, background left out. */
export function countLabels(labels: LabelArray): Map<number, number> {
  const histogram = new Uint32Array(labels instanceof Uint8Array ? 256 : 65536);
  for (let n = 0; n < labels.length; n++) {
    const value = labels[n] as number;
    histogram[value] = (histogram[value] as number) + 1;
  }
  const counts = new Map<number, number>();
  histogram.forEach((count, value) => {
    if (value > 0 && count > 0) counts.set(value, count);
  });
  return counts;
}

/** Which slices along an axis hold a label (any label where `value` is null). */
export function slicesWithLabel(labels: LabelArray, shape: Shape, axis: Axis, value: number | null): Uint8Array {
  const found = new Uint8Array(shape[axis]);
  const [si, sj, sk] = shape;
  let n = 0;
  for (let k = 0; k < sk; k++) {
    for (let j = 0; j < sj; j++) {
      for (let i = 0; i < si; i++, n++) {
        const at = labels[n] as number;
        if (value === null ? at !== 0 : at === value) found[axis === 0 ? i : axis === 1 ? j : k] = 1;
      }
    }
  }
  return found;
}
