import { Anchor, Button, FileInput, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { isLive } from '../../api/polling';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { keys, useJob } from '../../api/queries';
import { modelImportStart } from '../../api/registry';
import { trackJob } from '../../api/trackedJobs';
import { bytesText, percent } from '../parts/numbers';

/** A version from a file; what is wrong with the file stands beside the field. */
export function ImportModel({ slug, onClose }: { slug: string; onClose: () => void }) {
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState(0);
  const send = useMutation({
    mutationFn: (chosen: File) => modelImportStart(slug, chosen, setSent),
    onSuccess: async (job) => {
      trackJob(job.id);
      await queries.invalidateQueries({ queryKey: keys.activeJobs });
    },
  });
  const jobId = send.data?.id ?? null;
  const [failed, setFailed] = useState<string | null>(null);
  const error = failed ?? fieldErrorOf(send.error, 'file') ?? formErrorOf(send.error, ['file']);
  return (
    <Modal opened onClose={onClose} title="Import a model version">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (file) send.mutate(file);
        }}
      >
        <Stack>
          <Text size="sm">
            A file that was exported as a Radicula file, here or elsewhere. Its hashes, its labels and its weights are checked; it comes in as a candidate and
            is scored on this study&apos;s own frozen test set.
          </Text>
          <FileInput
            label="File"
            placeholder="Choose a .radicula.zip file"
            accept=".zip,application/zip"
            leftSection={<IconFileImport size={16} aria-hidden />}
            clearable
            data-autofocus
            value={file}
            onChange={(chosen) => {
              setFile(chosen);
              setFailed(null);
              send.reset();
            }}
            error={error}
          />
          {send.isPending && file && (
            <div>
              <Progress value={sent * 100} size={6} aria-label="Upload" />
              <Text size="xs" c="dimmed" mt={4}>
                {percent(sent)} of {bytesText(file.size)}
              </Text>
            </div>
          )}
          {jobId !== null && failed === null && <ImportOutcome slug={slug} jobId={jobId} onFailed={setFailed} onClose={onClose} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" disabled={file === null || (jobId !== null && failed === null)} loading={send.isPending}>
              Import
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface ImportOutcomeProps {
  slug: string;
  jobId: string;
  onFailed: (reason: string) => void;
  onClose: () => void;
}

function ImportOutcome({ slug, jobId, onFailed, onClose }: ImportOutcomeProps) {
  const queries = useQueryClient();
  const job = useJob(jobId).data;
  useEffect(() => {
    if (job?.state === 'failed' || job?.state === 'cancelled') onFailed(job.error || 'The import was cancelled.');
    if (job?.state === 'done') void queries.invalidateQueries({ queryKey: keys.models(slug) });
  }, [job, onFailed, queries, slug]);
  if (job === undefined) return null;
  if (job.state === 'done' && job.result !== null && 'name' in job.result && 'model_version' in job.result) {
    return (
      <Text size="sm" role="status">
        It is here as{' '}
        <Anchor component={Link} to={`/studies/${slug}/models/versions/${job.result.model_version}`} onClick={onClose}>
          {job.result.name}
        </Anchor>
        .
      </Text>
    );
  }
  return (
    <div role="status">
      <Progress value={job.progress * 100} size={6} aria-label="Import" animated={isLive(job.state)} />
      <Text size="xs" c="dimmed" mt={4}>
        {job.message === '' ? 'waiting for the engine' : job.message}
      </Text>
    </div>
  );
}
