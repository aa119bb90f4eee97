/** Which numbers are looked at. It stands in the address, so that an address can be shared. */

import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { MeasureFilter } from '../../api/client';
import type { ClinicalMeasure, ClinicalSummary } from '../../api/types';

export interface Choice {
  measure: string | null;
  quantity: string | null;
  variant: string | null;
  label: string | null;
  side: string | null;
  level: string | null;
  /** `source/read/reader`. */
  author: string | null;
}

const NAMES = ['measure', 'quantity', 'variant', 'label', 'side', 'level', 'author'] as const;
/** Choices that make no sense under another measure. */
const OF_MEASURE = ['quantity', 'variant', 'label', 'side', 'level'] as const;

export const choiceFrom = (params: URLSearchParams): Choice =>
  Object.fromEntries(NAMES.map((name) => [name, params.get(name)])) as unknown as Choice;

export const authorKey = ({ source, read, reader }: { source: string; read: number; reader: string }): string =>
  `${source}/${read}/${reader}`;

/** The measure that is looked at: the chosen one, else the first. */
export const measureOf = (summary: ClinicalSummary, choice: Choice): ClinicalMeasure | undefined =>
  summary.measures.find((one) => one.name === choice.measure) ?? summary.measures[0];

/** What the server is asked for: what is not chosen is the measure's own first. */
export const filterOf = (measure: ClinicalMeasure, choice: Choice): MeasureFilter => {
  const quantity = measure.quantities.some((one) => one.name === choice.quantity) ? choice.quantity : measure.headline;
  const variant = measure.variants.includes(choice.variant ?? '') ? choice.variant : measure.variants[0];
  const [source, read, ...reader] = (choice.author ?? '').split('/');
  return {
    measure: measure.name,
    quantity: quantity ?? measure.headline,
    ...(variant !== null && variant !== undefined && { variant }),
    ...(choice.label !== null && { label: Number(choice.label) }),
    ...((choice.side === 'left' || choice.side === 'right') && { side: choice.side }),
    ...(choice.level !== null && { level: choice.level }),
    ...(choice.author !== null && { source: source as NonNullable<MeasureFilter['source']>, read: Number(read), reader: reader.join('/') }),
  };
};

export const useChoice = (): [Choice, (change: Partial<Choice>) => void] => {
  const [params, setParams] = useSearchParams();
  const choice = useMemo(() => choiceFrom(params), [params]);
  const set = useCallback(
    (change: Partial<Choice>) =>
      setParams(
        (current) => {
          const next = new URLSearchParams(current);
          const whole = change.measure === undefined ? change : { ...Object.fromEntries(OF_MEASURE.map((name) => [name, null])), ...change };
          for (const [name, value] of Object.entries(whole)) {
            if (value === null || value === undefined) next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  return [choice, set];
};
