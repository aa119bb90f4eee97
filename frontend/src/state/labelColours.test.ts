import { expect, it } from 'vitest';
import type { LabelDefinition } from './task';
import { coloured, parseColours } from './labelColours';

it('a chosen colour stands in for the study\u2019s, and rubbish in the store does not', () => {
  const label: LabelDefinition = {
    value: 2, name: 'C2', colour: '#E69F00', side: 'both', level: '', group: '', optional: false,
  };
  expect(coloured([label], parseColours('{"2": "#112233"}'))[0]?.colour).toBe('#112233');
  for (const text of [null, '', 'null', '7', '{"2": "red; x"}', '{"2": 5}', '[', '{}']) {
    expect(coloured([label], parseColours(text))[0]?.colour).toBe('#E69F00');
  }
});
