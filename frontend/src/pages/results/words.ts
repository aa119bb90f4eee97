/** An answer in plain words. Every sentence is made of numbers that stand in the document. */

import type { AnalysisDocument, Icc, MetricSummary, Reliability } from '../../api/types';
import { fixed, UNDEFINED } from '../parts/numbers';
import { ALL, defaultForm, intervalOf, labelTitle, reliabilityOf, summaryOf } from './answer';
import { measureOf } from './measures';

/** "0.84 [0.81, 0.87]". */
export const withInterval = (value: number | null, ci: readonly number[] | null | undefined, digits: number): string => {
  if (value === null) return UNDEFINED;
  return ci?.length === 2 ? `${fixed(value, digits)} [${fixed(ci[0], digits)}, ${fixed(ci[1], digits)}]` : fixed(value, digits);
};

export const summaryText = (summary: Pick<MetricSummary, 'mean' | 'ci'> | null, digits: number): string =>
  summary === null ? UNDEFINED : withInterval(summary.mean, summary.ci, digits);

/** p as papers write it: never 0. */
export const pText = (p: number | null | undefined): string => {
  if (p === null || p === undefined || Number.isNaN(p)) return UNDEFINED;
  return p < 0.001 ? '< 0.001' : fixed(p, 3);
};

const RANKS = ['poor', 'moderate', 'good', 'excellent'] as const;

/** Koo and Li's words for several intervals: from the lowest end of all to the highest. */
export const overallWords = (words: readonly (string | null)[]): string | null => {
  const ranks = words.flatMap((text) => (text ?? '').split(' to ').map((word) => RANKS.findIndex((rank) => rank === word))).filter((rank) => rank >= 0);
  if (ranks.length === 0) return null;
  const [low, high] = [RANKS[Math.min(...ranks)], RANKS[Math.max(...ranks)]];
  return low === high ? String(low) : `${low} to ${high}`;
};

export const measurementTitle = (document: Pick<AnalysisDocument, 'measurements'>, name: string): string =>
  document.measurements.find((one) => one.name === name)?.title ?? name;

const iccWords = (document: AnalysisDocument, entries: readonly Reliability[]): string | null => {
  const judged = entries.flatMap((entry) => {
    const form = defaultForm(document, entry);
    return form === null || form.value === null || intervalOf(form) === null ? [] : [{ entry, form }];
  });
  const [first] = judged;
  if (!first) return null;
  const lowest = judged.reduce((worst, one) => ((one.form.value ?? 1) < (worst.form.value ?? 1) ? one : worst), first);
  const words = overallWords(judged.map(({ form }) => form.words));
  const title = measurementTitle(document, first.entry.measurement).toLowerCase();
  const value = iccText(lowest.form);
  return judged.length === 1
    ? `The reliability of the ${title} is ${words ?? 'not judged'}: ${lowest.form.type} = ${value}.`
    : `The reliability of the ${title} over ${judged.length} labels is ${words ?? 'not judged'}; lowest for ${labelTitle(document, lowest.entry.label)}: ${lowest.form.type} = ${value}.`;
};

export const iccText = (form: Icc): string => withInterval(form.value, intervalOf(form), 2);

const overlapWords = (document: AnalysisDocument): string | null => {
  const all = summaryOf(document, ALL, 'dice');
  if (!all || all.mean === null) return null;
  const labels = document.labels.flatMap((label) => {
    const mean = summaryOf(document, { ...ALL, label: label.value }, 'dice')?.mean;
    return mean === undefined || mean === null ? [] : [{ label, mean }];
  });
  const text = `The mean Dice is ${summaryText(all, 2)}`;
  if (labels.length < 2) return `${text}.`;
  const lowest = labels.reduce((a, b) => (b.mean < a.mean ? b : a));
  const highest = labels.reduce((a, b) => (b.mean > a.mean ? b : a));
  if (fixed(lowest.mean, 2) === fixed(highest.mean, 2)) return `${text}, alike for all ${labels.length} labels.`;
  return `${text}, from ${fixed(lowest.mean, 2)} (${lowest.label.name}) to ${fixed(highest.mean, 2)} (${highest.label.name}).`;
};

/** What the whole comes to, a sentence each: how much was read, overlap, distance, reliability. */
export const headline = (document: AnalysisDocument): string[] => {
  const subjects = new Set(document.cases.map((one) => one.subject)).size;
  const cases = new Set(document.cases.map((one) => one.id)).size;
  const readers = document.readers.map((reader) => reader.title).join(', ');
  const distance = summaryOf(document, ALL, 'hd95_mm');
  const first = document.measurements.find((one) => one.name === 'volume_mm3') ?? document.measurements[0];
  const entries = reliabilityOf(document, { label: null, group: null }).filter((one) => one.measurement === first?.name);
  return [
    `${readers} on ${cases} ${cases === 1 ? 'case' : 'cases'} of ${subjects} ${subjects === 1 ? 'subject' : 'subjects'}.`,
    overlapWords(document),
    distance === null || distance.mean === null ? null : `95 % of the surfaces lie within ${summaryText(distance, measureOf('hd95_mm').digits)} mm of each other on average.`,
    iccWords(document, entries),
  ].filter((sentence): sentence is string => sentence !== null);
};

/** Findings of one kind about one pair are one line: 12 cases of it read as one thing to do. */
export interface FoundTogether {
  type: string;
  pair: number;
  text: string;
  cases: { id: string; name: string; text: string }[];
}

const SEVERITY = ['level_shift', 'side_swap', 'missing_label'];

export const findingsTogether = (document: Pick<AnalysisDocument, 'findings'>): FoundTogether[] => {
  const found = new Map<string, FoundTogether>();
  for (const one of document.findings) {
    const key = [one.type, one.pair, one.shift ?? '', one.type === 'missing_label' ? one.text : ''].join('|');
    const known = found.get(key) ?? { type: one.type, pair: one.pair, text: one.text, cases: [] };
    known.cases.push({ id: one.case, name: one.case_name, text: one.text });
    found.set(key, known);
  }
  const rank = (one: FoundTogether) => SEVERITY.indexOf(one.type) * 10_000 - one.cases.length;
  return [...found.values()].toSorted((a, b) => rank(a) - rank(b));
};

export const FINDING_TITLES: Readonly<Record<string, string>> = {
  level_shift: 'The level numbering differs',
  side_swap: 'Left and right seem swapped',
  missing_label: 'A label is missing',
};
