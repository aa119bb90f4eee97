/** One word for how far a case is. */

import type { Case, TaskState } from '../../api/types';

export type CaseState = 'unassigned' | TaskState;

/** The least advanced task decides: a case is accepted when all of its reads are. */
const ORDER: readonly TaskState[] = ['returned', 'todo', 'in_progress', 'submitted', 'accepted'];

export const caseState = (item: Pick<Case, 'tasks'>): CaseState => {
  if (item.tasks.length === 0) return 'unassigned';
  return ORDER.find((state) => item.tasks.some((task) => task.state === state)) ?? 'excluded';
};

/** Names of those who read a case, each once, with "×2" for two reads. */
export const raterNames = (item: Pick<Case, 'tasks'>): string => {
  const reads = new Map<string, number>();
  for (const task of item.tasks) reads.set(task.rater, (reads.get(task.rater) ?? 0) + 1);
  return [...reads].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name)).join(', ');
};
