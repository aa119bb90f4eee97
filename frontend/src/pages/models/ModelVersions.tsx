import { Badge, Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { IconWand } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { modelVersionPromote } from '../../api/client';
import { messageOf } from '../../api/problem';
import { keys } from '../../api/queries';
import type { Label, ModelVersion } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { bytesText, timeText } from '../parts/numbers';
import { Propose } from './Propose';
import { meanScore, ScoreList } from './scores';

interface ModelVersionsProps {
  slug: string;
  labels: readonly Label[];
  versions: readonly ModelVersion[];
}

export function ModelVersions({ slug, labels, versions }: ModelVersionsProps) {
  const [promoting, setPromoting] = useState<ModelVersion | null>(null);
  if (versions.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No model version yet: one is made when a training run is done.
      </Text>
    );
  }
  const columns: readonly Column<ModelVersion>[] = [
    { key: 'number', header: 'No.', value: (row) => row.number, numeric: true },
    {
      key: 'name',
      header: 'Model',
      value: (row) => row.name,
      cell: (row) => (
        <>
          <Text size="sm" fw={500}>
            {row.name}
          </Text>
          <Text size="xs" c="dimmed">
            {row.architecture_title} · {timeText(row.created_at)} · {bytesText(row.size_bytes)} ·{' '}
            <Link to={`/studies/${slug}/models/runs/${row.training_run}`}>run</Link>
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
      key: 'dice',
      header: 'Dice on the test set, mean ± SD',
      value: (row) => meanScore(row.scores),
      cell: (row) => <ScoreList scores={row.scores} labels={labels} />,
    },
    {
      key: 'state',
      header: 'State',
      value: (row) => row.state,
      cell: (row) => (
        <Badge miw="max-content" {...(row.state === 'serving' && { color: 'teal', variant: 'filled' })}>
          {row.state}
        </Badge>
      ),
    },
    {
      key: 'actions',
      header: '',
      value: () => '',
      cell: (row) => <VersionActions slug={slug} version={row} onPromote={() => setPromoting(row)} />,
    },
  ];
  return (
    <>
      <DataTable
        title="Model versions"
        name="models"
        caption="model versions"
        columns={columns}
        rows={versions}
        rowId={(row) => row.id}
        initialSort={{ column: 'number', descending: true }}
      />
      {promoting && <Promote slug={slug} version={promoting} versions={versions} onClose={() => setPromoting(null)} />}
    </>
  );
}

interface VersionActionsProps {
  slug: string;
  version: ModelVersion;
  onPromote: () => void;
}

function VersionActions({ slug, version, onPromote }: VersionActionsProps) {
  const [proposing, setProposing] = useState(false);
  return (
    <Stack gap={6} align="flex-end">
      {version.state !== 'serving' && (
        <Button size="compact-xs" variant="default" onClick={onPromote}>
          {version.state === 'retired' ? 'Roll back to this' : 'Promote'}
        </Button>
      )}
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconWand size={12} aria-hidden />}
        onClick={() => setProposing(true)}
        title="Propose labels for cases"
      >
        Propose…
      </Button>
      {proposing && <Propose slug={slug} version={version} onClose={() => setProposing(false)} />}
    </Stack>
  );
}

interface PromoteProps {
  slug: string;
  version: ModelVersion;
  versions: readonly ModelVersion[];
  onClose: () => void;
}

function Promote({ slug, version, versions, onClose }: PromoteProps) {
  const queries = useQueryClient();
  const serving = versions.find((other) => other.state === 'serving');
  const promote = useMutation({
    mutationFn: () => modelVersionPromote(version.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keys.models(slug) });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Let ${version.name} serve?`}>
      <Stack>
        <Text size="sm">
          From now on it makes the proposals of this study.{' '}
          {serving ? `${serving.name} is retired and stays here, so you can roll back to it.` : 'None serves now.'}
        </Text>
        {promote.error && (
          <Text size="sm" c="var(--radicula-red)" role="alert">
            {messageOf(promote.error)}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={promote.isPending} onClick={() => promote.mutate()} data-autofocus>
            Promote
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
