import { Alert, Button, Checkbox, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { measuresCompute } from '../../api/client';
import { messageOf } from '../../api/problem';
import { keys } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import type { ClinicalMeasure, ClinicalSummary, MeasuresInput } from '../../api/types';
import { Disclosure } from '../models/Disclosure';

type Source = NonNullable<MeasuresInput['sources']>[number];

const SOURCES: readonly { value: Source; label: string }[] = [
  { value: 'rater', label: 'Raters, each read' },
  { value: 'model', label: 'Models’ proposals' },
  { value: 'tool', label: 'Other tools' },
  { value: 'consensus', label: 'Consensus of the raters (STAPLE)' },
];

interface ComputeMeasuresProps {
  slug: string;
  summary: ClinicalSummary;
  onClose: () => void;
}

/** What to compute: which measures, of whose label maps, with which settings. */
export function ComputeMeasures({ slug, summary, onClose }: ComputeMeasuresProps) {
  const queries = useQueryClient();
  const [measures, setMeasures] = useState<string[]>(summary.measures.map((one) => one.name));
  const [sources, setSources] = useState<Source[]>(SOURCES.map((one) => one.value));
  const [options, setOptions] = useState<Record<string, Record<string, string>>>({});
  const compute = useMutation({
    mutationFn: () =>
      measuresCompute(slug, {
        ...(measures.length < summary.measures.length && { measures }),
        ...(sources.length < SOURCES.length && { sources }),
        options: given(options, measures),
      }),
    onSuccess: async (job) => {
      trackJob(job.id);
      await queries.invalidateQueries({ queryKey: keys.activeJobs });
      onClose();
    },
  });
  const set = (measure: string, option: string, value: string): void =>
    setOptions((now) => ({ ...now, [measure]: { ...now[measure], [option]: value } }));
  return (
    <Modal opened onClose={onClose} title="Compute measures" size="lg">
      <Stack gap="md">
        <Checkbox.Group label="Measures" value={measures} onChange={setMeasures}>
          <Stack gap={6} mt={4}>
            {summary.measures.map((one) => (
              <Checkbox key={one.name} value={one.name} label={one.title} description={one.summary} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Checkbox.Group label="Of the label maps of" value={sources} onChange={(value) => setSources(value as Source[])}>
          <Group gap="md" mt={4}>
            {SOURCES.map((one) => (
              <Checkbox key={one.value} value={one.value} label={one.label} />
            ))}
          </Group>
        </Checkbox.Group>
        {summary.measures
          .filter((one) => one.options.length > 0 && measures.includes(one.name))
          .map((one) => (
            <Disclosure key={one.name} title={`Settings: ${one.title}`}>
              <Settings measure={one} values={options[one.name] ?? {}} onChange={(option, value) => set(one.name, option, value)} />
            </Disclosure>
          ))}
        <Text size="sm" c="dimmed">
          What was computed from the same label maps, images and settings before is left as it is.
        </Text>
        {compute.error && (
          <Alert color="red" variant="light" role="alert">
            {messageOf(compute.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={compute.isPending} disabled={measures.length === 0 || sources.length === 0} onClick={() => compute.mutate()}>
            Compute
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** What was filled in, by measure; an empty field leaves the default. */
const given = (options: Readonly<Record<string, Readonly<Record<string, string>>>>, measures: readonly string[]): Record<string, Record<string, string>> =>
  Object.fromEntries(
    Object.entries(options).flatMap(([measure, values]) => {
      const filled = Object.entries(values).filter(([, value]) => value.trim() !== '');
      return filled.length === 0 || !measures.includes(measure) ? [] : [[measure, Object.fromEntries(filled)]];
    }),
  );

interface SettingsProps {
  measure: ClinicalMeasure;
  values: Readonly<Record<string, string>>;
  onChange: (option: string, value: string) => void;
}

function Settings({ measure, values, onChange }: SettingsProps) {
  return (
    <Stack gap={8}>
      {measure.options.map((option) => (
        <TextInput
          key={option.name}
          size="xs"
          label={option.name.replaceAll('_', ' ')}
          description={option.meaning}
          inputMode={option.kind === 'text' ? 'text' : 'decimal'}
          value={values[option.name] ?? ''}
          onChange={(event) => onChange(option.name, event.currentTarget.value)}
        />
      ))}
    </Stack>
  );
}
