import { Anchor, Badge, Button, Card, Group, NativeSelect, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { IconArrowsLeftRight, IconWand } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { messageOf } from '../../api/problem';
import { keys, useModelVersions, useStudy } from '../../api/queries';
import {
  modelVersionReinstate, type ScoredCase, scoringStart, type ScoreMeasure, type Scope, type ScoreTable, useModelVersion, useScores,
} from '../../api/registry';
import { trackJob } from '../../api/trackedJobs';
import type { Label, LabelScore, ModelVersion } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import tableClasses from '../parts/DataTable.module.css';
import { Facts } from '../parts/Facts';
import { LabelMark, Undefined } from '../parts/marks';
import { bytesText, fixed, timeText } from '../parts/numbers';
import { PageHeader } from '../parts/PageHeader';
import { mayTrain } from '../parts/roles';
import { Loaded } from '../parts/states';
import { withInterval } from '../results/words';
import { compareAddress } from './compareAddress';
import { Exports } from './Exports';
import { ModelCard } from './ModelCard';
import { PromoteDialog } from './PromoteDialog';
import { Propose } from './Propose';
import { RetireDialog } from './RetireDialog';
import { StateBadge } from './StateBadge';
import { useRegistryChange } from './useRegistryChange';
import { digitsOf, MEASURE_NAMES } from './versionWords';

const NO_LABELS: readonly Label[] = [];

/** One model version: how good it is and where, what it came from, its card, and what can be done with it. */
export default function VersionPage() {
  const { slug = '', versionId = '' } = useParams();
  const study = useStudy(slug).data;
  const query = useModelVersion(versionId);
  const may = mayTrain(study);
  return (
    <Loaded query={query}>
      {(version) => (
        <>
          <PageHeader
            title={version.name}
            about={
              <Group gap={8}>
                <Anchor component={Link} to={`/studies/${slug}/models`} size="sm">
                  Models
                </Anchor>
                <span>{version.architecture_title}</span>
                <span>{timeText(version.created_at)}</span>
                <StateBadge state={version.state} />
              </Group>
            }
          >
            <Actions slug={slug} version={version} mayMake={may} />
          </PageHeader>
          <Stack gap="lg">
            <Scores slug={slug} version={version} labels={study?.labels ?? NO_LABELS} mayMake={may} />
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <Origin slug={slug} version={version} />
              {may && <Exports version={version} />}
            </SimpleGrid>
            <ModelCard version={version} mayMake={may} />
          </Stack>
        </>
      )}
    </Loaded>
  );
}

function Actions({ slug, version, mayMake }: { slug: string; version: ModelVersion; mayMake: boolean }) {
  const [dialog, setDialog] = useState<'promote' | 'retire' | 'propose' | null>(null);
  const others = useModelVersions(slug).data?.filter((other) => other.id !== version.id) ?? [];
  const against = others.find((other) => other.state === 'serving') ?? others[0];
  const reinstate = useRegistryChange(slug, () => modelVersionReinstate(version.id));
  const close = () => setDialog(null);
  return (
    <>
      {against && (
        <Button component={Link} to={compareAddress(slug, version.id, against.id)} variant="default" leftSection={<IconArrowsLeftRight size={16} aria-hidden />}>
          Compare
        </Button>
      )}
      {mayMake && (
        <>
          {version.state !== 'retired' && (
            <Button variant="default" leftSection={<IconWand size={16} aria-hidden />} onClick={() => setDialog('propose')}>
              Propose…
            </Button>
          )}
          {version.state === 'retired' ? (
            <Button variant="default" loading={reinstate.isPending} onClick={() => reinstate.mutate(undefined)}>
              Bring back
            </Button>
          ) : (
            <Button variant="default" onClick={() => setDialog('retire')}>
              Retire…
            </Button>
          )}
          {version.state === 'candidate' && <Button onClick={() => setDialog('promote')}>Promote…</Button>}
        </>
      )}
      {reinstate.error && (
        <Text size="sm" c="var(--radicula-red)" role="alert">
          {messageOf(reinstate.error)}
        </Text>
      )}
      {dialog === 'promote' && <PromoteDialog slug={slug} version={version} onClose={close} />}
      {dialog === 'retire' && <RetireDialog slug={slug} version={version} onClose={close} />}
      {dialog === 'propose' && <Propose slug={slug} version={version} onClose={close} />}
    </>
  );
}

interface ScoresProps {
  slug: string;
  version: ModelVersion;
  labels: readonly Label[];
  mayMake: boolean;
}

function Scores({ slug, version, labels, mayMake }: ScoresProps) {
  const [scope, setScope] = useState<Scope>('test');
  const [measure, setMeasure] = useState<ScoreMeasure>('dice');
  const table = useScores(version.id, scope, measure);
  return (
    <Card component="section" aria-label="How good it is">
      <Group justify="space-between" mb="sm">
        <Title order={2}>How good it is</Title>
        <Group gap="xs" align="flex-end">
          <NativeSelect
            size="xs"
            aria-label="On which cases"
            value={scope}
            onChange={(event) => setScope(event.currentTarget.value === 'all' ? 'all' : 'test')}
            data={[
              { value: 'test', label: 'frozen test set' },
              { value: 'all', label: 'all scored cases' },
            ]}
          />
          <NativeSelect
            size="xs"
            aria-label="By which measure"
            value={measure}
            onChange={(event) => setMeasure(event.currentTarget.value as ScoreMeasure)}
            data={Object.entries(MEASURE_NAMES).map(([value, label]) => ({ value, label }))}
          />
          {mayMake && <ScoreButton slug={slug} version={version} scope={scope} />}
        </Group>
      </Group>
      <Loaded query={table}>{(found) => <ScoreTables slug={slug} found={found} labels={labels} />}</Loaded>
    </Card>
  );
}

function ScoreButton({ slug, version, scope }: { slug: string; version: ModelVersion; scope: Scope }) {
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: () => scoringStart(version.id, scope),
    onSuccess: async (job) => {
      trackJob(job.id);
      await queries.invalidateQueries({ queryKey: keys.activeJobs });
      await queries.invalidateQueries({ queryKey: keys.models(slug) });
    },
  });
  return (
    <>
      <Button size="xs" variant="default" loading={start.isPending} onClick={() => start.mutate()} title="Score it on what it was not scored on yet">
        Score
      </Button>
      {(start.error ?? start.data) && (
        <Text size="xs" c={start.error ? 'var(--radicula-red)' : 'dimmed'} role={start.error ? 'alert' : 'status'} maw={280}>
          {start.error ? messageOf(start.error) : 'The engine has it; come back when the job is done.'}
        </Text>
      )}
    </>
  );
}

