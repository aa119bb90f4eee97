/** "12 made, 1 skipped, 2 failed, 3 waiting": what is none is left out. */

import type { ProposalRequest } from '../../api/registry';

const ORDER = ['made', 'skipped', 'failed', 'waiting'] as const;

export const countsText = (rows: readonly Pick<ProposalRequest, 'state'>[]): string =>
  ORDER.map((state) => [rows.filter((row) => row.state === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}`)
    .join(', ');
