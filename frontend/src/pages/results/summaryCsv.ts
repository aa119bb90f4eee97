/** The summary of an analysis as CSV: a line per label and measure, in full precision, with what was left out. */

import type { AnalysisDetail, Label } from '../../api/types';
import { toCsv } from '../parts/csv';
import { measuresOf } from './measures';

const HEADER = ['label', 'label_name', 'measure', 'unit', 'mean', 'sd', 'n', 'left_out', 'reasons'];

export const summaryCsv = (
  analysis: Pick<AnalysisDetail, 'summary' | 'parameters'>,
  labels: readonly Pick<Label, 'value' | 'name'>[],
): string =>
  toCsv(
    HEADER,
    labels.flatMap((label) => {
      const summary = analysis.summary[String(label.value)];
      if (summary === undefined) return [];
      return measuresOf(analysis.parameters.tolerance_mm, true).flatMap((measure) => {
        const found = summary[measure.key];
        if (found === undefined) return [];
        const { mean, sd, n, dropped } = found;
        const reasons = dropped.map((item) => `${item.case}: ${item.reason}`).join('; ');
        return [[label.value, label.name, measure.name, measure.unit, mean, sd, n, dropped.length, reasons]];
      });
    }),
  );
