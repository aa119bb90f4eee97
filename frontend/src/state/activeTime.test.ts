import { describe, expect, it } from 'vitest';
import { noteActivity, startActiveTime, tickActiveTime } from './activeTime';

describe('active time', () => {
  it('counts while someone is at work', () => {
    let time = startActiveTime(0);
    for (let s = 1; s <= 60; s++) time = tickActiveTime(noteActivity(time, s * 1000), s * 1000, true);
    expect(time.seconds).toBeCloseTo(60, 6);
  });

  it('stops half a minute after the last activity', () => {
    let time = startActiveTime(0);
    for (let s = 1; s <= 300; s++) time = tickActiveTime(time, s * 1000, true);
    expect(time.seconds).toBeCloseTo(30, 6);
  });

  it('does not count a hidden page or a computer asleep', () => {
    let time = tickActiveTime(startActiveTime(0), 20_000, false);
    expect(time.seconds).toBe(0);
    time = tickActiveTime(noteActivity(time, 3_600_000), 3_600_000, false);
    expect(time.seconds).toBe(0);
  });
});
