import type { LabelDefinition } from './task';

const REGIONS = 'CTLS';

/** How far down the spine a level lies: C2 before C10 before T1; null for what is no spinal level. */
export function levelRank(level: string | null): number | null {
  const [, region, number] = /^([CTLS])(\d+)$/i.exec(level ?? '') ?? [];
  return region && number ? 100 * REGIONS.indexOf(region.toUpperCase()) + Number(number) : null;
}

/** The labels as they are listed: those of levels from head to foot, after all others in the study's order. */
export function inLevelOrder(labels: readonly LabelDefinition[]): readonly LabelDefinition[] {
  const rank = ({ level }: LabelDefinition): number => levelRank(level) ?? -1;
  return [...labels].sort((a, b) => rank(a) - rank(b));
}

/**
 * Labels whose place along the spine contradicts their level, with what is wrong in words. `headwardMm` is how far up a
 * label's centre lies; null where there is nothing of it. Sides and kinds of structure are looked at apart.
 */
export function brokenOrder(
  labels: readonly LabelDefinition[],
  headwardMm: (value: number) => number | null,
): ReadonlyMap<number, string> {
  const broken = new Map<number, string>();
  const lowest = new Map<string, { readonly rank: number; readonly mm: number; readonly name: string }>();
  for (const label of inLevelOrder(labels)) {
    const rank = levelRank(label.level);
    const mm = headwardMm(label.value);
    if (rank === null || mm === null) continue;
    const column = `${label.group}/${label.side}`;
    const above = lowest.get(column);
    if (above && rank > above.rank && mm >= above.mm) broken.set(label.value, `${label.name} lies above ${above.name}`);
    if (!above || mm < above.mm) lowest.set(column, { rank, mm, name: label.name });
  }
  return broken;
}
