import { describe, expect, it } from 'vitest';
import type { TaskRow, TaskState } from '../../api/types';
import { byStudy, handedInThisWeek, openTasks } from './workOrder';

const task = (id: string, state: TaskState, created: string, submitted: string | null = null, slug = 'a'): TaskRow => ({
  id, state, read: 1, active_seconds: 0, latest_review: null, created_at: created, submitted_at: submitted,
  study: { slug, name: slug }, case: { id, name: id, subject: id, session: '' }, rater: { name: 'ada', user: 'ada' },
});

describe('my work', () => {
  it('puts returned tasks first, then begun ones, then the oldest', () => {
    const tasks = [
      task('new', 'todo', '2026-02'), task('old', 'todo', '2026-01'), task('done', 'accepted', '2026-01'),
      task('back', 'returned', '2026-03'), task('begun', 'in_progress', '2026-03'),
    ];
    expect(openTasks(tasks).map((item) => item.id)).toEqual(['back', 'begun', 'old', 'new']);
  });

  it('groups by study in the order of their first task', () => {
    const groups = byStudy([task('1', 'todo', '', null, 'b'), task('2', 'todo', '', null, 'a'), task('3', 'todo', '', null, 'b')]);
    expect(groups.map((group) => [group.slug, group.tasks.length])).toEqual([['b', 2], ['a', 1]]);
  });

  it('counts what was handed in during the last seven days', () => {
    const now = new Date('2026-11-21T12:00:00Z').getTime();
    const tasks = [
      task('in', 'submitted', '', '2026-11-20T12:00:00Z'), task('out', 'accepted', '', '2026-11-01T12:00:00Z'),
      task('never', 'todo', ''),
    ];
    expect(handedInThisWeek(tasks, now).map((item) => item.id)).toEqual(['in']);
  });
});
