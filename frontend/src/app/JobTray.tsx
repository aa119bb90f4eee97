import { ActionIcon, Button, Progress, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconPlayerStop, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { jobCancel } from '../api/client';
import { isLive } from '../api/polling';
import { messageOf } from '../api/problem';
import { keys, useSession } from '../api/queries';
import { useTrackedJobs } from '../api/trackedJobs';
import type { Job } from '../api/types';
import { JobMark } from '../pages/parts/marks';
import { percent } from '../pages/parts/numbers';
import classes from './JobTray.module.css';
import { type Choice, countsOf, isOpen, opensFor, summaryOf } from './trayOpening';
import { useTrayJobs } from './useTrayJobs';

/** Long jobs, on every page: one line, or each with progress and cancel, and how they ended until that is dismissed. */
export function JobTray({ quiet = false }: { quiet?: boolean }) {
  const jobs = useTrayJobs();
  const username = useSession().data?.user?.username;
  const [choice, setChoice] = useState<Choice | null>(null);
  const dismiss = useTrackedJobs((state) => state.dismiss);
  if (jobs.length === 0) return null;
  const ended = jobs.filter((job) => !isLive(job.state));
  // Where images are painted on, the room for them changes by the user's own hand alone.
  const reason = quiet ? '' : opensFor(jobs, username);
  const open = isOpen(reason, choice);
  const Chevron = open ? IconChevronDown : IconChevronUp;
  return (
    <section className={classes.tray} ref={reserveHeight} aria-label="Jobs">
      <div className={classes.head}>
        <UnstyledButton className={classes.toggle} aria-expanded={open} onClick={() => setChoice({ reason, open: !open })}>
          <Chevron size={14} aria-hidden />
          <span>{summaryOf(jobs)}</span>
        </UnstyledButton>
        <span className="visually-hidden" aria-live="polite">
          {countsOf(jobs)}
        </span>
        {(open ? ended.length > 1 : ended.length > 0) && (
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => ended.forEach((job) => dismiss(job.id))}>
            {ended.length > 1 ? 'Dismiss all that ended' : 'Dismiss'}
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

/** Says to the style sheets how high the tray is, so that nothing that sticks or fills the window lies under it. */
const reserveHeight = (tray: HTMLElement) => {
  const root = document.documentElement;
  const sizes = new ResizeObserver(() => root.style.setProperty('--radicula-tray', `${tray.offsetHeight}px`));
  sizes.observe(tray);
  return () => {
    sizes.disconnect();
    root.style.removeProperty('--radicula-tray');
  };
};

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
