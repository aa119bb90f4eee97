import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { analysisCreate } from '../../api/client';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { keys, useRaters, useTasks } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import type { ModelVersion } from '../../api/types';
import { countOf } from '../parts/numbers';
import { isModel, kindOf, modelReader, readerName, readerOf, readingName, readsHandedIn } from './readers';

interface TwoReadingsProps {
  slug: string;
  models: readonly ModelVersion[];
  onClose: () => void;
}

const QUESTION = { tolerance_mm: 1, consensus: 'staple', level: 0.95, resamples: 2000, seed: 0 } as const;
const FIELDS = ['title'] as const;

/** Two readings of the same cases: by two raters, twice by one, or by a rater and a model. */
export function TwoReadings({ slug, models, onClose }: TwoReadingsProps) {
  const raters = useRaters(slug);
  const handedIn = readsHandedIn(useTasks({ study: slug, state: ['submitted', 'accepted'] }).data ?? []);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const names = new Map(models.map((model) => [model.id, model.name]));
  const [input, setInput] = useState({ rater_a: '', rater_b: '', read_a: 1, read_b: 1, title: '' });
  const make = useMutation({
    mutationFn: () => {
      const { rater_a, rater_b, read_a, read_b } = input;
      const name = (reader: string, read: number) =>
        rater_a === rater_b ? readingName(reader, read, names) : readerName(reader, names);
      const title = input.title.trim() || `${name(rater_a, read_a)} against ${name(rater_b, read_b)}`;
      const a = readerOf(rater_a, read_a);
      const b = readerOf(rater_b, read_b);
      return analysisCreate(slug, { ...QUESTION, kind: kindOf(a, b), readers: [a, b], title });
    },
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
      items: models.map((model) => ({ value: modelReader(model.id), label: model.name })),
    },
  ].filter((group) => group.items.length > 0);
  const same = input.rater_a !== '' && input.rater_a === input.rater_b && input.read_a === input.read_b;
  const formError = formErrorOf(make.error ?? raters.error, FIELDS);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const readsOf = (reader: string) => {
    const reads = [...(handedIn.get(reader) ?? [])].toSorted(([one], [other]) => one - other);
    if (isModel(reader) || reads.length === 0) return [{ value: '1', label: '1' }];
    return reads.map(([read, cases]) => ({ value: String(read), label: `${read} (${countOf(cases, 'case')})` }));
  };
  const choose = (letter: 'a' | 'b', reader: string) => {
    const reads = readsOf(reader).map((read) => Number(read.value));
    // The second reading by the same rater is most likely the next read.
    const other = letter === 'a' ? 'b' : 'a';
    const taken = input[`rater_${other}`] === reader ? input[`read_${other}`] : null;
    setInput({ ...input, [`rater_${letter}`]: reader, [`read_${letter}`]: reads.find((read) => read !== taken) ?? reads[0] ?? 1 });
  };
  const side = (letter: 'a' | 'b') => (
    <Group align="flex-start" gap="sm" wrap="nowrap">
      <Select
        label={`Reader ${letter.toUpperCase()}`}
        placeholder="Choose"
       
        data={readers}
        value={input[`rater_${letter}`] || null}
        flex={1}
        error={
          (letter === 'b' && same ? 'The same reading as A: choose another reader or read.' : null)
        }
        onChange={(value) => choose(letter, value ?? '')}
      />
      <Select
        label="Read"
        w={140}
        allowDeselect={false}
        disabled={readsOf(input[`rater_${letter}`]).length < 2}
        data={readsOf(input[`rater_${letter}`])}
        value={String(input[`read_${letter}`])}
        onChange={(value) => setInput({ ...input, [`read_${letter}`]: Number(value) || 1 })}
      />
    </Group>
  );
  return (
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
  );
}
