import { createContext, useCallback, useContext } from 'react';
import { useNavigate } from 'react-router';
import type { AnalysisDetail, AnalysisDocument, DocumentLabel, DocumentReader, Label } from '../../api/types';
import { analysisRowsFirst } from '../../api/client';
import { type Filters, rowAddress, type SetFilters } from './filters';
import { type Look, type Looks } from './looks';
import { measureOf, type MeasureFacts, worstFirst } from './measures';
import type { Opens, PlotLabel } from './plots/frame';

/** What every part of an analysis's page needs. */
export interface Shown {
  slug: string;
  analysis: AnalysisDetail;
  document: AnalysisDocument;
  labels: readonly Label[];
  looks: Looks;
  filters: Filters;
  setFilters: SetFilters;
}

export const ShownContext = createContext<Shown | null>(null);

export function useShown(): Shown {
  const shown = useContext(ShownContext);
  if (shown === null) throw new Error('A part of an analysis is used outside its page.');
  return shown;
}

export const useMetric = (): MeasureFacts => {
  const { filters, analysis } = useShown();
  return measureOf(filters.metric, analysis.parameters.tolerance_mm);
};

/** The study's colour of a label that the answer names. */
export const labelOf = ({ labels }: Pick<Shown, 'labels'>, found: Pick<DocumentLabel, 'value' | 'name'>): PlotLabel =>
  labels.find((label) => label.value === found.value) ?? { value: found.value, name: found.name, colour: '#9aa3ad' };

export const lookOf = ({ looks }: Pick<Shown, 'looks'>, reader: DocumentReader | undefined): Look =>
  reader ? looks.of({ type: reader.type as 'rater', name: reader.name }) : { colour: '#9aa3ad', symbol: 'circle' };

/** Opens what a mark stands for: its row, or of several the worst. */
export const useOpen = (): ((opens: Opens) => void) => {
  const { slug, analysis, filters } = useShown();
  const navigate = useNavigate();
  return useCallback(
    (opens: Opens) => {
      const go = (number: number, about: Partial<Filters>) => void navigate(rowAddress(slug, analysis.id, number, about));
      if ('row' in opens) {
        go(opens.row, filters);
        return;
      }
      const about = { ...filters, pair: opens.pair, label: opens.label };
      const choice = { sort: worstFirst(filters.metric), pair: opens.pair, ...(opens.label !== null && { label: opens.label }) };
      void analysisRowsFirst(analysis.id, choice, 1).then(([worst]) => {
        if (worst) go(worst.number, about);
      });
    },
    [navigate, slug, analysis.id, filters],
  );
};
