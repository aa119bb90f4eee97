import { Table, Title } from '@mantine/core';
import type { Reliability } from '../../../api/types';
import classes from '../../parts/DataTable.module.css';
import { Undefined } from '../../parts/marks';
import { fixed, percent } from '../../parts/numbers';
import { labelTitle, reliabilityOf } from '../answer';
import { useShown } from '../context';
import { Numbers } from '../Figure';
import { digitsFor } from '../plots/blandAltman';
import { pText, withInterval } from '../words';
import { useMeasurement } from './IccTable';

/** Bias, limits, concordance, correlation and paired tests of every pair of readers, per label. */
export function PairStatistics() {
  const { document, filters } = useShown();
  const measurement = useMeasurement();
  const entries = reliabilityOf(document, filters).filter((one) => one.measurement === measurement);
  const rows = entries.flatMap((entry) =>
    entry.pairs.map((pair) => {
      const digits = digitsFor(pair.bland_altman.sd);
      const { bias, lower, upper } = pair.bland_altman;
      return {
        cells: [
          `${document.readers[pair.reader_a]?.title ?? ''} – ${document.readers[pair.reader_b]?.title ?? ''}`,
          labelTitle(document, entry.label),
          pair.bland_altman.n,
          withInterval(bias.value, bias.ci, digits),
          lower.value === null ? null : `${fixed(lower.value, digits)} to ${fixed(upper.value, digits)}`,
          withInterval(pair.concordance.ccc.value, pair.concordance.ccc.ci, 2),
          withInterval(pair.pearson.r.value, pair.pearson.r.ci, 2),
          pText(pair.paired_t.holm_p ?? pair.paired_t.p),
          pText(pair.wilcoxon.holm_p ?? pair.wilcoxon.p),
        ],
      };
    }),
  );
  if (rows.length === 0) return null;
  return (
    <section aria-label="Every pair of readers">
      <Title order={2} mb="xs">
        Every pair of readers
      </Title>
      <Numbers
        title="Bias, limits of agreement, concordance, correlation and tests of every pair"
        table={{ head: ['Pair (second − first)', 'Label', 'n', 'Bias', 'Limits of agreement', "Lin's CCC", 'Pearson r', 'p, paired t', 'p, Wilcoxon'], rows }}
      />
      <RaterPairs measurement={measurement} />
      <VarianceTable entries={entries} />
    </section>
  );
}

/** Raters who read everything several times, with each other: limits of single reads. */
function RaterPairs({ measurement }: { measurement: string | null }) {
  const { document, filters } = useShown();
  const found = (document.reliability.between_raters ?? []).filter((one) => one.measurement === measurement && (filters.label === null || one.label === filters.label));
  if (found.length === 0) return null;
  return (
    <>
      <Title order={3} mt="md" mb="xs">
        Raters with each other, by all their reads
      </Title>
      <Numbers
        title="Bias and limits of agreement with repeated measures"
        table={{
          head: ['Raters (second − first)', 'Label', 'Volumes', 'Bias', 'Lower limit of single reads', 'Upper limit'],
          rows: found.map(({ rater_a, rater_b, label, limits }) => {
            const digits = digitsFor(limits.sd);
            return {
              cells: [
                `${rater_a} – ${rater_b}`,
                labelTitle(document, label),
                limits.n_subjects,
                ...[limits.bias, limits.lower, limits.upper].map(({ value, ci }) => withInterval(value, ci, digits)),
              ],
            };
          }),
        }}
      />
    </>
  );
}

/** Where the variance comes from. */
function VarianceTable({ entries }: { entries: readonly Reliability[] }) {
  const { document } = useShown();
  const models = entries.flatMap((entry) => (entry.mixed_model === null ? [] : [{ entry, model: entry.mixed_model }]));
  const terms = [...new Set(models.flatMap(({ model }) => Object.keys(model.shares ?? {})))];
  if (terms.length === 0) return null;
  return (
    <div className={classes.frame} style={{ marginTop: 12 }}>
      <Table className={classes.table}>
        <caption className="visually-hidden">Shares of the variance by what they come from</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Share of the variance</Table.Th>
            {terms.map((term) => (
              <Table.Th key={term} data-numeric>
                {term}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {models.map(({ entry, model }) => (
            <Table.Tr key={`${entry.readers.join()}-${entry.label}`}>
              <Table.Th scope="row" fw={400}>
                {labelTitle(document, entry.label)}
              </Table.Th>
              {terms.map((term) => {
                const share = model.shares?.[term];
                return (
                  <Table.Td key={term} data-numeric>
                    {share === undefined ? <Undefined reason={model.left_out[term] ?? model.undefined ?? 'It is not in this model.'} /> : percent(share, 1)}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
