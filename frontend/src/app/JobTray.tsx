import { ActionIcon, Button, Progress, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconPlayerStop, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { jobCancel } from '../api/client';
import { isLive } from '../api/polling';
import { messageOf } from '../api/problem';
import { keys } from '../api/queries';
import { useTrackedJobs } from '../api/trackedJobs';
import type { Job } from '../api/types';
import { JobMark } from '../pages/parts/marks';
import { countOf, percent } from '../pages/parts/numbers';
import classes from './JobTray.module.css';
import { useTrayJobs } from './useTrayJobs';

const summaryOf = (jobs: readonly Job[]): string => {
  const live = jobs.filter((job) => isLive(job.state)).length;
  const failed = jobs.filter((job) => job.state === 'failed').length;
  const words = [
    live > 0 ? countOf(live, 'job running', 'jobs running') : '',
    failed > 0 ? `${failed} failed` : '',
    jobs.length - live - failed > 0 ? `${jobs.length - live - failed} done` : '',
  ];
  return words.filter(Boolean).join(', ');
};

/** Long jobs, on every page: progress, cancel, and how they ended until that is dismissed. */
export function JobTray({ pill = false }: { pill?: boolean }) {
  const jobs = useTrayJobs();
  const [open, setOpen] = useState(!pill);
  const dismiss = useTrackedJobs((state) => state.dismiss);
  if (jobs.length === 0) return null;
  const ended = jobs.filter((job) => !isLive(job.state));
  const Chevron = open ? IconChevronDown : IconChevronUp;
  return (
    <section className={classes.tray} data-pill={pill || undefined} aria-label="Jobs">
      <div className={classes.head}>
        <UnstyledButton className={classes.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
          <Chevron size={14} aria-hidden />
          <span aria-live="polite">{summaryOf(jobs)}</span>
        </UnstyledButton>
        {open && ended.length > 1 && (
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => ended.forEach((job) => dismiss(job.id))}>
            Dismiss all that ended
          </Button>
        )}
      </div>
      {open && (
        <ul className={classes.list}>
          {jobs.map((job) => (
            <TrayJob key={job.id} job={job} />
          ))}
        </ul>
      )}
    </section>
  );
}

function TrayJob({ job }: { job: Job }) {
  const queries = useQueryClient();
  const dismiss = useTrackedJobs((state) => state.dismiss);
  const cancel = useMutation({
    mutationFn: () => jobCancel(job.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.activeJobs }),
  });
  const live = isLive(job.state);
  const message = cancel.error ? messageOf(cancel.error) : job.state === 'failed' ? job.error : job.message;
  return (
    <li className={classes.job}>
      <JobMark state={job.state} />
      <Link to={`/studies/${job.study}/jobs/${job.id}`} className={classes.title}>
        {job.title}
      </Link>
      {live ? (
        <Progress
          className={classes.progress}
          value={job.progress * 100}
          size={6}
          aria-label={`${job.title}: progress`}
          transitionDuration={100}
        />
      ) : (
        <span />
      )}
      <span className={classes.percent}>{live ? percent(job.progress) : ''}</span>
      <Text size="xs" c={job.state === 'failed' ? 'var(--radicula-red)' : 'dimmed'} truncate title={message ?? ''}>
        {message}
      </Text>
      {live && job.may_cancel && (
        <Tooltip label="Cancel this job">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`Cancel ${job.title}`}
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            <IconPlayerStop size={14} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
      {!live && (
        <Tooltip label="Dismiss">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={`Dismiss ${job.title}`}
            onClick={() => dismiss(job.id)}
          >
            <IconX size={14} aria-hidden />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  );
}
