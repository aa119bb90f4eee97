/** What a label version is, in words. */

import type { Label, LabelSource } from '../../api/types';

export const SOURCE_WORD: Record<LabelSource, string> = {
  person: 'by hand',
  imported: 'imported',
  model: 'proposal',
  external: 'another tool',
};

/** Voxels per label, one to a line. */
export const labelCountsText = (counts: Readonly<Record<string, number>>, labels: readonly Label[]): string =>
  Object.entries(counts)
    .map(([value, count]) => {
      const name = labels.find((label) => String(label.value) === value)?.name ?? '';
      return `${value} ${name}: ${count} voxels`;
    })
    .join('\n');
