import { Button, Checkbox, FileButton, Progress, Stack, Text } from '@mantine/core';
import { IconFileZip } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type DragEvent, useState } from 'react';
import { importStart } from '../../api/client';
import { messageOf } from '../../api/problem';
import { keys, useJob } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import { JobMark } from '../parts/marks';
import { bytesText, percent } from '../parts/numbers';
import classes from './Cases.module.css';
import { ImportReportView } from './ImportReportView';
import { importReportOf } from './importReport';

interface ImportDropProps {
  slug: string;
  large: boolean | undefined;
  /** The first cases make the page change; whoever shows this keeps it, and with it the report. */
  onStarted: () => void;
}

export function ImportDrop({ slug, large = false, onStarted }: ImportDropProps) {
  const queries = useQueryClient();
  const [accept, setAccept] = useState(false);
  const [over, setOver] = useState(false);
  const [sent, setSent] = useState(0);
  const [refusal, setRefusal] = useState<string | null>(null);
  const send = useMutation({
    mutationFn: (file: File) => importStart(slug, file, accept, setSent),
    onSuccess: async (job) => {
      trackJob(job.id);
      onStarted();
      await queries.invalidateQueries({ queryKey: keys.activeJobs });
    },
  });

  const take = (file: File | null | undefined) => {
    if (!file) return;
    if (!file.name.toLowerCase().endsWith('.zip')) {
      setRefusal(`${file.name} is no .zip file. Pack the dataset's folder into one .zip and drop that.`);
      return;
    }
    setRefusal(null);
    setSent(0);
    send.mutate(file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  const error = refusal ?? (send.error ? messageOf(send.error) : null);

  return (
    <Stack gap="sm">
      <section
        className={classes.drop}
        data-over={over || undefined}
        data-large={large || undefined}
        aria-label="Import a dataset"
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <IconFileZip size={large ? 36 : 28} stroke={1.2} aria-hidden className={classes.dropIcon} />
        <Text fw={500}>Drop a dataset here, as one .zip file</Text>
        <Text size="sm" c="dimmed" maw={560}>
          BIDS folders with NIfTI images. Each file that is taken or skipped is reported, with the reason; what is here
          already is not taken twice.
        </Text>
        <FileButton accept=".zip,application/zip" onChange={take}>
          {(props) => (
            <Button {...props} variant={large ? 'filled' : 'default'} loading={send.isPending}>
              Choose a file
            </Button>
          )}
        </FileButton>
        <Checkbox
          label="Accept the labels that come along as reference"
          checked={accept}
          onChange={(event) => setAccept(event.currentTarget.checked)}
        />
        {send.isPending && send.variables && (
          <div className={classes.upload}>
            <Progress value={sent * 100} size={6} transitionDuration={100} aria-label="Upload" />
            <Text size="xs" c="dimmed" mt={4}>
              {send.variables.name}: {percent(sent)} of {bytesText(send.variables.size)}
            </Text>
          </div>
        )}
        {error !== null && (
          <Text size="sm" c="var(--radicula-red)" role="alert">
            {error}
          </Text>
        )}
      </section>
      {send.data && <ImportOutcome jobId={send.data.id} />}
    </Stack>
  );
}

function ImportOutcome({ jobId }: { jobId: string }) {
  const job = useJob(jobId).data;
  if (job === undefined) return null;
  const report = importReportOf(job.result);
  if (report !== null) return <ImportReportView report={report} />;
  return (
    <Text size="sm" role="status" component="div">
      <JobMark state={job.state} /> {job.state === 'failed' ? job.error : job.message}
    </Text>
  );
}
