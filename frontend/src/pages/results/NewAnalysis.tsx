import { Button, Group, Modal, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { analysisCreate } from '../../api/client';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { keys, useRaters } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import type { ModelVersion } from '../../api/types';

interface NewAnalysisProps {
  slug: string;
  models: readonly ModelVersion[];
  onClose: () => void;
}

const FIELDS = ['rater_a', 'rater_b', 'read_a', 'read_b', 'title'] as const;

/** Two readings of the same cases: by two raters, twice by one, or by a rater and a model. */
export function NewAnalysis({ slug, models, onClose }: NewAnalysisProps) {
  const raters = useRaters(slug);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [input, setInput] = useState({ rater_a: '', rater_b: '', read_a: 1, read_b: 1, title: '' });
  const make = useMutation({
    mutationFn: () => analysisCreate(slug, input),
    onSuccess: async (analysis) => {
      trackJob(analysis.job.id);
      await queries.invalidateQueries({ queryKey: keys.analyses(slug) });
      await navigate(`/studies/${slug}/results/${analysis.id}`);
    },
  });
  const readers = [
    { group: 'Raters', items: (raters.data ?? []).map((rater) => ({ value: rater.name, label: rater.name })) },
    {
      group: "Models' proposals",
      items: models.map((model) => ({ value: `model:${model.id}`, label: model.name })),
    },
  ].filter((group) => group.items.length > 0);
  const same = input.rater_a !== '' && input.rater_a === input.rater_b && input.read_a === input.read_b;
  const formError = formErrorOf(make.error ?? raters.error, FIELDS);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const side = (letter: 'a' | 'b') => (
    <Group align="flex-start" gap="sm" wrap="nowrap">
      <Select
        label={`Reader ${letter.toUpperCase()}`}
        placeholder="Choose"
        data-autofocus={letter === 'a' || undefined}
        data={readers}
        value={input[`rater_${letter}`] || null}
        flex={1}
        error={
          fieldErrorOf(make.error, `rater_${letter}`) ??
          (letter === 'b' && same ? 'The same reading as A: choose another reader or read.' : null)
        }
        onChange={(value) => setInput({ ...input, [`rater_${letter}`]: value ?? '' })}
      />
      <NumberInput
        label="Read"
        w={88}
        min={1}
        disabled={input[`rater_${letter}`].startsWith('model:')}
        value={input[`read_${letter}`]}
        error={fieldErrorOf(make.error, `read_${letter}`)}
        onChange={(value) => setInput({ ...input, [`read_${letter}`]: Number(value) || 1 })}
      />
    </Group>
  );
  return (
    <Modal opened onClose={onClose} title="New analysis: agreement of two readings" size="lg">
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            Compares what both handed in on the same cases. For intra-rater reliability choose one rater twice, with
            read 1 and read 2.
          </Text>
          {side('a')}
          {side('b')}
          <TextInput
            label="Title"
            placeholder="Named after the readers where left empty"
            value={input.title}
            error={fieldErrorOf(make.error, 'title')}
            onChange={(event) => setInput({ ...input, title: event.currentTarget.value })}
          />
          {formError !== null && (
            <Text size="sm" c="var(--radicula-red)" role="alert">
              {formError}
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={make.isPending}
              disabled={input.rater_a === '' || input.rater_b === '' || same}
            >
              Compare
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
