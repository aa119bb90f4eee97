import { expect, it } from 'vitest';
import { coloured, parseColours } from './labelColours';

it('a chosen colour stands in for the study\u2019s, and rubbish in the store does not', () => {
  const label = { value: 2, name: 'C2', colour: '#E69F00', side: null, level: null };
  expect(coloured([label], parseColours('{"2": "#112233"}'))[0]?.colour).toBe('#112233');
  for (const text of [null, '', 'null', '7', '{"2": "red; x"}', '{"2": 5}', '[', '{}']) {
    expect(coloured([label], parseColours(text))[0]?.colour).toBe('#E69F00');
  }
});
