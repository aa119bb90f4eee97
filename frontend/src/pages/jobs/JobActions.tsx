import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { jobCancel, jobRetry } from '../../api/client';
import { messageOf } from '../../api/problem';
import { keys } from '../../api/queries';
import { trackJob } from '../../api/trackedJobs';
import type { Job } from '../../api/types';
import classes from '../parts/DataTable.module.css';

/** Cancel while it runs, run again when it failed. */
export function JobActions({ job, size = 'compact-xs' }: { job: Job; size?: 'compact-xs' | 'sm' }) {
  const queries = useQueryClient();
  const refresh = async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['jobs'] }),
      queries.invalidateQueries({ queryKey: keys.job(job.id) }),
    ]);
  };
  const cancel = useMutation({ mutationFn: () => jobCancel(job.id), onSuccess: refresh });
  const retry = useMutation({
    mutationFn: () => jobRetry(job.id),
    onSuccess: async (again) => {
      trackJob(again.id);
      await refresh();
    },
  });
  const error = cancel.error ?? retry.error;
  return (
    <Group gap={8} justify="flex-end" wrap="nowrap" className={classes.above}>
      {error && (
        <Text size="xs" c="var(--radicula-red)" role="alert">
          {messageOf(error)}
        </Text>
      )}
      {job.may_cancel && (
        <Button size={size} variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          Cancel
        </Button>
      )}
      {job.may_retry && (
        <Button size={size} variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
          Run again
        </Button>
      )}
    </Group>
  );
}
