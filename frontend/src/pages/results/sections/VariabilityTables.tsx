import { Text, Title } from '@mantine/core';
import { fixed } from '../../parts/numbers';
import { labelTitle } from '../answer';
import { useShown } from '../context';
import { Numbers } from '../Figure';
import { digitsFor } from '../plots/blandAltman';
import { measurementTitle, pText, withInterval } from '../words';

/** SD and CoV of the measurements across sites, vendors, sessions or resolutions, and tests between them. */
export function VariabilityTables() {
  const { document, filters } = useShown();
  // Of a single label, all labels together say the same once more.
  const several = new Set(document.variability.map((one) => one.label)).size > 2;
  const entries = document.variability.filter(
    (one) => (several || one.label !== null) && (filters.label === null || one.label === filters.label) && (filters.measurement === null || one.measurement === filters.measurement) && (filters.reader === null || one.reader === filters.reader),
  );
  if (entries.length === 0) return null;
  const reasons = [...new Set(entries.flatMap((one) => Object.values(one.undefined)))];
  const tests = entries.flatMap((one) =>
    one.tests.map((test) => ({
      cells: [
        `${one.by} ${test.group_a} – ${test.group_b}`,
        measurementTitle(document, one.measurement),
        labelTitle(document, one.label),
        `${test.mann_whitney.n_first}, ${test.mann_whitney.n_second}`,
        withInterval(test.welch_t.difference.value, test.welch_t.difference.ci, digitsFor(test.welch_t.difference.value === null ? null : Math.abs(test.welch_t.difference.value))),
        pText(test.mann_whitney.holm_p ?? test.mann_whitney.p),
        pText(test.welch_t.holm_p ?? test.welch_t.p),
      ],
    })),
  );
  return (
    <section aria-label="Variability">
      <Title order={2}>Variability across groups</Title>
      <Text size="sm" c="dimmed" mb="xs">
        Spread of each measurement over the groups, mean ± SD over what was measured in several of them. The CoV shrinks as the mean grows; the SD in the
        measurement&apos;s unit does not.
      </Text>
      <Numbers
        title="SD and coefficient of variation across groups"
        table={{
          head: ['Across', 'Groups', 'Reader', 'Measurement', 'Label', 'n', 'SD', 'CoV (%)'],
          rows: entries.map((one) => ({
            cells: [
              one.by,
              one.groups.join(', '),
              document.readers[one.reader]?.title ?? '',
              unitTitle(document.measurements, one.measurement),
              labelTitle(document, one.label),
              one.sd.n,
              one.sd.mean === null ? reason(one.sd.undefined) : spread(one.sd.mean, one.sd.sd, digitsFor(one.sd.mean)),
              one.cov_percent === null ? null : spread(one.cov_percent.mean, one.cov_percent.sd, 1),
            ],
          })),
        }}
      />
      {reasons.map((text) => (
        <Text key={text} size="xs" c="dimmed" mt={4}>
          CoV –: {text}.
        </Text>
      ))}
      {tests.length > 0 && (
        <>
          <Title order={3} mt="md" mb="xs">
            Between two groups
          </Title>
          <Numbers title="Tests between two groups" table={{ head: ['Groups', 'Measurement', 'Label', 'n, n', 'Difference of means', 'p, Mann–Whitney', 'p, Welch'], rows: tests }} />
        </>
      )}
    </section>
  );
}

const spread = (mean: number | null, sd: number | null, digits: number): string =>
  sd === null ? fixed(mean, digits) : `${fixed(mean, digits)} ± ${fixed(sd, digits)}`;

const reason = (undefined_: Readonly<Record<string, string>>): string => `– ${Object.values(undefined_)[0] ?? ''}`.trim();

const unitTitle = (measurements: readonly { name: string; title: string; unit: string }[], name: string): string => {
  const found = measurements.find((one) => one.name === name);
  return found === undefined ? name : `${found.title}${found.unit === '' ? '' : ` (${found.unit.replace('mm3', 'mm³')})`}`;
};
