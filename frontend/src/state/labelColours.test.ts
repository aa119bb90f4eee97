import { expect, it } from 'vitest';
import type { LabelDefinition } from './task';
import { coloured, parseColours, parseOpacities, withoutLabel } from './labelColours';

it('a chosen colour stands in for the study\u2019s, and rubbish in the store does not', () => {
  const label: LabelDefinition = {
    value: 2, name: 'C2', colour: '#E69F00', side: 'both', level: '', group: '', optional: false,
  };
  expect(coloured([label], parseColours('{"2": "#112233"}'))[0]?.colour).toBe('#112233');
  for (const text of [null, '', 'null', '7', '{"2": "red; x"}', '{"2": 5}', '[', '{}']) {
    expect(coloured([label], parseColours(text))[0]?.colour).toBe('#E69F00');
  }
});

it('an opacity of one label is kept, and what is no opacity is not', () => {
  expect(parseOpacities('{"2": 0, "3": 1, "4": 1.5, "5": "0.5", "6": null}')).toEqual({ 2: 0, 3: 1 });
  expect(withoutLabel(parseOpacities('{"2": 0.25, "3": 1}'), 2)).toEqual({ 3: 1 });
  for (const text of [null, '', 'null', '7', '[']) expect(parseOpacities(text)).toEqual({});
});
