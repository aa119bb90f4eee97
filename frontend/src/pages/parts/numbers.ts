/** How numbers, times and sizes are written on every page. */

import type { LabelScore, MeasureSummary } from '../../api/types';

/** What stands where a value is undefined; the reason goes beside it, never a 0. */
export const UNDEFINED = '–';

const isNumber = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/** A number with fixed digits and a true minus sign, or "–". */
export const fixed = (value: number | null | undefined, digits: number): string => {
  if (!isNumber(value)) return UNDEFINED;
  const rounded = value.toFixed(digits);
  const text = Number(rounded) === 0 ? rounded.replace('-', '') : rounded;
  return text.replace('-', '\u2212');
};

/** A number with so many digits that count, never with an exponent: 0.912, 5.32, 1240. */
export const significant = (value: number | null | undefined, digits: number): string => {
  if (!isNumber(value)) return UNDEFINED;
  const places = value === 0 ? 0 : digits - 1 - Math.floor(Math.log10(Math.abs(value)));
  return fixed(value, Math.min(8, Math.max(0, places)));
};

/** Whole numbers in groups of three: 12 345. */
export const grouped = (value: number | null | undefined, digits = 0): string => {
  const text = fixed(value, digits);
  const [whole = '', fraction] = text.split('.');
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
};

/** "0.83 ± 0.05 (n = 12)"; with one value there is no SD, and it says so by leaving it out. */
export const meanSd = (
  summary: Pick<MeasureSummary, 'mean' | 'sd' | 'n'> | Pick<LabelScore, 'mean' | 'sd' | 'n'> | undefined,
  digits = 2,
): string => {
  if (summary === undefined || !isNumber(summary.mean)) return UNDEFINED;
  const spread = isNumber(summary.sd) ? ` ± ${fixed(summary.sd, digits)}` : '';
  return `${fixed(summary.mean, digits)}${spread} (n = ${summary.n})`;
};

export const percent = (fraction: number | null | undefined, digits = 0): string =>
  isNumber(fraction) ? `${fixed(fraction * 100, digits)} %` : UNDEFINED;

/** Difference in percent of the mean of both, or null where both are empty. */
export const differencePercent = (a: number | null, b: number | null): number | null => {
  if (a === null || b === null || a + b === 0) return null;
  return (200 * (a - b)) / (a + b);
};

export const shapeText = (shape: readonly number[], frames = 1): string =>
  shape.join(' × ') + (frames > 1 ? ` × ${frames}` : '');

/** "0.8 × 0.8 × 3 mm", at most three digits after the point. */
export const spacingText = (spacing_mm: readonly number[]): string =>
  `${spacing_mm.map((value) => String(Number(value.toFixed(3)))).join(' × ')} mm`;

export const bytesText = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit] ?? 'B'}`;
};

/** "45 s", "3 min 05 s", "2 h 10 min". */
export const durationText = (seconds: number | null | undefined): string => {
  if (!isNumber(seconds) || seconds < 0) return UNDEFINED;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
};

const two = (value: number): string => String(value).padStart(2, '0');

/** Local time as 2026-11-21 09:49. */
export const timeText = (iso: string | null | undefined): string => {
  if (!iso) return UNDEFINED;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return UNDEFINED;
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
};

/** "just now", "5 min ago", "3 h ago", "2 days ago", then the date. */
export const agoText = (iso: string | null | undefined, now: number): string => {
  if (!iso) return UNDEFINED;
  const minutes = Math.floor((now - new Date(iso).getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  const days = Math.floor(minutes / (24 * 60));
  if (days < 7) return days === 1 ? 'yesterday' : `${days} days ago`;
  return timeText(iso).slice(0, 10);
};

/** "1 case", "3 cases". */
export const countOf = (count: number, noun: string, plural = `${noun}s`): string =>
  `${grouped(count)} ${count === 1 ? noun : plural}`;

/** Time left at the pace so far, in seconds; null until there is a pace. */
export const secondsLeft = (progress: number, startedAt: string | null, now: number): number | null => {
  if (startedAt === null || progress <= 0.01 || progress >= 1) return null;
  const elapsed = (now - new Date(startedAt).getTime()) / 1000;
  return elapsed <= 0 ? null : (elapsed * (1 - progress)) / progress;
};
