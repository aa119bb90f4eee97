import { Anchor, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Job } from '../../api/types';
import { JobMark } from '../parts/marks';
import { PageHeader } from '../parts/PageHeader';
import { JobActions } from './JobActions';

interface JobHeaderProps {
  readonly title: string;
  readonly job: Job;
  /** The list that it came from. */
  readonly back: { readonly to: string; readonly words: string };
  readonly children?: ReactNode;
}

/** The head of a page about a job: its title, the way back, its state, and what can be done with it. */
export function JobHeader({ title, job, back, children }: JobHeaderProps) {
  return (
    <PageHeader
      title={title}
      about={
        <Group gap={8}>
          <Anchor component={Link} to={back.to} size="sm">
            {back.words}
          </Anchor>
          {children}
          <JobMark state={job.state} />
        </Group>
      }
    >
      <JobActions job={job} size="sm" />
    </PageHeader>
  );
}
