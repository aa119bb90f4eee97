import { describe, expect, it } from 'vitest';
import { toCsv } from './csv';

describe('toCsv', () => {
  it('quotes what needs quotes and ends lines as RFC 4180 asks', () => {
    expect(toCsv(['case', 'note'], [['sub-01', 'a "b", c'], ['sub-02', 'two\nlines']])).toBe(
      'case,note\r\nsub-01,"a ""b"", c"\r\nsub-02,"two\nlines"\r\n',
    );
  });

  it('keeps numbers exact and leaves undefined values empty, not 0', () => {
    expect(toCsv(['dice', 'hd95'], [[0.123456789, null], [-1.5, Number.NaN], [0, undefined]])).toBe(
      'dice,hd95\r\n0.123456789,\r\n-1.5,\r\n0,\r\n',
    );
  });

  it('defuses text that a spreadsheet would run', () => {
    expect(toCsv(['name'], [['=HYPERLINK("x")']])).toBe('name\r\n"\'=HYPERLINK(""x"")"\r\n');
  });
});
