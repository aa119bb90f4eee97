import { expect, it } from 'vitest';
import type { LabelDefinition } from '../../state/task';
import { labelStyle, type LabelLook } from './labelStyle';

const LOOK: LabelLook = {
  visible: true, opacity: 0.4, opacities: {}, outline: true, outlineWidth: 1, hidden: new Set(), active: 1, pattern: false,
};
const label = (value: number): LabelDefinition => ({
  value, name: `C${value}`, colour: '#102030', side: 'both', level: '', group: '', optional: false,
});
const alphas = (look: Partial<LabelLook>): number[] => {
  const { fill } = labelStyle([label(1), label(2), label(3)], { ...LOOK, ...look }, 5);
  return [...fill].map((packed) => packed >>> 24);
};

it('fills by the opacity of all, the active label a quarter stronger, and a stray value too', () => {
  expect(alphas({})).toEqual([0, 128, 102, 102, 102]);
});

it('a label with an opacity of its own has just that, active or not', () => {
  expect(alphas({ opacities: { 1: 0.2, 3: 1 } })).toEqual([0, 51, 102, 255, 102]);
  expect(alphas({ opacities: { 3: 1 }, hidden: new Set([3]) })).toEqual([0, 128, 102, 0, 102]);
  expect(alphas({ opacities: { 3: 1 }, visible: false })).toEqual([0, 0, 0, 0, 0]);
});
