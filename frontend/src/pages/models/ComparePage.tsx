import { Alert, Anchor, Button, Card, Group, NativeSelect, Stack, Table, Text, Title, Tooltip } from '@mantine/core';
import { IconArrowsExchange, IconArrowsLeftRight } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { useModelVersions, useStudy } from '../../api/queries';
import { type Compared, type Scope, type ScoreMeasure, useComparison, type VersionComparison } from '../../api/registry';
import type { Label, ModelVersion } from '../../api/types';
import type { Ink } from '../parts/chartInk';
import tableClasses from '../parts/DataTable.module.css';
import { LabelMark, Undefined } from '../parts/marks';
import { countOf, fixed } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { mayTrain } from '../parts/roles';
import { EmptyState, Loaded } from '../parts/states';
import { Figure } from '../results/Figure';
import type { Opens } from '../results/plots/frame';
import { pText } from '../results/words';
import { comparePlot, pairsOf, worstFirst } from './comparePlot';
import { PromoteDialog } from './PromoteDialog';
import { differenceText, digitsOf, labelName, MEASURE_NAMES } from './versionWords';

const SCOPES: readonly { value: Scope; label: string }[] = [
  { value: 'test', label: 'frozen test set' },
  { value: 'all', label: 'all scored cases' },
];

/** Two versions side by side, on the cases that both were scored on and neither learned from. */
export default function ComparePage() {
  const { slug = '' } = useParams();
  const [params, setParams] = useSearchParams();
  const versions = useModelVersions(slug);
  const set = (changes: Record<string, string>) =>
    setParams((current) => {
      const next = new URLSearchParams(current);
      for (const [name, value] of Object.entries(changes)) next.set(name, value);
      return next;
    }, { replace: true });
  return (
    <>
      <PageHeader
        title="Compare versions"
        about={
          <Anchor component={Link} to={`/studies/${slug}/models`} size="sm">
            Models
          </Anchor>
        }
      />
      <Loaded query={versions}>
        {(list) =>
          list.length < 2 ? (
            <EmptyState icon={IconArrowsLeftRight} title="Two versions are needed">
              Train another one, or import one from a file: then both stand side by side here.
            </EmptyState>
          ) : (
            <Question slug={slug} versions={list} params={params} set={set} />
          )
        }
      </Loaded>
    </>
  );
}

interface QuestionProps {
  slug: string;
  versions: readonly ModelVersion[];
  params: URLSearchParams;
  set: (changes: Record<string, string>) => void;
}

function Question({ slug, versions, params, set }: QuestionProps) {
  const newest = versions[0]?.id ?? '';
  const first = params.get('first') ?? newest;
  const serving = versions.find((version) => version.state === 'serving')?.id;
  const fallback = serving === first ? undefined : serving;
  const second = params.get('second') ?? fallback ?? versions.find((version) => version.id !== first)?.id ?? '';
  const scope: Scope = params.get('scope') === 'all' ? 'all' : 'test';
  const asked = params.get('measure') ?? '';
  const measure: ScoreMeasure = asked in MEASURE_NAMES ? (asked as ScoreMeasure) : 'dice';
  const question = useMemo(
    () => (first === second ? null : { first, second, scope, measure }),
    [first, second, scope, measure],
  );
  const comparison = useComparison(slug, question);
  const options = versions.map((version) => ({ value: version.id, label: `${version.name}${version.state === 'candidate' ? '' : `, ${version.state}`}` }));
  return (
    <Stack gap="lg">
      <Group align="flex-end" gap="sm">
        <NativeSelect label="Version" data={options} value={first} onChange={(event) => set({ first: event.currentTarget.value, second })} />
        <Button variant="default" aria-label="Swap the two versions" title="Swap the two versions" onClick={() => set({ first: second, second: first })}>
          <IconArrowsExchange size={16} aria-hidden />
        </Button>
        <NativeSelect label="against" data={options} value={second} onChange={(event) => set({ first, second: event.currentTarget.value })} />
        <NativeSelect label="on" data={[...SCOPES]} value={scope} onChange={(event) => set({ scope: event.currentTarget.value })} />
        <NativeSelect
          label="by"
          data={Object.entries(MEASURE_NAMES).map(([value, label]) => ({ value, label }))}
          value={measure}
          onChange={(event) => set({ measure: event.currentTarget.value })}
        />
      </Group>
      {question === null ? (
        <Text size="sm" c="dimmed">
          Choose two different versions.
        </Text>
      ) : (
        <Loaded query={comparison}>{(found) => <Answer slug={slug} found={found} versions={versions} />}</Loaded>
      )}
    </Stack>
  );
}

