import { Button, Code, Group, Text } from '@mantine/core';
import { IconArrowsLeftRight, IconFileImport } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Label, ModelVersion } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { RowLink } from '../parts/marks';
import { bytesText, timeText } from '../parts/numbers';
import { compareAddress } from './compareAddress';
import { ImportModel } from './ImportModel';
import { PromoteDialog } from './PromoteDialog';
import { ScoreList } from './scores';
import { StateBadge } from './StateBadge';
import { scoreText } from './versionWords';

interface ModelVersionsProps {
  slug: string;
  labels: readonly Label[];
  versions: readonly ModelVersion[];
  mayMake: boolean;
}

const columns = (slug: string, labels: readonly Label[], onPromote: ((version: ModelVersion) => void) | null): readonly Column<ModelVersion>[] => [
  { key: 'number', header: 'No.', value: (row) => row.number, numeric: true },
  {
    key: 'name',
    header: 'Model',
    value: (row) => row.name,
    cell: (row) => (
      <>
        <RowLink to={`/studies/${slug}/models/versions/${row.id}`}>{row.name}</RowLink>
        <Text size="xs" c="dimmed">
          {row.architecture_title} · {timeText(row.created_at)} · {bytesText(row.size_bytes)}
          {row.parent ? ` · from ${row.parent.name}` : ''}
          {row.training_run === null ? ' · imported' : ''}
        </Text>
      </>
    ),
  },
  {
    key: 'sha',
    header: 'Weights',
    value: (row) => row.weights_sha256,
    cell: (row) => <Code title={row.weights_sha256}>{row.weights_sha256.slice(0, 10)}</Code>,
  },
  {
    key: 'overall',
    header: 'Dice on the frozen test set [95 % CI]',
    value: (row) => row.overall?.mean ?? null,
    cell: (row) => (labels.length === 1 || row.overall === null || row.overall.mean === null ? <ScoreList scores={row.scores} labels={labels} /> : scoreText(row.overall)),
  },
  {
    key: 'latency',
    header: 'Seconds a case',
    value: (row) => row.latency?.median_seconds ?? null,
    cell: (row) => (row.latency === null ? '–' : <span title={`median of ${row.latency.n} on ${row.latency.hardware}`}>{row.latency.median_seconds.toFixed(2)}</span>),
    numeric: true,
  },
  { key: 'state', header: 'State', value: (row) => row.state, cell: (row) => <StateBadge state={row.state} /> },
  ...(onPromote === null
    ? []
    : [
        {
          key: 'actions',
          header: '',
          value: () => '',
          cell: (row: ModelVersion) =>
            row.state === 'candidate' ? (
              <div style={{ position: 'relative', zIndex: 1 }}>
                <Button size="compact-xs" variant="default" onClick={() => onPromote(row)} aria-label={`Promote ${row.name}`}>
                  Promote…
                </Button>
              </div>
            ) : null,
        },
      ]),
];

/** All versions with their scores; two that are chosen can be compared. */
export function ModelVersions({ slug, labels, versions, mayMake }: ModelVersionsProps) {
  const [promoting, setPromoting] = useState<ModelVersion | null>(null);
  const [importing, setImporting] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const navigate = useNavigate();
  // The newer one is held against the older one, in whichever order they were chosen.
  const [first, second] = versions.filter((version) => chosen.has(version.id)).toSorted((a, b) => b.number - a.number);
  const importButton = mayMake && (
    <Button size="xs" variant="default" leftSection={<IconFileImport size={14} aria-hidden />} onClick={() => setImporting(true)}>
      Import…
    </Button>
  );
  return (
    <>
      {versions.length === 0 ? (
        <Group>
          <Text size="sm" c="dimmed">
            No model version yet: one is made when a training run is done. One of another study can be imported.
          </Text>
          {importButton}
        </Group>
      ) : (
        <DataTable
          title="Model versions"
          name="models"
          caption="model versions"
          columns={columns(slug, labels, mayMake ? setPromoting : null)}
          rows={versions}
          rowId={(row) => row.id}
          initialSort={{ column: 'number', descending: true }}
          {...(versions.length > 1 && { selection: { ids: chosen, onChange: setChosen } })}
          actions={
            <Group gap="xs">
              {versions.length > 1 && (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconArrowsLeftRight size={14} aria-hidden />}
                  disabled={chosen.size !== 2}
                  title={chosen.size === 2 ? 'Side by side' : 'Choose two versions'}
                  onClick={() => first && second && void navigate(compareAddress(slug, first.id, second.id))}
                >
                  Compare
                </Button>
              )}
              {importButton}
            </Group>
          }
        />
      )}
      {promoting && <PromoteDialog slug={slug} version={promoting} onClose={() => setPromoting(null)} />}
      {importing && <ImportModel slug={slug} onClose={() => setImporting(false)} />}
    </>
  );
}
