import { describe, expect, it } from 'vitest';
import type { RoundChoice, RoundPoint } from '../../api/rounds';
import { LIGHT } from '../parts/chartInk';
import { roundsPlot, roundsTable, shownPoints } from './roundsPlot';
import { mayRelease, triggerText, whereText } from './words';

const score = (mean: number | null, ci: [number, number] | null = null) => ({ mean, sd: null, n: 3, ci, subjects: 3, undefined: null });
const point = (number: number, mean: number | null, minutes: number | null): RoundPoint => ({
  number, title: 'Margin', version: `v${number}`, training_cases: mean === null ? null : 2 * number + 1,
  scores: { overall: mean === null ? null : score(mean, [mean - 0.1, mean + 0.1]), labels: { '3': score(null) } },
  accepted: 2, minutes_per_case: 4.25, voxels_changed: 812, untouched_share: 0.5, minutes, undefined: {},
});
const choice = (change: Partial<RoundChoice>): RoundChoice => ({
  id: 'c', case: { id: 'x', name: 'sub-01' }, rank: 1, score: 1, state: 'open', rater: null, task: null, task_state: null,
  reserved_at: null, expires_at: null, ...change,
});

describe('what rounds came to', () => {
  const points = [point(0, 0.6, 0), point(1, 0.7, 20), point(2, null, 30)];

  it('shows the rounds that are scored, by what they cost', () => {
    expect(shownPoints(points, '', 'cases').map((row) => row.number)).toEqual([0, 1]);
    expect(shownPoints([point(1, 0.7, null)], '', 'minutes')).toEqual([]);
    expect(shownPoints(points, '3', 'cases')).toEqual([]);
    const option = roundsPlot(points, '', 'minutes')(LIGHT) as { series: { data: { value: number[]; told: string[] }[] }[] };
    expect(option.series[1]?.data.map(({ value }) => value.map((n) => Number(n.toFixed(3))))).toEqual([[0, 0.6, 0.5, 0.7], [20, 0.7, 0.6, 0.8]]);
    expect(option.series[1]?.data[1]?.told[1]).toBe('Dice 0.700 (95 % 0.600 to 0.800; n = 3)');
  });

  it('writes undefined numbers as such', () => {
    const { head, rows } = roundsTable(points, '');
    expect(rows[1]?.cells).toEqual(['Round 1', 'Margin', 3, '0.700', '0.600 to 0.800', 3, 2, '4.3', '812', '50 %']);
    expect(rows[2]?.cells.slice(2, 6)).toEqual([null, '–', '–', null]);
    expect(rows[0]?.cells).toHaveLength(head.length);
  });
});

describe('words of rounds', () => {
  it('say when a training begins and whose a case is', () => {
    expect(triggerText({ trigger: 'accepted', accepted_needed: 1, hour_utc: null })).toBe('trains after 1 accepted label');
    expect(triggerText({ trigger: 'nightly', accepted_needed: null, hour_utc: 3 })).toBe('trains at 03:00 UTC when a label is new');
    expect(whereText(choice({}))).toBe('open to whoever asks next');
    expect(whereText(choice({ state: 'reserved', rater: 'ada' }))).toBe('reserved for ada');
  });

  it('offer to release only what nobody has begun', () => {
    expect(mayRelease(choice({ state: 'reserved', task_state: 'todo' }))).toBe(true);
    expect(mayRelease(choice({ state: 'reserved', task_state: 'in_progress' }))).toBe(false);
    expect(mayRelease(choice({}))).toBe(false);
  });
});
