import { describe, expect, it } from 'vitest';
import { brokenOrder, inLevelOrder, levelRank } from './levelOrder';
import type { LabelDefinition } from './task';

const label = (value: number, level: string, side: LabelDefinition['side'] = 'midline'): LabelDefinition => ({
  value, name: level || `L${value}`, colour: '#888888', side, level, group: '', optional: false,
});

describe('spinal levels', () => {
  it('run from head to foot', () => {
    expect(['T1', 'C10', 'S1', 'C2', 'L5'].sort((a, b) => (levelRank(a) ?? 0) - (levelRank(b) ?? 0))).toEqual(['C2', 'C10', 'T1', 'L5', 'S1']);
    expect(levelRank('cord')).toBeNull();
    expect(inLevelOrder([label(9, 'T1'), label(1, ''), label(3, 'C3')]).map(({ value }) => value)).toEqual([1, 3, 9]);
  });

  it('are marked where a label lies above one that it should lie below, sides apart', () => {
    const labels = [label(2, 'C2', 'left'), label(3, 'C3', 'left'), label(4, 'C4', 'left'), label(12, 'C2', 'right'), label(13, 'C3', 'right')];
    const heights: Record<number, number | null> = { 2: 50, 3: 30, 4: 35, 12: 20, 13: null };
    const broken = brokenOrder(labels, (value) => heights[value] ?? null);
    expect([...broken]).toEqual([[4, 'C4 lies above C3']]);
    expect(brokenOrder(labels, (value) => -value).size).toBe(0);
  });
});
