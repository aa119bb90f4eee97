import { describe, expect, it } from 'vitest';
import {
  agoText, bytesText, countOf, differencePercent, durationText, fixed, grouped, meanSd, percent, secondsLeft, shapeText,
  significant, spacingText, timeText,
} from './numbers';

describe('numbers', () => {
  it('writes digits that count and no exponent', () => {
    expect([0.91234, 5.32, 1240.4, 0, -0.0123].map((value) => significant(value, 3))).toEqual(['0.912', '5.32', '1240', '0', '−0.0123']);
    expect(significant(null, 3)).toBe('–');
  });

  it('writes mean ± SD with n', () => {
    expect(meanSd({ mean: 0.8333, sd: 0.051, n: 12 })).toBe('0.83 ± 0.05 (n = 12)');
    expect(meanSd({ mean: -1.26, sd: 0.5, n: 3 }, 1)).toBe('−1.3 ± 0.5 (n = 3)');
  });

  it('leaves the SD of a single value out', () => {
    expect(meanSd({ mean: 0.9, sd: null, n: 1 })).toBe('0.90 (n = 1)');
  });

  it('writes undefined as a dash, never as 0', () => {
    expect(meanSd({ mean: null, sd: null, n: 0 })).toBe('–');
    expect(meanSd(undefined)).toBe('–');
    expect(fixed(null, 2)).toBe('–');
    expect(fixed(Number.NaN, 2)).toBe('–');
    expect(percent(null)).toBe('–');
    expect(fixed(0, 2)).toBe('0.00');
  });

  it('knows no negative zero', () => {
    expect(fixed(-0.001, 2)).toBe('0.00');
  });

  it('groups thousands and keeps decimals whole', () => {
    expect(grouped(1234567.8, 1)).toBe('1\u202f234\u202f567.8');
    expect(countOf(1, 'case')).toBe('1 case');
    expect(countOf(2, 'case')).toBe('2 cases');
  });

  it('relates a volume difference to the mean of both, unless both are empty', () => {
    expect(differencePercent(110, 90)).toBeCloseTo(20);
    expect(differencePercent(50, 0)).toBe(200);
    expect(differencePercent(0, 0)).toBeNull();
  });
});

describe('sizes and times', () => {
  it('names units', () => {
    expect(shapeText([48, 160, 128])).toBe('48 × 160 × 128');
    expect(shapeText([48, 160, 128], 30)).toBe('48 × 160 × 128 × 30');
    expect(spacingText([0.8, 0.8000001, 3])).toBe('0.8 × 0.8 × 3 mm');
    expect(bytesText(999)).toBe('999 B');
    expect(bytesText(18_400_000)).toBe('18 MB');
  });

  it('writes durations and ages', () => {
    expect(durationText(59.6)).toBe('1 min 00 s');
    expect(durationText(7800)).toBe('2 h 10 min');
    expect(durationText(null)).toBe('–');
    const now = new Date('2026-11-21T12:00:00Z').getTime();
    expect(agoText('2026-11-21T11:59:40Z', now)).toBe('just now');
    expect(agoText('2026-11-20T11:00:00Z', now)).toBe('yesterday');
    expect(timeText('nonsense')).toBe('–');
  });

  it('estimates what is left at the pace so far, once there is one', () => {
    const started = '2026-11-21T12:00:00Z';
    const now = new Date(started).getTime() + 60_000;
    expect(secondsLeft(0.25, started, now)).toBeCloseTo(180);
    expect(secondsLeft(0, started, now)).toBeNull();
    expect(secondsLeft(0.5, null, now)).toBeNull();
  });
});
