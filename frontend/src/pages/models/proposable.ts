/** For which cases a model version can still propose, and which of them nobody has labelled. */

import type { Case, Proposal } from '../../api/types';

/** Cases without a proposal of this version: it would only say the same again. */
export const proposable = (cases: readonly Case[], proposals: readonly Proposal[], version: string): Case[] => {
  const done = new Set(
    proposals.filter((item) => item.model_version.id === version).map((item) => item.case.id),
  );
  return cases.filter((item) => !done.has(item.id));
};

/** Nobody has begun on it and no label came along; proposals of other versions don't count. */
export const isUnlabelled = (item: Pick<Case, 'tasks' | 'label_versions'>): boolean =>
  item.tasks.every((task) => task.state === 'todo') && item.label_versions.every((version) => version.source === 'model');
