/** Small marks with one meaning each: label, task state, job state, undefined value. */

import { Group, Text, Tooltip } from '@mantine/core';
import {
  IconAlertTriangle, IconArrowBackUp, IconCircle, IconCircleCheck, IconCircleDot, IconCircleHalf2, IconCircleMinus,
  IconClock, IconPlayerPlay,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { Link } from 'react-router';
import type { JobState, Label, TaskState } from '../../api/types';
import { UNDEFINED } from './numbers';
import classes from './Parts.module.css';

type Icon = ComponentType<{ size?: number; color?: string; 'aria-hidden'?: boolean }>;
interface Look {
  word: string;
  icon: Icon;
  colour: string;
}

export const TASK_LOOK: Record<TaskState, Look> = {
  todo: { word: 'to do', icon: IconCircle, colour: 'var(--mantine-color-dimmed)' },
  in_progress: { word: 'in progress', icon: IconCircleHalf2, colour: 'var(--radicula-accent)' },
  submitted: { word: 'submitted', icon: IconCircleDot, colour: 'var(--radicula-submitted)' },
  returned: { word: 'returned', icon: IconArrowBackUp, colour: 'var(--radicula-amber)' },
  accepted: { word: 'accepted', icon: IconCircleCheck, colour: 'var(--radicula-accepted)' },
  excluded: { word: 'excluded', icon: IconCircleMinus, colour: 'var(--mantine-color-dimmed)' },
};

export const JOB_LOOK: Record<JobState, Look> = {
  queued: { word: 'queued', icon: IconClock, colour: 'var(--mantine-color-dimmed)' },
  running: { word: 'running', icon: IconPlayerPlay, colour: 'var(--radicula-accent)' },
  done: { word: 'done', icon: IconCircleCheck, colour: 'var(--radicula-accepted)' },
  failed: { word: 'failed', icon: IconAlertTriangle, colour: 'var(--radicula-red)' },
  cancelled: { word: 'cancelled', icon: IconCircleMinus, colour: 'var(--mantine-color-dimmed)' },
};

function Mark({ look, words = true }: { look: Look; words?: boolean }) {
  const IconOf = look.icon;
  return (
    <span className={classes.mark}>
      <IconOf size={15} color={look.colour} aria-hidden />
      <span className={words ? undefined : 'visually-hidden'}>{look.word}</span>
    </span>
  );
}

export const TaskMark = ({ state, words = true }: { state: TaskState; words?: boolean }) => (
  <Mark look={TASK_LOOK[state]} words={words} />
);

export const JobMark = ({ state, words = true }: { state: JobState; words?: boolean }) => (
  <Mark look={JOB_LOOK[state]} words={words} />
);

/** A label's colour, number and name. The colour never stands alone. */
export function LabelMark({ label }: { label: Pick<Label, 'value' | 'name' | 'colour'> }) {
  return (
    <span className={classes.mark}>
      <span className={classes.swatch} style={{ background: label.colour }} aria-hidden="true" />
      <span>
        <Text span c="dimmed" inherit>
          {label.value}
        </Text>{' '}
        {label.name}
      </span>
    </span>
  );
}

export function Swatches({ labels }: { labels: readonly Label[] }) {
  return (
    <Group gap={4} aria-label={`Labels: ${labels.map((label) => label.name).join(', ')}`} role="img">
      {labels.map((label) => (
        <Tooltip key={label.value} label={`${label.value} ${label.name}`}>
          <span className={classes.swatch} style={{ background: label.colour }} />
        </Tooltip>
      ))}
    </Group>
  );
}

/** "–", with the reason on hover and on focus. */
export function Undefined({ reason }: { reason: string }) {
  return (
    <Tooltip label={reason}>
      {/* A reason that only a mouse can reach would be lost on a keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <span tabIndex={0} className={classes.dotted} aria-label={`undefined: ${reason}`}>
        {UNDEFINED}
      </span>
    </Tooltip>
  );
}

/** The link of a table row; the whole row takes the click. */
export const RowLink = ({ to, children }: { to: string; children: string }) => (
  <Link to={to} className={classes.rowLink}>
    {children}
  </Link>
);
