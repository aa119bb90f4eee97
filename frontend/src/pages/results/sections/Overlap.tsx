import { useCallback, useMemo } from 'react';
import { useAnalysisRows } from '../../../api/queries';
import type { AnalysisRow, DocumentPair } from '../../../api/types';
import type { Ink } from '../../parts/chartInk';
import { fixed } from '../../parts/numbers';
import { consensusPairs, labelsFound, labelTitle, pairMatrix, pairTitle, readingPairs, summaryOf } from '../answer';
import { labelOf, lookOf, type Shown, useMetric, useOpen, useShown } from '../context';
import { Figure } from '../Figure';
import { rowAddress } from '../filters';
import { headerOf } from '../measures';
import { type Column, distributionPlot, MOST_DOTS } from '../plots/distribution';
import { matrixPlot } from '../plots/matrix';
import { type MeanLine, pairMeansPlot } from '../plots/pairMeans';
import { type RoundLine, roundsPlot } from '../plots/rounds';

/** More rows than this are not fetched for dots that a box stands for anyway. */
const MOST_ROWS = 4000;

const shownPairs = ({ document, filters }: Shown): DocumentPair[] => {
  const pairs = readingPairs(document).filter(
    (pair) => filters.reader === null || pair.reader_a === filters.reader || pair.reader_b === filters.reader,
  );
  return filters.pair === null ? pairs : document.pairs.filter((pair) => pair.index === filters.pair);
};

/** Cases of a group: its rows are those whose case has the fact. */
const inGroup = ({ document, filters: { group } }: Shown): ((row: AnalysisRow) => boolean) => {
  if (group === null) return () => true;
  const labels = new Map(document.labels.map((label) => [label.value, label]));
  const facts = new Map(document.cases.map((one) => [one.volume, { ...one.facts, session: one.session }]));
  return (row) => {
    if (group.by === 'level' || group.by === 'side') return labels.get(row.label)?.[group.by] === group.value;
    return (facts.get(row.volume) as Record<string, string | undefined> | undefined)?.[group.by] === group.value;
  };
};

/** How the metric is distributed in each label, over the pairs that are chosen. */
export function Distribution() {
  const shown = useShown();
  const { analysis, document, filters, slug } = shown;
  const measure = useMetric();
  const few = document.rows.count <= MOST_ROWS;
  const rows = useAnalysisRows(analysis.id, {}, few).data;
  const pairs = useMemo(() => shownPairs(shown), [shown]);
  const columns = useMemo((): Column[] => {
    const wanted = new Set(pairs.map((pair) => pair.index));
    const inside = inGroup(shown);
    const mine = (rows ?? []).filter((row) => wanted.has(row.pair) && inside(row));
    return labelsFound(document)
      .filter((label) => filters.label === null || label.value === filters.label)
      .flatMap((label) => {
        const choice = { label: label.value, pair: filters.pair, group: filters.group };
        const summary = filters.reader === null || filters.pair !== null ? summaryOf(document, choice, measure.key) : null;
        const own = mine.filter((row) => row.label === label.value);
        return summary === null && own.length === 0 ? [] : [{ label: labelOf(shown, label), summary, rows: own }];
      });
  }, [shown, rows, pairs, document, filters, measure]);
  const build = useCallback((ink: Ink) => distributionPlot(columns, pairs, measure, ink), [columns, pairs, measure]);
  const dotted = columns.every((column) => column.rows.length <= MOST_DOTS && column.rows.length > 0);
  return (
    <Figure
      name={`${measure.key}-by-label`}
      title={`${measure.name} by label`}
      about={dotted ? 'Each dot is one label of one volume for one pair of readers; the line is the mean, the thin line its interval. A dot opens the case.' : `Quartiles and range; the line is the mean. Single values are drawn for up to ${MOST_DOTS} of them.`}
      height={340}
      label={`${measure.name} of each case, by label`}
      build={build}
      onOpen={useOpen()}
      table={{
        head: ['Volume', 'Label', 'Pair', headerOf(measure)],
        rows: columns.flatMap(({ label, rows: own }) =>
          own.map((row) => ({
            to: rowAddress(slug, analysis.id, row.number, filters),
            cells: [row.volume_name, label.name, pairTitle(document.pairs[row.pair] ?? { title_a: '', title_b: '' }), fixed(row[measure.key], measure.digits)],
          })),
        ),
      }}
    />
  );
}

