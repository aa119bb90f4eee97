/** Which voxels a tool may write on: all, empty ones only, or those of one chosen label. */
export type PaintOver = 'everything' | 'background' | number;

/** What a tool leaves behind on the voxels it covers. */
export type PaintRule =
  | { readonly kind: 'paint'; readonly value: number; readonly over: PaintOver }
  | { readonly kind: 'erase'; readonly only: number | null };

/** Only voxels whose intensity lies in the range, both ends included, are changed. */
export interface IntensityLimit {
  readonly voxels: ArrayLike<number>;
  readonly lower: number;
  readonly upper: number;
}

/** The value a voxel gets, or null where the rule leaves it alone. */
export function ruledValue(rule: PaintRule, current: number): number | null {
  if (rule.kind === 'erase') return rule.only === null || rule.only === current ? 0 : null;
  if (rule.over === 'everything') return rule.value;
  return current === (rule.over === 'background' ? 0 : rule.over) ? rule.value : null;
}

export function withinIntensity(limit: IntensityLimit | null, index: number): boolean {
  if (limit === null) return true;
  const intensity = limit.voxels[index] as number;
  return intensity >= limit.lower && intensity <= limit.upper;
}
