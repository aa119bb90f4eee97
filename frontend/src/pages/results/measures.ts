/** The measures of an agreement analysis: name, unit, digits. */

import type { AnalysisRow, Measure } from '../../api/types';

export interface MeasureFacts {
  key: Measure;
  name: string;
  unit: string;
  digits: number;
}

/** What a protocol's report leads with. */
const MAIN: readonly Measure[] = ['dice', 'hd95_mm', 'volume_difference_mm3'];

const allMeasures = (tolerance_mm: number): readonly MeasureFacts[] => [
  { key: 'dice', name: 'Dice', unit: '', digits: 3 },
  { key: 'jaccard', name: 'Jaccard', unit: '', digits: 3 },
  { key: 'hd95_mm', name: 'HD95', unit: 'mm', digits: 2 },
  { key: 'assd_mm', name: 'ASSD', unit: 'mm', digits: 2 },
  { key: 'surface_dice', name: `Surface Dice at ${tolerance_mm} mm`, unit: '', digits: 3 },
  { key: 'volume_difference_mm3', name: 'Volume difference', unit: 'mm³', digits: 1 },
];

/** The measures to show; surface Dice means nothing without the tolerance that it was computed with. */
export const measuresOf = (tolerance_mm: number, more: boolean): readonly MeasureFacts[] =>
  allMeasures(tolerance_mm).filter((measure) => more || MAIN.includes(measure.key));

/** Overlaps lie between 0 and 1. */
export const isShare = (measure: MeasureFacts): boolean => measure.unit === '';

export const headerOf = (measure: MeasureFacts): string =>
  measure.unit === '' ? measure.name : `${measure.name} (${measure.unit})`;

/** Why a value is missing; the server names a reason for each. */
export const reasonOf = (row: AnalysisRow, measure: Measure): string =>
  row.undefined[measure] ?? 'The server gave no reason.';
