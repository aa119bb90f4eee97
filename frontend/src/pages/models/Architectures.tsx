import { Alert, Badge, Button, Checkbox, Group, Loader, Modal, NumberInput, Progress, Stack, Text, Title } from '@mantine/core';
import { IconScale } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { architectureComparisonCancel, architectureComparisonStart } from '../../api/client';
import { fieldErrorOf, formErrorOf, messageOf } from '../../api/problem';
import { keys, useArchitectureComparisons, useTrainingPreview } from '../../api/queries';
import type { ArchitectureComparison, Label } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { countOf, fixed, percent, timeText } from '../parts/numbers';
import { diceText, differenceText, pairOf, pText, splitText } from './architecturesText';

type Candidate = ArchitectureComparison['candidates'][number];

interface ArchitecturesProps {
  slug: string;
  labels: readonly Label[];
  mayMake: boolean;
}

/** The protocol's candidates on one identical split: which is best, and by more than chance? */
export function Architectures({ slug, labels, mayMake }: ArchitecturesProps) {
  const comparisons = useArchitectureComparisons(slug);
  const [asking, setAsking] = useState(false);
  const list = comparisons.data ?? [];
  return (
    <section aria-label="Architectures">
      <Group justify="space-between" mb="sm">
        <div>
          <Title order={2}>Architectures</Title>
          <Text size="sm" c="dimmed">
            The protocol&apos;s candidates on the same subjects: Dice with its 95 % interval, and paired tests (Wilcoxon, Holm over all pairs).
          </Text>
        </div>
        {mayMake && (
          <Button variant="default" leftSection={<IconScale size={16} aria-hidden />} onClick={() => setAsking(true)}>
            Compare architectures…
          </Button>
        )}
      </Group>
      {comparisons.error && <Text c="var(--radicula-red)">{messageOf(comparisons.error)}</Text>}
      <Stack gap="xl">
        {list.map((comparison) => (
          <Comparison key={comparison.id} slug={slug} comparison={comparison} labels={labels} mayMake={mayMake} />
        ))}
      </Stack>
      {asking && <Ask slug={slug} onClose={() => setAsking(false)} />}
    </section>
  );
}

const STATE: Record<string, string> = { queued: 'waits', running: 'trains', done: 'done', failed: 'failed', cancelled: 'cancelled' };

function Comparison({ slug, comparison, labels, mayMake }: ArchitecturesProps & { comparison: ArchitectureComparison }) {
  const best = comparison.candidates.find((candidate) => candidate.best)?.name ?? null;
  const names = new Map(labels.map((label) => [String(label.value), label.name]));
  const values = [...new Set(comparison.candidates.flatMap((candidate) => Object.keys(candidate.labels)))];
  const columns: readonly Column<Candidate>[] = [
    {
      key: 'title',
      header: 'Architecture',
      value: (row) => row.title,
      cell: (row) => (
        <Group gap={8} wrap="nowrap" style={{ whiteSpace: 'nowrap' }}>
          {row.run === null ? row.title : <Link to={`/studies/${slug}/models/runs/${row.run}`}>{row.title}</Link>}
          {row.best && (
            <Badge size="sm" color="teal">
              best
            </Badge>
          )}
        </Group>
      ),
    },
    {
      key: 'state',
      header: 'State',
      value: (row) => STATE[row.state] ?? row.state,
      cell: (row) => (
        <Text size="sm">
          {STATE[row.state] ?? row.state}
          {row.state === 'running' ? `, ${percent(row.progress)}` : ''}
          {row.reason === '' ? '' : `: ${row.reason}`}
        </Text>
      ),
    },
    { key: 'dice', header: 'Dice, mean ± SD [95 % CI]', value: (row) => row.overall?.mean ?? null, cell: (row) => diceText(row), numeric: true },
    {
      key: 'against',
      header: 'To the best [95 % CI]',
      value: (row) => (best === null || row.best ? null : (pairOf(comparison.pairs, row.name, best)?.difference ?? null)),
      cell: (row) => (best === null || row.best ? '' : differenceText(pairOf(comparison.pairs, row.name, best))),
      numeric: true,
    },
    {
      key: 'p',
      header: 'p (Holm)',
      value: (row) => (best === null || row.best ? null : (pairOf(comparison.pairs, row.name, best)?.holm_p ?? null)),
      cell: (row) => (best === null || row.best ? '' : pText(pairOf(comparison.pairs, row.name, best)?.holm_p ?? null)),
      numeric: true,
    },
    ...(values.length > 1
      ? values.map((value) => ({
          key: `label-${value}`,
          header: names.get(value) ?? `Label ${value}`,
          value: (row: Candidate) => row.labels[value]?.mean ?? null,
          cell: (row: Candidate) => fixed(row.labels[value]?.mean, 3),
          numeric: true,
        }))
      : []),
  ];
  return (
    <div>
      <DataTable
        title={timeText(comparison.created_at)}
        name={`architectures-${comparison.id.slice(0, 8)}`}
        caption={`architectures compared at ${timeText(comparison.created_at)}`}
        columns={columns}
        rows={comparison.candidates}
        rowId={(row) => row.name}
        actions={mayMake && comparison.state === 'running' && <Cancel slug={slug} comparison={comparison} />}
      />
      {comparison.state === 'running' && <Progress value={comparison.progress * 100} size="sm" mt={6} aria-label="How far the comparison is" />}
      <Text size="xs" c="dimmed" mt={4}>
        {splitText(comparison)}; compared on {countOf(comparison.cases.length, 'case')}; seed {comparison.seed}; code {comparison.code_version}.
      </Text>
    </div>
  );
}

