/** What of an analysis is looked at. It stands in the address, so that an address can be shared. */

import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { Group, Measure } from '../../api/types';
import { isMeasure } from './measures';

export interface Filters {
  label: number | null;
  pair: number | null;
  /** Place of a reader. */
  reader: number | null;
  metric: Measure;
  measurement: string | null;
  group: Group | null;
}

const wholeNumber = (text: string | null): number | null => (text !== null && /^\d+$/.test(text) ? Number(text) : null);

export const filtersFrom = (params: URLSearchParams): Filters => {
  const metric = params.get('metric') ?? '';
  const group = params.get('group');
  const colon = group?.indexOf(':') ?? -1;
  return {
    label: wholeNumber(params.get('label')),
    pair: wholeNumber(params.get('pair')),
    reader: wholeNumber(params.get('reader')),
    metric: isMeasure(metric) ? metric : 'dice',
    measurement: params.get('measurement'),
    group: group !== null && colon > 0 ? { by: group.slice(0, colon), value: group.slice(colon + 1) } : null,
  };
};

/** The address's own words for filters; what is not chosen is not in it. */
export const filterParams = (filters: Partial<Filters>): Record<string, string> => {
  const { label, pair, reader, metric, measurement, group } = filters;
  return Object.fromEntries(
    [
      ['label', label ?? null],
      ['pair', pair ?? null],
      ['reader', reader ?? null],
      ['metric', metric === 'dice' ? null : (metric ?? null)],
      ['measurement', measurement ?? null],
      ['group', group ? `${group.by}:${group.value}` : null],
    ].flatMap(([name, value]) => (value === null ? [] : [[String(name), String(value)]])),
  );
};

export type SetFilters = (change: Partial<Filters>) => void;

export const useFilters = (): [Filters, SetFilters] => {
  const [params, setParams] = useSearchParams();
  const filters = useMemo(() => filtersFrom(params), [params]);
  const set = useCallback<SetFilters>(
    (change) =>
      setParams(
        (current) => {
          const next = new URLSearchParams(current);
          const wanted = filterParams({ ...filtersFrom(current), ...change });
          for (const name of ['label', 'pair', 'reader', 'metric', 'measurement', 'group']) {
            const value = wanted[name];
            if (value === undefined) next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  return [filters, set];
};

/** The address of a row in the viewer; the filters go along, as the order of the worst ones. */
export const rowAddress = (slug: string, analysis: string, number: number, filters: Partial<Filters>): string => {
  const query = new URLSearchParams(filterParams(filters)).toString();
  return `/studies/${slug}/results/${analysis}/rows/${number}${query === '' ? '' : `?${query}`}`;
};
