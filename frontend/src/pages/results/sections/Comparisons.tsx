import { Text, Title } from '@mantine/core';
import { fixed } from '../../parts/numbers';
import { labelTitle } from '../answer';
import { useMetric, useShown } from '../context';
import { Numbers } from '../Figure';
import { headerOf } from '../measures';
import { pText, withInterval } from '../words';

/** Models or tools against one reference: paired tests, with Holm's correction where the server made one. */
export function Comparisons() {
  const { document, filters } = useShown();
  const measure = useMetric();
  const found = document.comparisons.filter((one) => one.metric === measure.key && (filters.label === null || one.label === filters.label));
  const rows = found.flatMap((one) =>
    one.pairs.map((pair) => ({
      cells: [
        `${document.readers[pair.reader_a]?.title ?? ''} – ${document.readers[pair.reader_b]?.title ?? ''}`,
        document.readers[one.reference]?.title ?? '',
        labelTitle(document, one.label),
        ...[pair.reader_a, pair.reader_b].map((place) => fixed(one.means.find((mean) => mean.reader === place)?.mean, measure.digits)),
        withInterval(pair.paired_t.difference.value, pair.paired_t.difference.ci, measure.digits),
        withInterval(pair.paired_t.effect.value, pair.paired_t.effect.ci, 2),
        pText(pair.paired_t.holm_p ?? pair.paired_t.p),
        pText(pair.wilcoxon.holm_p ?? pair.wilcoxon.p),
      ],
    })),
  );
  if (rows.length === 0) return null;
  const friedman = found.find((one) => one.label === (filters.label ?? null))?.friedman;
  return (
    <section aria-label="Comparison against one reference">
      <Title order={2}>Which of them is nearer to the reference</Title>
      <Text size="sm" c="dimmed" mb="xs">
        {headerOf(measure)}, paired over the cases that both have. p after Holm&apos;s correction where several are tested.
        {friedman && friedman.chi2 !== null && ` Friedman: χ² = ${fixed(friedman.chi2, 2)}, df = ${fixed(friedman.df, 0)}, p ${pText(friedman.p)}, Kendall's W = ${fixed(friedman.kendall_w, 2)}.`}
      </Text>
      <Numbers
        title={`${measure.name} of two readers against the same reference`}
        table={{ head: ['Compared (first – second)', 'Reference', 'Label', 'Mean of the first', 'Mean of the second', 'Difference (second − first)', 'Effect', 'p, paired t', 'p, Wilcoxon'], rows }}
      />
    </section>
  );
}
