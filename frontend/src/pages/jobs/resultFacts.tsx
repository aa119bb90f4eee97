/** What a job came to, other than an import, as names and values that lead there. */

import { Anchor } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { JobResult } from '../../api/types';

type Facts = (readonly [string, ReactNode])[];

const link = (to: string, text: string) => (
  <Anchor component={Link} to={to} size="sm">
    {text}
  </Anchor>
);

export const resultFacts = (slug: string, result: JobResult): Facts => {
  if ('analysis' in result) {
    return [
      ['Analysis', link(`/studies/${slug}/results/${result.analysis}`, 'open it')],
      ['Rows', result.rows],
    ];
  }
  if ('made' in result) {
    return [
      ['Proposals made', result.made],
      ...result.skipped.map((item) => [`Skipped ${item.case}`, item.reason] as const),
      // Jobs of earlier days told of what was skipped alone.
      ...((result.failed as typeof result.failed | undefined) ?? []).map((item) => [`Failed ${item.case}`, item.reason] as const),
    ];
  }
  if ('scored' in result) {
    return [
      ['Cases scored', result.scored],
      ...result.skipped.map((item) => [`Skipped ${item.case}`, item.reason] as const),
      ['Model version', link(`/studies/${slug}/models/versions/${result.model_version}`, 'open it')],
    ];
  }
  if ('export' in result) return [['File', result.name]];
  if ('name' in result) return [['Model version', link(`/studies/${slug}/models`, result.name)]];
  return [];
};