interface AnswerProps {
  slug: string;
  found: VersionComparison;
  versions: readonly ModelVersion[];
}

const NO_LABELS: readonly Label[] = [];

function Answer({ slug, found, versions }: AnswerProps) {
  const [label, setLabel] = useState<number | null>(null);
  const [promoting, setPromoting] = useState(false);
  const study = useStudy(slug).data;
  const labels = study?.labels ?? NO_LABELS;
  const first = versions.find((version) => version.id === found.first.id);
  if (found.cases.length === 0) {
    return (
      <Stack>
        <EmptyState icon={IconArrowsLeftRight} title="Nothing to compare">
          There is no case that both were scored on and neither learned from. Score both on the frozen test set: on each one&apos;s page.
        </EmptyState>
        <LeftOut found={found} />
      </Stack>
    );
  }
  return (
    <Stack gap="lg">
      <Verdict found={found} />
      <Differences found={found} labels={labels} chosen={label} onChoose={setLabel} />
      <PairedFigure slug={slug} found={found} labels={labels} label={label} />
      <LeftOut found={found} />
      {first && first.state === 'candidate' && mayTrain(study) && (
        <Group>
          <Button onClick={() => setPromoting(true)}>Promote {first.name}…</Button>
        </Group>
      )}
      {promoting && first && <PromoteDialog slug={slug} version={first} onClose={() => setPromoting(false)} />}
    </Stack>
  );
}

/** The answer in a sentence, made of the numbers below it. */
function Verdict({ found }: { found: VersionComparison }) {
  const { overall, less_is_better: lessIsBetter } = found;
  const digits = digitsOf(found.measure);
  const [low, high] = overall.difference.ci ?? [];
  const apart = low !== undefined && high !== undefined && (low > 0 || high < 0);
  const better = (overall.difference.value ?? 0) > 0 !== lessIsBetter;
  // A bootstrap of few subjects is too narrow; the rank test, which then can't reach 0.05, says so.
  const sure = overall.p !== null && overall.p < 0.05;
  const which = better ? 'better' : 'worse';
  const words = !apart ? 'No difference can be told from these cases' : `${found.first.name} ${sure ? 'is' : 'seems'} ${which}${sure ? '' : ', on few cases'}`;
  return (
    <Alert variant="light" color={!apart ? 'gray' : better ? 'teal' : 'red'} title={words}>
      {MEASURE_NAMES[found.measure]}, mean over labels: {fixed(overall.first_mean, digits)} against {fixed(overall.second_mean, digits)}; difference{' '}
      {differenceText(overall.difference.value, overall.difference.ci, digits)}, p {pText(overall.p)} (Wilcoxon), n = {overall.n} of{' '}
      {countOf(overall.subjects, 'subject')}.
    </Alert>
  );
}

interface DifferencesProps {
  found: VersionComparison;
  labels: readonly Label[];
  chosen: number | null;
  onChoose: (label: number | null) => void;
}

