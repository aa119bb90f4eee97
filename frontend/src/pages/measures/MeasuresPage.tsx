import { Anchor, Button, Group, Stack, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCalculator, IconDownload } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { measuresFileUrl } from '../../api/client';
import { useMeasureSummary, useMeasureValues, useStudy } from '../../api/queries';
import type { ClinicalMeasure, ClinicalSummary, MeasureValue } from '../../api/types';
import { Chart } from '../parts/Chart';
import { useChartInk } from '../parts/chartInk';
import { type Column, DataTable } from '../parts/DataTable';
import { RowLink, Undefined } from '../parts/marks';
import { PageHeader } from '../parts/PageHeader';
import { mayTrain } from '../parts/roles';
import { EmptyState, Loaded } from '../parts/states';
import { Figure } from '../results/Figure';
import { type Look, Looks } from '../results/looks';
import { ChoiceBar } from './ChoiceBar';
import { type Choice, filterOf, measureOf, useChoice } from './choice';
import { ComputeMeasures } from './ComputeMeasures';
import classes from './Measures.module.css';
import { Standing } from './Standing';
import { itemOf, valuePlot } from './valuePlot';
import { significant, voxelsAddress, withUnit } from './valueText';

/** What the labels say: the clinical measures of the study's protocol, as plot, table and files. */
export default function MeasuresPage() {
  const { slug = '' } = useParams();
  const study = useStudy(slug).data;
  const summary = useMeasureSummary(slug);
  const [choice, setChoice] = useChoice();
  const [computing, setComputing] = useState(false);
  const there = summary.data;
  const compute = mayTrain(study) ? (
    <Button leftSection={<IconCalculator size={16} aria-hidden />} onClick={() => setComputing(true)}>
      Compute measures
    </Button>
  ) : null;
  return (
    <>
      <PageHeader title="Measures" about="What do the labels say?">
        {there && there.tables > 0 ? compute : null}
      </PageHeader>
      <Loaded query={summary}>
        {(found) => {
          const measure = measureOf(found, choice);
          if (measure === undefined) return <NoMeasures />;
          return found.tables === 0 ? (
            <EmptyState icon={IconCalculator} title="Nothing is measured yet" action={compute}>
              <p>
                This protocol measures {found.measures.map((one) => one.title.toLowerCase()).join('; ')}. It is done for every label map that was handed in, and for
                proposals. {found.missing === 0 && 'There is none yet: import or draw labels first.'}
              </p>
            </EmptyState>
          ) : (
            <Stack gap="md">
              <Standing summary={found} />
              <Overview slug={slug} summary={found} shown={measure} onChoose={(name) => setChoice({ measure: name })} />
              <ChoiceBar summary={found} measure={measure} choice={choice} onChange={setChoice} />
              <Numbers slug={slug} summary={found} measure={measure} choice={choice} />
            </Stack>
          );
        }}
      </Loaded>
      {computing && there && <ComputeMeasures slug={slug} summary={there} onClose={() => setComputing(false)} />}
    </>
  );
}

function NoMeasures() {
  return (
    <EmptyState icon={IconCalculator} title="This protocol has no clinical measure">
      Its labels are compared under Results. A protocol names clinical measures in its file, under measures.
    </EmptyState>
  );
}

const useLooks = (summary: ClinicalSummary): ((value: MeasureValue) => Look) =>
  useMemo(() => {
    const named = (source: string, reader: string) => ({ type: source === 'consensus' ? ('accepted' as const) : (source as 'rater' | 'model' | 'tool'), name: reader });
    const looks = new Looks(summary.authors.map(({ source, reader }) => named(source, reader)));
    return (value) => looks.of(named(value.source, value.reader));
  }, [summary]);

interface OverviewProps {
  slug: string;
  summary: ClinicalSummary;
  shown: ClinicalMeasure;
  onChoose: (name: string) => void;
}

/** A small plot of each measure's first quantity; the one that is looked at is framed. */
function Overview({ slug, summary, shown, onChoose }: OverviewProps) {
  if (summary.measures.length < 2) return null;
  return (
    <div className={classes.overview}>
      {summary.measures.map((measure) => (
        <SmallPlot key={measure.name} slug={slug} summary={summary} measure={measure} shown={measure.name === shown.name} onChoose={() => onChoose(measure.name)} />
      ))}
    </div>
  );
}

const NO_VALUES: readonly MeasureValue[] = [];
const NOTHING: Choice = { measure: null, quantity: null, variant: null, label: null, side: null, level: null, author: null };

