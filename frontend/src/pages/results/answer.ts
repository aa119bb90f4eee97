/** Reading the document of an analysis: who, which pairs, and the numbers of a choice. */

import type {
  Agreement, AnalysisDocument, DocumentLabel, DocumentPair, Group, Icc, MetricSummary, Reliability,
} from '../../api/types';
import type { Filters } from './filters';

/** What of an answer is looked at; null: all of it together. */
export interface Choice {
  label: number | null;
  pair: number | null;
  group: Group | null;
}

export const ALL: Choice = { label: null, pair: null, group: null };

export const sameGroup = (a: Group | null, b: Group | null): boolean =>
  a === b || (a !== null && b !== null && a.by === b.by && a.value === b.value);

/** The entry of a choice. All pairs together are those of two readings, or each against the consensus of the others. */
export const agreementOf = (
  document: Pick<AnalysisDocument, 'agreement'>,
  { label, pair, group }: Choice,
  against: Agreement['against'] = 'reader',
): Agreement | null =>
  document.agreement.find(
    (entry) =>
      entry.label === label &&
      entry.pair === pair &&
      sameGroup(entry.group, group) &&
      (pair !== null || entry.against === against),
  ) ?? null;

export const summaryOf = (
  document: Pick<AnalysisDocument, 'agreement'>,
  choice: Choice,
  metric: string,
  against: Agreement['against'] = 'reader',
): MetricSummary | null => agreementOf(document, choice, against)?.metrics[metric] ?? null;

/** Pairs of two readings; with a consensus on the left side the others. */
export const readingPairs = (document: Pick<AnalysisDocument, 'pairs'>): DocumentPair[] =>
  document.pairs.filter((pair) => pair.reader_a !== null);

export const consensusPairs = (document: Pick<AnalysisDocument, 'pairs'>): DocumentPair[] =>
  document.pairs.filter((pair) => pair.reader_a === null);

export const pairTitle = (pair: Pick<DocumentPair, 'title_a' | 'title_b'>): string => `${pair.title_a} – ${pair.title_b}`;

export const labelTitle = (document: Pick<AnalysisDocument, 'labels'>, value: number | null): string =>
  value === null ? 'all labels' : (document.labels.find((label) => label.value === value)?.name ?? `label ${value}`);

/** Labels that the answer says something of: a protocol may name more than anybody has drawn. */
export const labelsFound = (document: Pick<AnalysisDocument, 'labels' | 'agreement' | 'reliability' | 'variability'>): DocumentLabel[] => {
  const found = new Set<number | null>([
    ...document.agreement.map((entry) => entry.label),
    ...document.reliability.measurements.map((entry) => entry.label),
    ...document.variability.map((entry) => entry.label),
  ]);
  return document.labels.filter((label) => found.has(label.value));
};

/** Groups that results were told apart by, in their order. */
export const groupsOf = (document: Pick<AnalysisDocument, 'agreement' | 'reliability'>): Group[] => {
  const found: Group[] = [];
  for (const { group } of [...document.agreement, ...document.reliability.measurements]) {
    if (group !== null && !found.some((known) => sameGroup(known, group))) found.push(group);
  }
  return found;
};

export const groupText = (group: Group): string => `${group.by} ${group.value}`;

/** The entries of the reliability that a choice leaves. */
export const reliabilityOf = (document: Pick<AnalysisDocument, 'reliability'>, filters: Pick<Filters, 'label' | 'group'>): Reliability[] =>
  document.reliability.measurements.filter(
    (entry) => sameGroup(entry.group, filters.group) && (filters.label === null || entry.label === filters.label),
  );

/** The interval stands under a name that says its level: `ci95`. */
export const intervalOf = (icc: Icc): [number, number] | null => {
  const key = Object.keys(icc).find((name) => /^ci\d/.test(name));
  const value: unknown = key === undefined ? null : (icc as unknown as Record<string, unknown>)[key];
  return Array.isArray(value) && value.length === 2 ? (value as [number, number]) : null;
};

export const defaultForm = (document: Pick<AnalysisDocument, 'reliability'>, entry: Reliability): Icc | null =>
  entry.icc.find((form) => form.type === document.reliability.default_form) ?? null;

/** How sure an interval is, in percent: "95 %". */
export const levelText = (document: Pick<AnalysisDocument, 'parameters'>): string => {
  const level = document.parameters['level'];
  return `${Number(((typeof level === 'number' ? level : 0.95) * 100).toFixed(1))} %`;
};

/** A square of pairs: the summary of row and column, in both orders; null on the diagonal and where nothing is compared. */
export const pairMatrix = (
  document: Pick<AnalysisDocument, 'agreement' | 'pairs' | 'readers'>,
  choice: Omit<Choice, 'pair'>,
  metric: string,
): { pair: number; summary: MetricSummary | null }[][] => {
  const size = document.readers.length;
  const nothing = { pair: -1, summary: null };
  const cells = Array.from({ length: size }, () => Array.from({ length: size }, () => nothing as { pair: number; summary: MetricSummary | null }));
  for (const pair of readingPairs(document)) {
    const cell = { pair: pair.index, summary: summaryOf(document, { ...choice, pair: pair.index }, metric) };
    const [a, b] = [pair.reader_a as number, pair.reader_b];
    (cells[a] as typeof cells[number])[b] = cell;
    (cells[b] as typeof cells[number])[a] = cell;
  }
  return cells;
};
