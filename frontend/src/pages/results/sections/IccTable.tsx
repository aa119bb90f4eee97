import { Table, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Icc, Reliability } from '../../../api/types';
import classes from '../../parts/DataTable.module.css';
import { LabelMark, Undefined } from '../../parts/marks';
import { fixed } from '../../parts/numbers';
import { intervalOf, levelText, reliabilityOf } from '../answer';
import { labelOf, useShown } from '../context';
import { digitsFor } from '../plots/blandAltman';
import { measurementTitle, pText, withInterval } from '../words';
import { MoreSwitch } from './MoreSwitch';

/** Which measurement the reliability is read for; the first one unless the address says another. */
export const useMeasurement = (): string | null => {
  const { document, filters } = useShown();
  const names = document.measurements.map((one) => one.name).filter((name) => document.reliability.measurements.some((one) => one.measurement === name));
  if (filters.measurement !== null && names.includes(filters.measurement)) return filters.measurement;
  return names.includes('volume_mm3') ? 'volume_mm3' : (names[0] ?? null);
};

/** ICC in all six forms under both names, and the errors of measurement, per label. */
export function IccTable() {
  const shown = useShown();
  const { document, filters, slug } = shown;
  const [more, setMore] = useState(false);
  const measurement = useMeasurement();
  const entries = reliabilityOf(document, filters).filter((entry) => entry.measurement === measurement);
  if (measurement === null || entries.length === 0) return null;
  const several = new Set(entries.map((entry) => entry.readers.join())).size > 1;
  return (
    <section aria-label="Reliability">
      <MoreSwitch
        title={`Reliability of the ${measurementTitle(document, measurement).toLowerCase()}`}
        words="All six forms"
        about={`Intraclass correlation with its ${levelText(document)} interval; the words are Koo and Li's (2016), judged on the interval and not on the estimate.`}
        more={more}
        onMore={setMore}
      />
      <div className={classes.frame}>
        <Table className={classes.table}>
          <caption className="visually-hidden">Intraclass correlations per label</caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Label</Table.Th>
              {several && <Table.Th>Readers</Table.Th>}
              <Table.Th>
                <Link to={`/studies/${slug}/results/measures/icc`}>Form</Link>
              </Table.Th>
              <Table.Th data-numeric>ICC [interval]</Table.Th>
              <Table.Th data-numeric>F</Table.Th>
              <Table.Th data-numeric>df1, df2</Table.Th>
              <Table.Th data-numeric>p</Table.Th>
              <Table.Th>Koo &amp; Li</Table.Th>
              <Table.Th data-numeric>Cases × readers</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.flatMap((entry) => {
              const forms = more ? entry.icc : entry.icc.filter((form) => form.type === document.reliability.default_form);
              const found = document.labels.find((label) => label.value === entry.label);
              return forms.map((form, index) => (
                <Table.Tr key={`${entry.readers.join()}-${entry.label}-${form.type}`}>
                  <Table.Th scope="row" fw={400}>
                    {index === 0 && found ? <LabelMark label={labelOf(shown, found)} /> : null}
                  </Table.Th>
                  {several && <Table.Td>{index === 0 ? readersText(shown.document.readers, entry) : null}</Table.Td>}
                  <IccCells form={form} />
                  <Table.Td data-numeric>{`${entry.n_targets} × ${entry.n_raters}`}</Table.Td>
                </Table.Tr>
              ));
            })}
          </Table.Tbody>
        </Table>
      </div>
      <ErrorsTable entries={entries} measurement={measurement} />
    </section>
  );
}

const readersText = (readers: readonly { title: string }[], entry: Reliability): string =>
  entry.readers.map((place) => readers[place]?.title ?? '').join(', ');

function IccCells({ form }: { form: Icc }) {
  const ci = intervalOf(form);
  const value =
    form.value === null ? <Undefined reason={form.undefined['value'] ?? 'It is not defined.'} /> : withInterval(form.value, ci, 2);
  return (
    <>
      <Table.Td>
        {form.type}{' '}
        <Text span c="dimmed" size="xs" title={`${form.model}, ${form.definition}, ${form.unit}`}>
          {form.shrout_fleiss}
        </Text>
      </Table.Td>
      <Table.Td data-numeric>{value}</Table.Td>
      <Table.Td data-numeric>{fixed(form.f, 2)}</Table.Td>
      <Table.Td data-numeric>{form.df1 === null ? '–' : `${degrees(form.df1)}, ${degrees(form.df2)}`}</Table.Td>
      <Table.Td data-numeric>{pText(form.p)}</Table.Td>
      <Table.Td>{form.words ?? <Undefined reason={form.undefined['words'] ?? 'There is no interval to judge.'} />}</Table.Td>
    </>
  );
}

const degrees = (df: number | null): string => (df === null ? '–' : fixed(df, Number.isInteger(df) ? 0 : 1));

/** SEM, SDC and CoV: how far two readings lie apart in the unit of the measurement. */
function ErrorsTable({ entries, measurement }: { entries: readonly Reliability[]; measurement: string }) {
  const shown = useShown();
  const { document } = shown;
  const unit = document.measurements.find((one) => one.name === measurement)?.unit.replace('mm3', 'mm³').replace('mm2', 'mm²') ?? '';
  const several = new Set(entries.map((entry) => entry.readers.join())).size > 1;
  const inUnit = unit === '' ? '' : ` (${unit})`;
  return (
    <div className={classes.frame} style={{ marginTop: 12 }}>
      <Table className={classes.table}>
        <caption className="visually-hidden">Standard error of measurement, smallest detectable change and coefficient of variation per label</caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Label</Table.Th>
            {several && <Table.Th>Readers</Table.Th>}
            <Table.Th data-numeric>SEM, agreement{inUnit}</Table.Th>
            <Table.Th data-numeric>SEM, consistency{inUnit}</Table.Th>
            <Table.Th data-numeric>Smallest detectable change{inUnit}</Table.Th>
            <Table.Th data-numeric>Within-subject CoV (%)</Table.Th>
            <Table.Th data-numeric>ICC by whole subjects</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => {
            const found = document.labels.find((label) => label.value === entry.label);
            const digits = digitsFor(entry.sem_agreement);
            const cell = (value: number | null, key: string, places = digits) =>
              value === null ? <Undefined reason={entry.undefined[key] ?? 'It is not defined.'} /> : fixed(value, places);
            return (
              <Table.Tr key={`${entry.readers.join()}-${entry.label}`}>
                <Table.Th scope="row" fw={400}>
                  {found && <LabelMark label={labelOf(shown, found)} />}
                </Table.Th>
                {several && <Table.Td>{readersText(document.readers, entry)}</Table.Td>}
                <Table.Td data-numeric>{cell(entry.sem_agreement, 'sem_agreement')}</Table.Td>
                <Table.Td data-numeric>{cell(entry.sem_consistency, 'sem_consistency')}</Table.Td>
                <Table.Td data-numeric>{cell(entry.sdc, 'sdc')}</Table.Td>
                <Table.Td data-numeric>{cell(entry.within_cov_percent, 'within_cov_percent', 1)}</Table.Td>
                <Table.Td data-numeric>
                  {entry.bootstrap.value === null ? <Undefined reason={entry.bootstrap.undefined['value'] ?? 'It is not defined.'} /> : withInterval(entry.bootstrap.value, entry.bootstrap.ci, 2)}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </div>
  );
}
