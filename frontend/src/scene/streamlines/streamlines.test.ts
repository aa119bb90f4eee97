import { describe, expect, it } from 'vitest';
import { coloursOf, pointsOf } from './tractColours';
import { halfFloat } from './trx';
import reference from './nibabelReference.json';
import { readStreamlines } from './readStreamlines';

// Written by nibabel 5 and trx-python: an oblique left-handed grid, the grid's own voxel order and two that run the other way.
const read = (name: keyof typeof reference) =>
  readStreamlines(Uint8Array.from(atob(reference[name] as string), (letter) => letter.charCodeAt(0)));
const points = reference.lines.flat(2);

describe.each(['trk PSR', 'trk ASL', 'trk PIR', 'tck', 'trx', 'trx packed'] as const)('streamlines in %s', (name) => {
  it('lie where nibabel says', async () => {
    const lines = await read(name);
    expect([...lines.starts]).toEqual([0, 4, 5, 12]);
    expect(lines.points).toHaveLength(points.length);
    points.forEach((at, n) => expect(Math.abs((lines.points[n] as number) - at)).toBeLessThan(2e-5));
    expect(lines.caution).toBe('');
  });

  it('keep their values', async () => {
    const { pointValues, lineValues } = await read(name);
    if (name === 'tck') return expect(pointValues).toEqual({});
    reference.fa.forEach((fa, n) => expect(pointValues['fa']?.[n]).toBeCloseTo(fa, 6));
    expect([...(lineValues['nerve'] ?? [])]).toEqual([3, 5, 3]);
    if (name.startsWith('trk')) expect([...(lineValues['pair 2'] ?? [])]).toEqual([2, 4, 6]);
    return undefined;
  });
});

describe('streamlines as they are drawn', () => {
  it('end where a line ends, in the colour of their nerve or of their direction', async () => {
    const lines = await read('trk ASL');
    expect([...pointsOf(lines)].filter((_, n) => n % 4 === 3)).toEqual([0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1]);
    const nerves = coloursOf(lines, { by: 'nerve' }, (value) => (value === 3 ? [1, 0, 0] : [0, 0, 1]));
    expect([...nerves.slice(0, 4)]).toEqual([255, 0, 0, 255]);
    expect([...nerves.slice(16, 20)]).toEqual([0, 0, 255, 255]);
    const straight = { ...lines, points: Float32Array.from([0, 0, 0, 0, -2, 0]), starts: Uint32Array.from([0, 2]) };
    expect([...coloursOf(straight, { by: 'direction' }, () => [0, 0, 0]).slice(0, 4)]).toEqual([0, 255, 0, 255]);
  });
});

describe('files that cannot be read', () => {
  it('are refused with a sentence', async () => {
    await expect(readStreamlines(new Uint8Array(40))).rejects.toThrow('.trk, .tck or .trx');
    const whole = Uint8Array.from(atob(reference['trk ASL']), (letter) => letter.charCodeAt(0));
    await expect(readStreamlines(whole.slice(0, -6))).rejects.toThrow('cut short');
    await expect(readStreamlines(whole.slice(0, 500))).rejects.toThrow('TRACK');
  });

  it('hold half-precision numbers as IEEE 754 says', () => {
    expect([0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555].map(halfFloat)).toEqual([1, -2, 2 ** -24, Infinity, 0.333251953125]);
  });
});
