/** The measures of an agreement analysis: name, unit, digits. */

import type { AnalysisRow, Measure } from '../../api/types';

export interface MeasureFacts {
  key: Measure;
  name: string;
  unit: string;
  digits: number;
}

export const MEASURES: readonly MeasureFacts[] = [
  { key: 'dice', name: 'Dice', unit: '', digits: 3 },
  { key: 'hd95_mm', name: 'HD95', unit: 'mm', digits: 2 },
  { key: 'volume_difference_mm3', name: 'Volume difference', unit: 'mm³', digits: 1 },
];

export const headerOf = (measure: MeasureFacts): string =>
  measure.unit === '' ? measure.name : `${measure.name} (${measure.unit})`;

/** Why a value is missing; the server names a reason for each. */
export const reasonOf = (row: AnalysisRow, measure: Measure): string =>
  row.undefined[measure] ?? 'The server gave no reason.';

/** "model:<id>" as its name, a rater as is. */
export const readerName = (reader: string, models: ReadonlyMap<string, string>): string =>
  reader.startsWith('model:') ? (models.get(reader.slice(6)) ?? 'a model') : reader;

export const droppedCount = (dropped: number | readonly unknown[]): number =>
  typeof dropped === 'number' ? dropped : dropped.length;
