/** The cases of an analysis from the worst. */

import type { AnalysisDocument, AnalysisRow } from '../../../api/types';

export interface CasePlace {
  volume: string;
  name: string;
  /** The row that agrees least; null where none of the worst is this case's. */
  worst: number | null;
}

/** Cases in the order in which the worst rows name them, and then the others in their own. */
export const caseOrder = (
  cases: readonly Pick<AnalysisDocument['cases'][number], 'volume' | 'volume_name'>[],
  worstRows: readonly Pick<AnalysisRow, 'volume' | 'number'>[],
): CasePlace[] => {
  const worst = new Map<string, number>();
  for (const row of worstRows) if (!worst.has(row.volume)) worst.set(row.volume, row.number);
  const rank = new Map([...worst.keys()].map((volume, index) => [volume, index]));
  const rankOf = ({ volume }: { volume: string }): number => rank.get(volume) ?? worst.size;
  return cases
    .toSorted((a, b) => rankOf(a) - rankOf(b))
    .map(({ volume, volume_name }) => ({ volume, name: volume_name, worst: worst.get(volume) ?? null }));
};