function Cancel({ slug, comparison }: { slug: string; comparison: ArchitectureComparison }) {
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => architectureComparisonCancel(comparison.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.architectures(slug) }),
  });
  return (
    <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()} title={cancel.error ? messageOf(cancel.error) : 'What is done stays, and is compared'}>
      Cancel all
    </Button>
  );
}

const FEWEST = 2;
const FIELDS = ['models', 'folds', 'seed', 'epochs'] as const;

function Ask({ slug, onClose }: { slug: string; onClose: () => void }) {
  const preview = useTrainingPreview(slug, {});
  const offered = preview.data?.models ?? [];
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<string[] | null>(null);
  const [folds, setFolds] = useState<number>(0);
  const [seed, setSeed] = useState<number>(0);
  const [epochs, setEpochs] = useState<number | null>(null);
  const names = chosen ?? offered.map((model) => model.name);
  const start = useMutation({
    mutationFn: () => architectureComparisonStart(slug, { models: chosen, folds, seed, epochs }),
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: keys.architectures(slug) }), queries.invalidateQueries({ queryKey: keys.activeJobs })]);
      onClose();
    },
  });
  const formError = formErrorOf(start.error, FIELDS);
  const whole = (value: string | number): number | null => (typeof value === 'number' ? value : null);
  return (
    <Modal opened onClose={onClose} title="Compare architectures" size="lg">
      <Stack gap="md">
        <Checkbox.Group
          label="Candidates of the protocol"
          value={names}
          onChange={setChosen}
          error={fieldErrorOf(start.error, 'models') ?? (preview.data && names.length < FEWEST ? 'Two or more can be compared.' : undefined)}
        >
          <Stack gap={6} mt={4} mb={4}>
            {preview.isPending && (
              <Group gap={8}>
                <Loader size="xs" aria-hidden />
                <Text size="sm">Looking at what the protocol offers and what is labelled…</Text>
              </Group>
            )}
            {preview.error && <Text c="var(--radicula-red)">{messageOf(preview.error)}</Text>}
            {offered.map((model) => (
              <Checkbox key={model.name} value={model.name} label={model.title} description={model.architecture} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Group grow align="flex-start">
          <NumberInput label="Folds" description="0 for one split" min={0} max={20} value={folds} error={fieldErrorOf(start.error, 'folds')} onChange={(value) => setFolds(whole(value) ?? 0)} />
          <NumberInput label="Epochs" description="Empty: each one's own" min={1} value={epochs ?? ''} error={fieldErrorOf(start.error, 'epochs')} onChange={(value) => setEpochs(whole(value))} />
          <NumberInput label="Seed" description="Of split, weights and patches" min={0} value={seed} error={fieldErrorOf(start.error, 'seed')} onChange={(value) => setSeed(whole(value) ?? 0)} />
        </Group>
        <Text size="sm" c="dimmed">
          They train one after the other on the same subjects; with one split they are compared on the frozen test set. One that can&apos;t be trained stands in the table with its reason.
        </Text>
        {formError !== null && (
          <Alert color="red" variant="light" role="alert">
            {formError}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button loading={start.isPending} disabled={names.length < FEWEST} onClick={() => start.mutate()}>
            {preview.data ? `Train and compare ${names.length}` : 'Train and compare'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
