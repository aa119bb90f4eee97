import { Button, FileInput, Group, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { externalLabelsImport } from '../../api/client';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { keys, useJob } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import { percent } from '../parts/numbers';

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
  const { matched, unmatched } = (job.result ?? {}) as { matched?: unknown; unmatched?: unknown };
  const count = (value: unknown) => (Array.isArray(value) ? value.length : typeof value === 'number' ? value : 0);
  return (
    <Text size="sm" mt="xs" role="status">
      {done ? `${count(matched)} matched, ${count(unmatched)} not; the job tells which and why.` : job.state === 'failed' ? job.error : `Importing, ${percent(job.progress)}`}
    </Text>
  );
}
