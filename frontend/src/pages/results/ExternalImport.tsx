import { Anchor, Button, FileInput, Group, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { externalLabelsImport } from '../../api/client';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { keys, useJob } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import { countOf, percent } from '../parts/numbers';

const FIELDS = ['file', 'tool', 'values'] as const;

/** Brings another tool's label maps in, as a zip archive with BIDS names. */
export function ExternalImport({ slug }: { slug: string }) {
  const [file, setFile] = useState<File | null>(null);
  const [tool, setTool] = useState('');
  const [values, setValues] = useState('');
  const [sent, setSent] = useState(0);
  const load = useMutation({
    mutationFn: (chosen: File) => externalLabelsImport(slug, { file: chosen, tool: tool.trim(), values: values.trim() }, setSent),
    onSuccess: (job) => trackJob(job.id),
  });
  const formError = formErrorOf(load.error, FIELDS);
  return (
    <section aria-label="Import another tool's label maps">
      <Group align="flex-start" gap="sm">
        <FileInput label="Label maps of the tool" placeholder="A .zip with BIDS names" accept=".zip" w={210} value={file} onChange={setFile} error={fieldErrorOf(load.error, 'file')} />
        <TextInput label="Tool" placeholder="SCT 6.5" w={130} value={tool} onChange={(event) => setTool(event.currentTarget.value)} error={fieldErrorOf(load.error, 'tool')} />
        <TextInput label="Its values, where they differ" placeholder='{"1": 2, "5": 0}' flex={1} value={values} onChange={(event) => setValues(event.currentTarget.value)} error={fieldErrorOf(load.error, 'values')} />
        <Button variant="default" mt={25} disabled={file === null || tool.trim() === ''} loading={load.isPending} onClick={() => file && load.mutate(file)}>
          Import
        </Button>
      </Group>
      {load.isPending && <Text size="xs" c="dimmed">{percent(sent)} sent</Text>}
      {formError !== null && (
        <Text size="sm" c="var(--radicula-red)" role="alert">
          {formError}
        </Text>
      )}
      {load.data && <Imported slug={slug} job={load.data.id} />}
    </section>
  );
}

function Imported({ slug, job: id }: { slug: string; job: string }) {
  const job = useJob(id).data;
  const queries = useQueryClient();
  const done = job?.state === 'done';
  useEffect(() => {
    if (done) void queries.invalidateQueries({ queryKey: keys.analysisOptions(slug) });
  }, [done, queries, slug]);
  if (!job) return null;
  if (job.state === 'failed' || job.state === 'cancelled') {
    return (
      <Text size="sm" mt="xs" c="var(--radicula-red)" role="alert">
        {job.error || 'The import was cancelled; nothing came in.'}
      </Text>
    );
  }
  if (!done) {
    return (
      <Text size="sm" mt="xs" role="status">
        Importing, {percent(job.progress)}
      </Text>
    );
  }
  const { matched, unmatched, without } = outcomeOf(job.result);
  return (
    <div role="status">
      <Text size="sm" mt="xs">
        {countOf(matched, 'label map')} matched{unmatched.length > 0 && `, ${unmatched.length} left out`}
        {without.length > 0 && `; ${countOf(without.length, 'volume')} without one: ${shortened(without)}`}.
      </Text>
      {unmatched.slice(0, MOST_REASONS).map(({ path, reason }) => (
        <Text key={path} size="xs" c="dimmed">
          {path}: {reason}
        </Text>
      ))}
      {unmatched.length > MOST_REASONS && (
        <Anchor component={Link} to={`/studies/${slug}/jobs/${id}`} size="xs">
          All {unmatched.length} that were left out
        </Anchor>
      )}
    </div>
  );
}

const MOST_REASONS = 5;

interface Outcome {
  matched: number;
  unmatched: { path: string; reason: string }[];
  without: string[];
}

/** What the job says became of the files. */
const outcomeOf = (result: unknown): Outcome => ({ matched: 0, unmatched: [], without: [], ...(result as Partial<Outcome> | null) });

const shortened = (names: readonly string[]): string => names.slice(0, MOST_REASONS).join(', ') + (names.length > MOST_REASONS ? ' …' : '');