/** Rater by rater: a square of the means; with two readers there is one number, which the headline says already. */
export function Matrix() {
  const shown = useShown();
  const { document, filters } = shown;
  const measure = useMetric();
  const cells = useMemo(
    () => pairMatrix(document, { label: filters.label, group: filters.group }, measure.key),
    [document, filters, measure],
  );
  const build = useCallback((ink: Ink) => matrixPlot(document.readers, cells, measure, filters.label, ink), [document, cells, measure, filters.label]);
  const open = useOpen();
  if (document.readers.length < 3 || cells.flat().every(({ summary }) => summary === null)) return null;
  return (
    <Figure
      name={`${measure.key}-matrix`}
      title={`${measure.name}, reader by reader`}
      about={`Mean over the cases that both have read, ${labelTitle(document, filters.label)}. A field opens the worst case of its pair.`}
      height={Math.min(460, 90 + 52 * document.readers.length)}
      label={`Mean ${measure.name} of every two readers`}
      build={build}
      onOpen={open}
      table={{
        head: ['Reader', ...document.readers.map((reader) => reader.title)],
        rows: document.readers.map((reader, y) => ({
          cells: [reader.title, ...(cells[y] ?? []).map(({ summary }) => (summary === null ? null : fixed(summary.mean, measure.digits)))],
        })),
      }}
    />
  );
}

/** Every pair with its mean and interval: raters with each other, models with raters, each with the others' consensus. */
export function PairMeans() {
  const shown = useShown();
  const { analysis, document, filters } = shown;
  const measure = useMetric();
  const lines = useMemo((): (MeanLine & { pair: DocumentPair })[] => {
    const pairs = [...readingPairs(document), ...consensusPairs(document)];
    return pairs.flatMap((pair) => {
      const summary = summaryOf(document, { label: filters.label, pair: pair.index, group: filters.group }, measure.key);
      if (summary === null || summary.mean === null) return [];
      const mine = document.readers[pair.reader_b];
      return [{ pair, title: pairTitle(pair), ...lookOf(shown, mine), summary, opens: { pair: pair.index, label: filters.label } }];
    });
  }, [shown, document, filters, measure]);
  const build = useCallback((ink: Ink) => pairMeansPlot(lines, measure, ink), [lines, measure]);
  const open = useOpen();
  if (lines.length < 2) return null;
  return (
    <Figure
      name={`${measure.key}-by-pair`}
      title={analysis.kind === 'human_model' ? `Model against raters, ${measure.name}` : `${measure.name} by pair`}
      about={`Mean and interval by drawing whole subjects, ${labelTitle(document, filters.label)}; the colour is that of the second reader. A mark opens the pair's worst case.`}
      height={70 + 40 * lines.length}
      label={`Mean ${measure.name} of every pair with its interval`}
      build={build}
      onOpen={open}
      table={{
        head: ['Pair', 'Mean', 'Interval', 'SD', 'n'],
        rows: lines.map(({ pair, summary }) => ({
          cells: [pairTitle(pair), fixed(summary.mean, measure.digits), summary.ci === null ? null : summary.ci.map((end) => fixed(end, measure.digits)).join(' to '), fixed(summary.sd, measure.digits), summary.n],
        })),
      }}
    />
  );
}

/** Successive model versions against one reference. */
export function Rounds() {
  const shown = useShown();
  const { analysis, document, filters } = shown;
  const measure = useMetric();
  const pairs = useMemo(() => {
    const references = [...new Set(readingPairs(document).map((pair) => pair.reader_a))];
    const reference = references.find((place) => place === filters.reader) ?? references[0];
    return readingPairs(document).filter((pair) => pair.reader_a === reference);
  }, [document, filters.reader]);
  const lines = useMemo((): RoundLine[] =>
    labelsFound(document)
      .filter((label) => filters.label === null || label.value === filters.label)
      .map((label) => ({
        label: labelOf(shown, label),
        points: pairs.map((pair) => ({
          summary: summaryOf(document, { label: label.value, pair: pair.index, group: filters.group }, measure.key),
          opens: { pair: pair.index, label: label.value },
        })),
      })), [shown, document, pairs, filters, measure]);
  const rounds = useMemo(() => pairs.map((pair) => pair.title_b), [pairs]);
  const build = useCallback((ink: Ink) => roundsPlot(rounds, lines, measure, ink), [rounds, lines, measure]);
  const open = useOpen();
  if (analysis.kind !== 'rounds' || pairs.length < 2) return null;
  return (
    <Figure
      name={`${measure.key}-by-round`}
      title={`${measure.name} round by round`}
      about={`Against ${pairs[0]?.title_a ?? 'the reference'}, on the frozen test set.`}
      height={340}
      label={`Mean ${measure.name} of each model version, by label`}
      build={build}
      onOpen={open}
      table={{
        head: ['Label', ...rounds],
        rows: lines.map(({ label, points }) => ({ cells: [label.name, ...points.map(({ summary }) => fixed(summary?.mean, measure.digits))] })),
      }}
    />
  );
}
