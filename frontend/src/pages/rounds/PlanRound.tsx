import { Alert, Button, Checkbox, Group, Modal, MultiSelect, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { keys } from '../../api/queries';
import { type RoundInput, roundKeys, type RoundOptions, roundStart, useRoundOptions } from '../../api/rounds';
import { trackJob } from '../../api/trackedJobs';
import { focusOnMount } from '../parts/focusOnMount';
import { countOf } from '../parts/numbers';
import { Loaded } from '../parts/states';

interface PlanRoundProps {
  slug: string;
  onClose: () => void;
}

/** What a round is to do. */
export function PlanRound({ slug, onClose }: PlanRoundProps) {
  const options = useRoundOptions(slug);
  return (
    <Modal opened onClose={onClose} title="Plan a round" size="lg">
      <Loaded query={options}>{(data) => <RoundForm slug={slug} options={data} onClose={onClose} />}</Loaded>
    </Modal>
  );
}

const FIELDS = ['strategy', 'k', 'seed', 'raters', 'hold_hours', 'accepted_needed', 'hour_utc', 'repeats'] as const;

const TRIGGERS = [
  { value: 'by_hand', label: 'When I say so' },
  { value: 'accepted', label: 'After n accepted labels' },
  { value: 'nightly', label: 'Every night with a new label' },
];

const firstOf = (options: RoundOptions): RoundInput => {
  const k = Math.min(5, Math.max(1, options.pool));
  const usable = options.strategies.filter((row) => row.problem === '');
  const strategy = usable.some((row) => row.name === options.baseline) ? options.baseline : 'random';
  return {
    strategy, k, seed: 0, raters: [], hold_hours: 72, trigger: 'by_hand', accepted_needed: null, hour_utc: 1, repeats: 0,
    proposes: true, shows_scores: false,
  };
};

function RoundForm({ slug, options, onClose }: PlanRoundProps & { options: RoundOptions }) {
  const queries = useQueryClient();
  const [input, setInput] = useState(() => firstOf(options));
  const set = (change: Partial<RoundInput>) => setInput({ ...input, ...change });
  // All of the cases, unless fewer were asked for: a number of cases that is being typed changes nothing else.
  const needed = Math.min(input.accepted_needed ?? input.k, input.k);
  const start = useMutation({
    mutationFn: () =>
      roundStart(slug, {
        ...input,
        accepted_needed: input.trigger === 'accepted' ? needed : null,
        hour_utc: input.trigger === 'nightly' ? input.hour_utc : null,
      }),
    onSuccess: async (round) => {
      if (round.choice_job) trackJob(round.choice_job.id);
      await queries.invalidateQueries({ queryKey: roundKeys.all(slug) });
      await queries.invalidateQueries({ queryKey: keys.activeJobs });
      onClose();
    },
  });
  const strategy = options.strategies.find((row) => row.name === input.strategy);
  const problem = options.problem || (strategy?.problem ?? '');
  const formError = formErrorOf(start.error, FIELDS);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {problem !== '' && (
          <Alert color="amber" variant="light" title="Before a round can begin">
            <Text size="sm">{problem}</Text>
          </Alert>
        )}
        <Select
          label="Strategy"
          description={strategy?.explanation}
          data-autofocus
          ref={focusOnMount}
          data={options.strategies.map((row) => ({ value: row.name, label: row.title, disabled: row.problem !== '' }))}
          value={input.strategy}
          allowDeselect={false}
          maxDropdownHeight={320}
          error={fieldErrorOf(start.error, 'strategy')}
          onChange={(name) => name !== null && set({ strategy: name })}
        />
        <Text size="xs" c="dimmed">
          {options.asked === null ? 'No model version yet: only strategies that ask none. ' : `Asks ${options.asked.name}. `}
          {countOf(options.pool, 'case')} to choose from.
          {strategy && strategy.doi !== '' && (
            <>
              {' '}
              Source: <a href={`https://doi.org/${strategy.doi}`}>doi:{strategy.doi}</a>
            </>
          )}
        </Text>
        <Group grow align="flex-start">
          <NumberInput
            label="Cases"
            min={1}
            max={Math.max(1, options.pool)}
            value={input.k}
            error={fieldErrorOf(start.error, 'k')}
            onChange={(value) => set({ k: Number(value) || 1 })}
          />
          <NumberInput label="Seed" min={0} value={input.seed} error={fieldErrorOf(start.error, 'seed')} onChange={(value) => set({ seed: Number(value) || 0 })} />
          <NumberInput
            label="Reserved for, hours"
            min={1}
            value={input.hold_hours}
            error={fieldErrorOf(start.error, 'hold_hours')}
            onChange={(value) => set({ hold_hours: Number(value) || 1 })}
          />
        </Group>
        <MultiSelect
          label="Readers"
          description="Cases are dealt to them in turn. Without any, whoever reads takes the next one. What is not begun in time is open again."
          data={options.readers.map((reader) => ({ value: String(reader.id), label: reader.name }))}
          value={(input.raters ?? []).map(String)}
          error={fieldErrorOf(start.error, 'raters')}
          onChange={(chosen) => set({ raters: chosen.map(Number) })}
        />
        <Group grow align="flex-start">
          <Select
            label="Training begins"
            data={TRIGGERS}
            value={input.trigger}
            allowDeselect={false}
            onChange={(value) => value !== null && set({ trigger: value as RoundInput['trigger'] })}
          />
          {input.trigger === 'accepted' && (
            <NumberInput
              label="Accepted labels"
              min={1}
              max={input.k}
              value={needed}
              error={fieldErrorOf(start.error, 'accepted_needed')}
              onChange={(value) => set({ accepted_needed: Number(value) || 1 })}
            />
          )}
          {input.trigger === 'nightly' && (
            <NumberInput
              label="Hour (UTC)"
              min={0}
              max={23}
              value={input.hour_utc ?? 1}
              error={fieldErrorOf(start.error, 'hour_utc')}
              onChange={(value) => set({ hour_utc: Number(value) || 0 })}
            />
          )}
          <NumberInput
            label="Rounds after this one"
            min={0}
            max={100}
            value={input.repeats}
            error={fieldErrorOf(start.error, 'repeats')}
            onChange={(value) => set({ repeats: Number(value) || 0 })}
          />
        </Group>
        <Checkbox label="Propose labels for the chosen cases" checked={input.proposes} onChange={(event) => set({ proposes: event.currentTarget.checked })} />
        <Checkbox
          label="Readers see scores and uncertainty maps"
          description="Where a model is unsure is a hint at what it proposes; leave this off where readers must be blind."
          checked={input.shows_scores}
          onChange={(event) => set({ shows_scores: event.currentTarget.checked })}
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
          <Button type="submit" loading={start.isPending} disabled={problem !== ''}>
            Choose {countOf(input.k, 'case')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
