/** How a number of a clinical measure is written. */

import type { MeasureValue } from '../../api/types';
import { UNDEFINED } from '../parts/numbers';

const DIGITS = 4;

/** Four significant digits with a true minus: measures run from 0.0007 mm2/s to 2000 mm3. The files hold all digits. */
export const significant = (value: number | null): string => {
  if (value === null || !Number.isFinite(value)) return UNDEFINED;
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e6)
      ? value.toExponential(DIGITS - 1).replace('e', ' × 10^')
      : value.toFixed(Math.max(0, DIGITS - 1 - Math.floor(Math.log10(size === 0 ? 1 : size))));
  return text.replaceAll('-', '\u2212').replace('^+', '^');
};

export const withUnit = (value: Pick<MeasureValue, 'value' | 'unit'>): string =>
  value.value === null ? UNDEFINED : [significant(value.value), value.unit].filter(Boolean).join(' ');

/** Where a number's voxels are shown. */
export const voxelsAddress = (slug: string, value: Pick<MeasureValue, 'table' | 'place'>): string =>
  `/studies/${slug}/measures/${value.table}/${value.place}`;
