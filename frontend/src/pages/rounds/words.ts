/** What rounds are called on screen. */

import type { Round, RoundChoice, RoundState } from '../../api/rounds';
import { countOf } from '../parts/numbers';

export const STATE_WORD: Record<RoundState, string> = {
  choosing: 'choosing cases',
  labelling: 'waiting for labels',
  training: 'training',
  done: 'done',
  cancelled: 'cancelled',
};

export const isOpen = (round: Round): boolean => ['choosing', 'labelling', 'training'].includes(round.state);

/** What begins the training, as a sentence. */
export const triggerText = (round: Pick<Round, 'trigger' | 'accepted_needed' | 'hour_utc'>): string => {
  if (round.trigger === 'accepted') return `trains after ${countOf(round.accepted_needed ?? 0, 'accepted label')}`;
  if (round.trigger === 'nightly') return `trains at ${String(round.hour_utc ?? 0).padStart(2, '0')}:00 UTC when a label is new`;
  return 'trains when you say so';
};

/** Where a chosen case is. */
export const whereText = (choice: RoundChoice): string => {
  if (choice.state === 'open') return 'open to whoever asks next';
  if (choice.state === 'withdrawn') return 'back in the pool';
  return `reserved for ${choice.rater ?? 'a reader'}`;
};

/** Begun work is never taken away. */
export const mayRelease = (choice: RoundChoice): boolean => choice.state === 'reserved' && choice.task_state === 'todo';
