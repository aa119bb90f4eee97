import { Button, Group, MultiSelect, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { analysisCreate } from '../../api/client';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { keys, useCases } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import type { AnalysisInput, AnalysisKind, AnalysisOptions, KnownReader, Label } from '../../api/types';
import { countOf } from '../parts/numbers';
import { isMeasure, measureOf } from './measures';
import { allowedReaders, readerKey, startingReaders, whatIsMissing } from './question';

interface NewStudyAnalysisProps {
  slug: string;
  kind: AnalysisKind;
  options: AnalysisOptions;
  labels: readonly Label[];
  onClose: () => void;
}

/** Starts an analysis and goes to its page. */
export function useAnalysisStart(slug: string) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (question: AnalysisInput) => analysisCreate(slug, question),
    onSuccess: async (analysis) => {
      trackJob(analysis.job.id);
      await queries.invalidateQueries({ queryKey: keys.analyses(slug) });
      await navigate(`/studies/${slug}/results/${analysis.id}`);
    },
  });
}

const FIELDS = ['readers', 'cases', 'labels', 'metrics', 'measurements', 'group_by', 'tolerance_mm', 'title'] as const;

/** A question of one kind to the whole study. What is left empty is everything that the kind is about. */
export function NewStudyAnalysis({ slug, kind, options, labels, onClose }: NewStudyAnalysisProps) {
  const start = useAnalysisStart(slug);
  const cases = useCases(slug).data ?? [];
  const allowed = allowedReaders(options, kind);
  const [readers, setReaders] = useState(() => startingReaders(options, kind).map(readerKey));
  const [chosen, setChosen] = useState<Record<'cases' | 'labels' | 'metrics' | 'measurements' | 'group_by', string[]>>({
    cases: [], labels: [], metrics: [], measurements: [], group_by: [],
  });
  const [tolerance, setTolerance] = useState(1);
  const [title, setTitle] = useState('');
  const picked = allowed.filter((reader) => readers.includes(readerKey(reader)));
  const missing = whatIsMissing(kind, picked);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const some = (values: string[]) => (values.length === 0 ? null : values);
    start.mutate({
      kind,
      readers: picked.map(({ type, name, read }) => ({ type, name, read })),
      cases: some(chosen.cases),
      labels: some(chosen.labels)?.map(Number) ?? null,
      metrics: (some(chosen.metrics) as AnalysisInput['metrics']) ?? null,
      measurements: some(chosen.measurements),
      group_by: chosen.group_by,
      tolerance_mm: tolerance,
      consensus: 'staple',
      level: 0.95,
      resamples: 2000,
      seed: 0,
      title: title.trim(),
    });
  };
  const several = (name: keyof typeof chosen, label: string, placeholder: string, data: { value: string; label: string }[]) => (
    <MultiSelect
      label={label}
      placeholder={chosen[name].length === 0 ? placeholder : ''}
      data={data}
      searchable={data.length > 8}
      clearable
      value={chosen[name]}
      onChange={(value) => setChosen({ ...chosen, [name]: value })}
      error={fieldErrorOf(start.error, name)}
    />
  );
  const formError = formErrorOf(start.error, FIELDS);
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <MultiSelect
          label="Who"
          data={allowed.map((reader) => ({ value: readerKey(reader), label: `${reader.title}${reader.type === 'rater' && reader.read === 1 ? ', read 1' : ''} (${countOf(reader.volumes, 'volume')})` }))}
          searchable={allowed.length > 8}
          value={readers}
          onChange={setReaders}
          error={fieldErrorOf(start.error, 'readers')}
        />
        <Group grow align="flex-start">
          {several('labels', 'Labels', 'All', labels.map((label) => ({ value: String(label.value), label: label.name })))}
          {several('cases', 'Cases', kind === 'rounds' ? 'The frozen test set' : 'All', cases.map((one) => ({ value: one.id, label: one.name })))}
        </Group>
        <Group grow align="flex-start">
          {several('metrics', 'Metrics', 'All', options.metrics.flatMap(({ name }) => (isMeasure(name) ? [{ value: name, label: measureOf(name).name }] : [])))}
          {several('measurements', 'Measurements', 'The usual ones', options.measurements.map((one) => ({ value: one.name, label: one.title })))}
        </Group>
        <Group grow align="flex-start">
          {several('group_by', 'Tell apart by', 'Nothing', options.groupings.map((one) => ({ value: one.name, label: `${one.name} (${countOf(Object.keys(one.values).length, 'group')})` })))}
          <NumberInput label="Tolerance of the surface Dice (mm)" min={0} step={0.5} decimalScale={2} value={tolerance} onChange={(value) => setTolerance(Number(value) || 0)} error={fieldErrorOf(start.error, 'tolerance_mm')} />
        </Group>
        <TextInput label="Title" placeholder="Named after what is compared" value={title} maxLength={200} onChange={(event) => setTitle(event.currentTarget.value)} />
        <Text size="sm" role="status">
          {missing ?? toldReaders(picked)}
        </Text>
        {formError !== null && (
          <Text size="sm" c="var(--radicula-red)" role="alert">
            {formError}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={start.isPending} disabled={missing !== null}>
            Compare
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const toldReaders = (readers: readonly KnownReader[]): string =>
  `Compares ${readers.map((reader) => reader.title).join(', ')}. Volumes that somebody has not read are left out and listed with the reason.`;