function Differences({ found, labels, chosen, onChoose }: DifferencesProps) {
  const digits = digitsOf(found.measure);
  return (
    <Card component="section" aria-label="Differences by label">
      <Title order={2} mb="xs">
        Differences by label
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        First minus second with its 95 % interval (bootstrap that draws subjects); p of Wilcoxon&apos;s test over subjects, Holm&apos;s correction over the labels.
      </Text>
      <div className={tableClasses.frame}>
        <Table className={tableClasses.table} highlightOnHover>
          <caption className="visually-hidden">Differences by label</caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Label</Table.Th>
              <Table.Th data-numeric>{found.first.name}</Table.Th>
              <Table.Th data-numeric>{found.second.name}</Table.Th>
              <Table.Th data-numeric>Difference [95 % CI]</Table.Th>
              <Table.Th data-numeric>p</Table.Th>
              <Table.Th data-numeric>Holm</Table.Th>
              <Table.Th data-numeric>n</Table.Th>
              <Table.Th>
                <span className="visually-hidden">Shown below</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {[found.overall, ...found.labels].map((row) => (
              <Table.Tr key={row.label_value ?? 'overall'} data-selected={row.label_value === chosen || undefined}>
                <Table.Td>{nameOf(row, labels)}</Table.Td>
                <Table.Td data-numeric>{fixed(row.first_mean, digits)}</Table.Td>
                <Table.Td data-numeric>{fixed(row.second_mean, digits)}</Table.Td>
                <Table.Td data-numeric>
                  {row.difference.value === null ? (
                    <Undefined reason={row.difference.undefined ?? 'undefined'} />
                  ) : (
                    <Tooltip label={row.difference.undefined ?? ''} disabled={row.difference.undefined === null}>
                      <span>{differenceText(row.difference.value, row.difference.ci, digits)}</span>
                    </Tooltip>
                  )}
                </Table.Td>
                <Table.Td data-numeric>{row.p === null ? <Undefined reason={row.undefined ?? 'undefined'} /> : pText(row.p)}</Table.Td>
                <Table.Td data-numeric>{pText(row.holm_p)}</Table.Td>
                <Table.Td data-numeric>{row.n}</Table.Td>
                <Table.Td>
                  <Button size="compact-xs" variant={row.label_value === chosen ? 'filled' : 'default'} aria-pressed={row.label_value === chosen} onClick={() => onChoose(row.label_value)}>
                    Show cases
                    <span className="visually-hidden"> of {labelName(labels, row.label_value)}</span>
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Card>
  );
}

const nameOf = (row: Compared, labels: readonly Label[]) => {
  const label = labels.find((one) => one.value === row.label_value);
  return label ? <LabelMark label={label} /> : <strong>{labelName(labels, row.label_value)}</strong>;
};

interface PairedFigureProps {
  slug: string;
  found: VersionComparison;
  labels: readonly Label[];
  label: number | null;
}

function PairedFigure({ slug, found, labels, label }: PairedFigureProps) {
  const navigate = useNavigate();
  const digits = digitsOf(found.measure);
  const pairs = useMemo(() => worstFirst(pairsOf(found.cases, label), found.less_is_better), [found, label]);
  const titles = [found.first.name, found.second.name] as const;
  const build = useCallback(
    (ink: Ink) => comparePlot({ pairs, titles: [found.first.name, found.second.name], axis: MEASURE_NAMES[found.measure], digits, lessIsBetter: found.less_is_better }, ink),
    [pairs, found, digits],
  );
  // Without a label the viewer begins with the one that the case has first.
  const addressOf = (place: number): string => {
    const one = pairs[place]?.case;
    const shown = label ?? Number(Object.keys(one?.labels ?? {})[0] ?? 0);
    return `/studies/${slug}/models/cases/${one?.first ?? ''}?label=${shown}&against=${one?.second ?? ''}`;
  };
  const open = (opens: Opens) => {
    if ('row' in opens) void navigate(addressOf(opens.row));
  };
  return (
    <Figure
      name={`${slug}-compared`}
      title={`Case by case: ${labelName(labels, label)}`}
      about="A line for each case: solid where the first version gained, dashed with triangles where it lost. A press on a point opens the case; the table begins with the largest loss."
      height={340}
      label={`${MEASURE_NAMES[found.measure]} of ${pairs.length} cases by ${titles.join(' and ')}`}
      build={build}
      onOpen={open}
      table={{
        head: ['Case', titles[0], titles[1], 'difference', 'site'],
        rows: pairs.map((pair, place) => ({
          cells: [pair.name, fixed(pair.first, digits), fixed(pair.second, digits), fixed(pair.difference, digits), pair.case.site || null],
          to: addressOf(place),
        })),
      }}
    />
  );
}

/** What is not compared, each with its reason. */
function LeftOut({ found }: { found: VersionComparison }) {
  const groups = [
    ['Left out, because one of the two learned from it', found.leaked],
    ['Not compared', found.unpaired],
  ] as const;
  const shown = groups.filter(([, rows]) => rows.length > 0);
  if (shown.length === 0) return null;
  return (
    <Card component="section" aria-label="What is not compared">
      <Stack gap="sm">
        {shown.map(([title, rows]) => (
          <div key={title}>
            <Title order={2}>
              {title} ({rows.length})
            </Title>
            <ul>
              {rows.map((row) => (
                <li key={row.volume_name}>
                  <Text size="sm" span>
                    {row.volume_name}: {row.reason}
                  </Text>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </Stack>
    </Card>
  );
}
