/** Time really spent on a task: seconds in which the page was visible and someone did something a moment ago. */
export interface ActiveTime {
  readonly seconds: number;
  readonly lastActivityMs: number;
  readonly countedToMs: number;
}

export const IDLE_AFTER_MS = 30_000;

export const startActiveTime = (nowMs: number): ActiveTime => ({
  seconds: 0,
  lastActivityMs: nowMs,
  countedToMs: nowMs,
});

export const noteActivity = (time: ActiveTime, nowMs: number): ActiveTime => ({ ...time, lastActivityMs: nowMs });

/**
 * Counts the time since the last tick, up to half a minute after the last activity. A tick that comes much too late (a
 * sleeping computer) counts no more than that either.
 */
export function tickActiveTime(time: ActiveTime, nowMs: number, visible: boolean): ActiveTime {
  const until = Math.min(nowMs, time.lastActivityMs + IDLE_AFTER_MS);
  const gained = visible ? Math.max(0, until - time.countedToMs) : 0;
  return { ...time, seconds: time.seconds + gained / 1000, countedToMs: nowMs };
}