function SmallPlot({ slug, summary, measure, shown, onChoose }: { slug: string; summary: ClinicalSummary; measure: ClinicalMeasure; shown: boolean; onChoose: () => void }) {
  const values = useMeasureValues(slug, filterOf(measure, NOTHING)).data ?? NO_VALUES;
  const ink = useChartInk();
  const lookOf = useLooks(summary);
  const quantity = measure.quantities.find((one) => one.name === measure.headline);
  const option = useMemo(() => valuePlot(values, measure.title, quantity?.unit ?? '', lookOf, ink, true), [values, measure, quantity, lookOf, ink]);
  return (
    <UnstyledButton className={classes.small} data-shown={shown || undefined} aria-pressed={shown} onClick={onChoose}>
      <Text size="sm" fw={500} lineClamp={1}>
        {measure.title}
      </Text>
      <Text size="xs" c="dimmed">
        {quantity?.title}
        {quantity?.unit ? `, ${quantity.unit}` : ''}
      </Text>
      {values.some((one) => one.value !== null) ? (
        <Chart option={option} height={120} label={`${measure.title}: ${quantity?.title ?? ''} by label`} />
      ) : (
        <Text size="xs" c="dimmed" mt={8}>
          No numbers yet.
        </Text>
      )}
    </UnstyledButton>
  );
}

interface NumbersProps {
  slug: string;
  summary: ClinicalSummary;
  measure: ClinicalMeasure;
  choice: Choice;
}

function Numbers({ slug, summary, measure, choice }: NumbersProps) {
  const filter = filterOf(measure, choice);
  const query = useMeasureValues(slug, filter);
  const navigate = useNavigate();
  const lookOf = useLooks(summary);
  const quantity = measure.quantities.find((one) => one.name === filter.quantity);
  const title = quantity?.title ?? '';
  return (
    <Loaded query={query}>
      {(values) => (
        <Stack gap="lg">
          <Figure
            name={`${slug}-${measure.name}-${filter.quantity ?? ''}`}
            title={quantity?.unit ? `${title} (${quantity.unit})` : title}
            about={`${quantity?.meaning ?? ''}. ${measure.reference === '' ? 'Our own definition.' : `After ${measure.reference}.`} n = ${values.filter((one) => one.value !== null).length}.`}
            height={340}
            label={`${title} of ${values.length} label maps and items; the same numbers stand in the table below`}
            build={(ink) => valuePlot(values, title, quantity?.unit ?? '', lookOf, ink)}
            onOpen={(opens) => {
              const value = 'row' in opens ? values[opens.row] : undefined;
              if (value) void navigate(voxelsAddress(slug, value));
            }}
            table={{
              head: ['Case', 'By', 'Item', quantity?.unit ? `${title} (${quantity.unit})` : title],
              rows: values.map((one) => ({ cells: [one.case.name, one.title, itemOf(one), one.value === null ? null : significant(one.value)], to: voxelsAddress(slug, one) })),
            }}
          />
          <DataTable
            title="Numbers"
            name={`measures-${measure.name}`}
            caption="numbers of the measure"
            columns={columnsOf(slug)}
            rows={values}
            rowId={(row) => `${row.table}-${row.place}`}
            actions={<Files slug={slug} measure={measure.name} />}
            nothingFound="No number fits these choices."
          />
        </Stack>
      )}
    </Loaded>
  );
}

/** Everything of the measure, with units, reasons and origins. */
function Files({ slug, measure }: { slug: string; measure: string }) {
  return (
    <Group gap="xs">
      {(['csv', 'parquet'] as const).map((kind) => (
        <Anchor key={kind} href={measuresFileUrl(slug, kind, { measure, slices: true })} download size="xs" aria-label={`The whole measure with its origin as ${kind === 'csv' ? 'CSV' : 'Parquet'}`}>
          <Group gap={4}>
            <IconDownload size={14} aria-hidden /> All as {kind === 'csv' ? 'CSV' : 'Parquet'}
          </Group>
        </Anchor>
      ))}
    </Group>
  );
}

const columnsOf = (slug: string): readonly Column<MeasureValue>[] => [
  { key: 'case', header: 'Case', value: (row) => row.case.name, cell: (row) => <RowLink to={voxelsAddress(slug, row)}>{row.case.name}</RowLink> },
  { key: 'by', header: 'By', value: (row) => row.title },
  { key: 'item', header: 'Of', value: (row) => itemOf(row) },
  { key: 'side', header: 'Side', value: (row) => row.side },
  { key: 'level', header: 'Level', value: (row) => row.level },
  {
    key: 'value',
    header: 'Value',
    value: (row) => row.value,
    cell: (row) => (row.value === null ? <Undefined reason={row.undefined} /> : withUnit(row)),
    numeric: true,
  },
  { key: 'state', header: 'State', value: (row) => row.outdated, cell: (row) => <State value={row} /> },
];

function State({ value }: { value: MeasureValue }) {
  if (value.outdated === '') {
    return (
      <Text size="xs" c="dimmed">
        {value.accepted ? 'accepted' : 'holds'}
      </Text>
    );
  }
  return (
    <Tooltip label={`${value.outdated}: compute the measures again`}>
      <Group gap={4} wrap="nowrap" className={classes.outdated}>
        <IconAlertTriangle size={14} aria-hidden />
        <Text size="xs">outdated: {value.outdated}</Text>
      </Group>
    </Tooltip>
  );
}
