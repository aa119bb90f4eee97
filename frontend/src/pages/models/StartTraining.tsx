import { Alert, Button, Group, Modal, MultiSelect, NumberInput, Select, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { type TrainingQuestion, trainingStart } from '../../api/client';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { keys, useRaters, useTrainingPreview } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import type { TrainingPreview } from '../../api/types';
import { Facts } from '../parts/Facts';
import { focusOnMount } from '../parts/focusOnMount';
import { Loaded, RowsSkeleton } from '../parts/states';
import type { Split } from './splitEdit';
import { PlanFacts } from './PlanFacts';
import { SplitEditor } from './SplitEditor';
import { SETTING_FIELDS, TrainingSettings } from './TrainingSettings';

interface StartTrainingProps {
  slug: string;
  onClose: () => void;
}

/** What the user chose against the protocol's defaults. */
interface Changes extends Partial<TrainingPreview['defaults']> {
  split?: Split | undefined;
  /** A candidate of the protocol. */
  model?: string;
}

const questionOf = ({ raters, inputs, left_out, initial, split, ...rest }: Changes): TrainingQuestion => ({
  ...rest,
  ...(initial && { initial }),
  ...(inputs && { inputs: inputs.join(',') }),
  ...(left_out && { left_out: left_out.join(',') }),
  ...(raters && { raters: raters.join(',') }),
  ...(split && { train: split.train.join(','), validation: split.validation.join(',') }),
});

/** What a run would take now, and the start of it. */
export function StartTraining({ slug, onClose }: StartTrainingProps) {
  const [changes, setChanges] = useState<Changes>({});
  const [question] = useDebouncedValue(questionOf(changes), 300);
  const preview = useTrainingPreview(slug, question);
  return (
    <Modal opened onClose={onClose} title="Train a model" size="xl">
      <Loaded query={preview} skeleton={<RowsSkeleton rows={5} height={40} />}>
        {(data) => (
          <TrainingForm slug={slug} preview={data} changes={changes} onChange={setChanges} onClose={onClose} />
        )}
      </Loaded>
    </Modal>
  );
}

const FIELDS = ['model', 'architecture', 'epochs', 'seed', 'raters', 'train', 'validation', ...SETTING_FIELDS] as const;

/** What was chosen for one architecture and means nothing for another. */
const withoutArchitecture = ({ encoder: _encoder, batch_size: _batch, margin_mm: _margin, ...rest }: Changes): Changes =>
  rest;

/** What was chosen for one candidate and follows from another one by itself. */
const withoutModel = ({ architecture: _architecture, inputs: _inputs, epochs: _epochs, ...rest }: Changes): Changes =>
  withoutArchitecture(rest);

interface TrainingFormProps extends StartTrainingProps {
  preview: TrainingPreview;
  changes: Changes;
  onChange: (changes: Changes) => void;
}

function TrainingForm({ slug, preview, changes, onChange, onClose }: TrainingFormProps) {
  const raters = useRaters(slug).data ?? [];
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { split, ...settings } = changes;
  const input = { ...preview.defaults, ...settings };
  const set = (change: Changes) => onChange({ ...changes, ...change });
  const start = useMutation({
    // Only what was chosen: the rest follows from the protocol and the data, as the preview shows it.
    mutationFn: () => trainingStart(slug, { seed: input.seed, ...settings, ...split }),
    onSuccess: async (run) => {
      trackJob(run.job.id);
      await queries.invalidateQueries({ queryKey: keys.runs(slug) });
      await navigate(`/studies/${slug}/models/runs/${run.id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  const names = [...new Set([...raters.map((rater) => rater.name), ...input.raters])];
  const formError = formErrorOf(start.error, FIELDS);
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {preview.problems.length > 0 && (
          <Alert color="amber" variant="light" title="Before a training can start">
            {preview.problems.map((problem) => (
              <Text key={problem} size="sm">
                {problem}
              </Text>
            ))}
          </Alert>
        )}
        <Select
          label="Model"
          description="What the study's protocol compares"
          data-autofocus
          ref={focusOnMount}
          data={preview.models.map((model) => ({ value: model.name, label: model.title }))}
          value={changes.model ?? preview.models.find((model) => model.default)?.name ?? null}
          allowDeselect={false}
          error={fieldErrorOf(start.error, 'model')}
          onChange={(model) => onChange({ ...withoutModel(changes), ...(model !== null && { model }) })}
        />
        <Group align="flex-start" grow>
          <Select
            label="Architecture"
            data={preview.architectures.map((name) => ({ value: name, label: preview.titles[name] ?? name }))}
            value={input.architecture}
            allowDeselect={false}
            error={fieldErrorOf(start.error, 'architecture')}
            onChange={(architecture) =>
              onChange({ ...withoutArchitecture(changes), architecture: architecture ?? input.architecture })
            }
          />
          <NumberInput
            label="Epochs"
            min={1}
            value={input.epochs}
            error={fieldErrorOf(start.error, 'epochs')}
            onChange={(epochs) => set({ epochs: Number(epochs) || 1 })}
          />
          <NumberInput
            label="Seed"
            min={0}
            value={input.seed}
            error={fieldErrorOf(start.error, 'seed')}
            onChange={(seed) => set({ seed: Number(seed) || 0 })}
          />
        </Group>
        <MultiSelect
          label="Raters, in order of preference"
          description="Where several have labelled a volume, the first of these is learned from."
          data={names}
          value={input.raters}
          error={fieldErrorOf(start.error, 'raters')}
          onChange={(chosen) => set({ raters: chosen })}
        />
        <div>
          <Title order={3} mb={6}>
            Subjects
          </Title>
          <SplitEditor
            split={split ?? preview}
            test={preview.test}
            edited={split !== undefined}
            error={fieldErrorOf(start.error, 'train') ?? fieldErrorOf(start.error, 'validation')}
            onChange={(next) => set({ split: next })}
          />
          {preview.notes.map((note) => (
            <Text key={note} size="sm" mt={6}>
              {note}
            </Text>
          ))}
        </div>
        <TrainingSettings slug={slug} preview={preview} input={input} error={start.error} onChange={set} />
        <PlanFacts preview={preview} />
        {formError !== null && (
          <Text size="sm" c="var(--radicula-red)" role="alert">
            {formError}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={start.isPending} disabled={preview.problems.length > 0}>
            Start training
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function SplitFacts({ split }: { split: Pick<TrainingPreview, 'train' | 'validation' | 'test'> }) {
  const text = (subjects: readonly string[]) =>
    subjects.length === 0 ? 'none' : `${subjects.length}: ${subjects.join(', ')}`;
  return (
    <Facts
      facts={[
        ['Train', text(split.train)],
        ['Validation', text(split.validation)],
        ['Test', text(split.test)],
      ]}
    />
  );
}
