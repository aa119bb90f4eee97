import { describe, expect, it } from 'vitest';
import { blocksOf } from './markdown';

describe('the Markdown of a card', () => {
  it('becomes blocks', () => {
    const found = blocksOf('# cord v1\n\nFor research.\nNo device.\n\n- one\n- two\n\n| label | name |\n| --- | --- |\n| 1 | a \\| b |\n');
    expect(found).toEqual([
      { kind: 'heading', level: 1, text: 'cord v1' },
      { kind: 'paragraph', text: 'For research. No device.' },
      { kind: 'list', items: ['one', 'two'] },
      { kind: 'table', head: ['label', 'name'], rows: [['1', 'a | b']] },
    ]);
  });

  it('leaves markup as text', () => {
    expect(blocksOf('&lt;script>alert(1)&lt;/script> [x](javascript:1)')).toEqual([
      { kind: 'paragraph', text: '<script>alert(1)</script> [x](javascript:1)' },
    ]);
    expect(blocksOf('')).toEqual([]);
  });
});