function ScoreTables({ slug, found, labels }: { slug: string; found: ScoreTable; labels: readonly Label[] }) {
  const digits = digitsOf(found.measure);
  if (found.cases.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Not scored yet. {found.missing.length > 0 ? `${found.missing.length} cases with an accepted label wait: press Score.` : 'Choose a frozen test set on the page of cases, and accept its labels.'}
      </Text>
    );
  }
  const rows = labels.filter((label) => found.labels[String(label.value)] !== undefined);
  return (
    <Stack gap="md">
      <div className={tableClasses.frame}>
        <Table className={tableClasses.table}>
          <caption className="visually-hidden">{MEASURE_NAMES[found.measure]} by label and site</caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{MEASURE_NAMES[found.measure]}</Table.Th>
              <Table.Th data-numeric>all [95 % CI]</Table.Th>
              <Table.Th data-numeric>SD</Table.Th>
              <Table.Th data-numeric>n</Table.Th>
              {found.sites.map((site) => (
                <Table.Th key={site.site} data-numeric>
                  {site.site} (n = {site.overall.n})
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <ScoreRow name={<strong>mean over labels</strong>} score={found.overall} sites={found.sites.map((site) => site.overall)} digits={digits} />
            {rows.map((label) => (
              <ScoreRow
                key={label.value}
                name={<LabelMark label={label} />}
                score={found.labels[String(label.value)]}
                sites={found.sites.map((site) => site.labels[String(label.value)])}
                digits={digits}
              />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Text size="xs" c="dimmed">
        {found.latency ? `A case takes ${found.latency.median_seconds.toFixed(2)} s (median of ${found.latency.n}) on ${found.latency.hardware}. ` : ''}
        {found.missing.length > 0 ? `Not scored yet: ${found.missing.join(', ')}.` : ''}
      </Text>
      <DataTable
        name="scored"
        title="Case by case"
        caption="scored cases"
        columns={caseColumns(slug, found.measure, rows)}
        rows={found.cases}
        rowId={(row) => row.id}
        initialSort={{ column: 'mean', descending: found.measure.endsWith('_mm') }}
      />
    </Stack>
  );
}

interface ScoreRowProps {
  name: React.ReactNode;
  score: LabelScore | undefined;
  sites: readonly (LabelScore | undefined)[];
  digits: number;
}

function ScoreRow({ name, score, sites, digits }: ScoreRowProps) {
  return (
    <Table.Tr>
      <Table.Td>{name}</Table.Td>
      <Table.Td data-numeric>{typeof score?.mean === 'number' ? withInterval(score.mean, score.ci, digits) : <Undefined reason={score?.undefined ?? 'not scored'} />}</Table.Td>
      <Table.Td data-numeric>{fixed(score?.sd, digits)}</Table.Td>
      <Table.Td data-numeric>{score?.n ?? 0}</Table.Td>
      {sites.map((site, place) => (
        <Table.Td key={place} data-numeric>
          {typeof site?.mean === 'number' ? withInterval(site.mean, site.ci, digits) : <Undefined reason={site?.undefined ?? 'no case of this site'} />}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

const meanOf = (row: ScoredCase, measure: ScoreMeasure): number | null => {
  const values = Object.values(row.labels).flatMap((label) => (label[measure] === null ? [] : [label[measure]]));
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
};

const caseColumns = (slug: string, measure: ScoreMeasure, labels: readonly Label[]): readonly Column<ScoredCase>[] => {
  const digits = digitsOf(measure);
  const few = labels.length > 1 && labels.length <= 6 ? labels : [];
  return [
    {
      key: 'case',
      header: 'Case',
      value: (row) => row.volume_name,
      cell: (row) => <Link to={`/studies/${slug}/models/cases/${row.id}?label=${Object.keys(row.labels)[0] ?? ''}`}>{row.volume_name}</Link>,
    },
    { key: 'site', header: 'Site', value: (row) => row.site },
    { key: 'mean', header: few.length === 0 && labels.length === 1 ? MEASURE_NAMES[measure] : 'Mean over labels', value: (row) => meanOf(row, measure), cell: (row) => fixed(meanOf(row, measure), digits), numeric: true },
    ...few.map((label): Column<ScoredCase> => ({
      key: `label-${label.value}`,
      header: label.name,
      value: (row) => row.labels[String(label.value)]?.[measure] ?? null,
      cell: (row) => {
        const one = row.labels[String(label.value)];
        const value = one?.[measure] ?? null;
        return value === null ? <Undefined reason={one?.undefined[measure] ?? 'not scored'} /> : fixed(value, digits);
      },
      numeric: true,
    })),
    { key: 'seconds', header: 'Seconds', value: (row) => row.seconds, cell: (row) => fixed(row.seconds, 2), numeric: true },
    {
      key: 'notes',
      header: 'Notes',
      value: (row) => [row.leaked ?? '', row.outdated ? 'another label was accepted since' : ''].filter(Boolean).join('; '),
      cell: (row) => (
        <>
          {row.leaked !== null && (
            <Badge size="sm" color="yellow" variant="light" miw="max-content" title={`Left out of the means: ${row.leaked}`}>
              learned from
            </Badge>
          )}
          {row.outdated && <Text size="xs">another label was accepted since</Text>}
        </>
      ),
    },
  ];
};

function Origin({ slug, version }: { slug: string; version: ModelVersion }) {
  return (
    <Card component="section" aria-label="Where it comes from">
      <Title order={2} mb="sm">
        Where it comes from
      </Title>
      <Facts
        facts={[
          ['made by', version.training_run === null ? 'import of a file' : <Link key="run" to={`/studies/${slug}/models/runs/${version.training_run}`}>a training run: settings, snapshot, curves</Link>],
          ['began from', version.parent === null ? 'fresh weights' : <Link key="parent" to={`/studies/${slug}/models/versions/${version.parent.id}`}>{version.parent.name}</Link>],
          ['weights', <code key="sha">{version.weights_sha256}</code>],
          ['size', bytesText(version.size_bytes)],
          ['promoted', version.promoted_at === null ? 'never' : `${timeText(version.promoted_at)} by ${version.promoted_by ?? 'the command line'}`],
        ]}
      />
    </Card>
  );
}
