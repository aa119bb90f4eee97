/** What of my tasks comes first. */

import type { TaskRow, TaskState } from '../../api/types';

const RANK: Partial<Record<TaskState, number>> = { returned: 0, in_progress: 1, todo: 2 };

export const isOpen = (task: Pick<TaskRow, 'state'>): boolean => RANK[task.state] !== undefined;

/** Open tasks: returned ones first, then begun ones, then the oldest to do. */
export const openTasks = (tasks: readonly TaskRow[]): TaskRow[] =>
  tasks
    .filter(isOpen)
    .toSorted(
      (a, b) => (RANK[a.state] ?? 9) - (RANK[b.state] ?? 9) || a.created_at.localeCompare(b.created_at),
    );

/** What waits for a review, longest first. */
export const reviewQueue = (tasks: readonly TaskRow[]): TaskRow[] =>
  tasks
    .filter((task) => task.state === 'submitted')
    .toSorted((a, b) => (a.submitted_at ?? '').localeCompare(b.submitted_at ?? ''));

/** Studies in the order in which their first task comes. */
export const byStudy = (tasks: readonly TaskRow[]): { slug: string; name: string; tasks: TaskRow[] }[] => {
  const groups = new Map<string, { slug: string; name: string; tasks: TaskRow[] }>();
  for (const task of tasks) {
    const group = groups.get(task.study.slug) ?? { ...task.study, tasks: [] };
    group.tasks.push(task);
    groups.set(task.study.slug, group);
  }
  return [...groups.values()];
};

const WEEK_MS = 7 * 24 * 3_600_000;

/** What was handed in during the last seven days, newest first. */
export const handedInThisWeek = (tasks: readonly TaskRow[], now: number): TaskRow[] =>
  tasks
    .filter((task) => task.submitted_at !== null && now - new Date(task.submitted_at).getTime() < WEEK_MS)
    .toSorted((a, b) => (b.submitted_at ?? '').localeCompare(a.submitted_at ?? ''));
