import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { paced } from './paced';

describe('a listener of many changes', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('hears of the first at once, of those that follow together, and of the last in time', () => {
    const heard = vi.fn();
    const { notify } = paced(heard, () => true, 100);
    notify();
    expect(heard).toHaveBeenCalledTimes(1);
    for (let n = 0; n < 9; n++) {
      vi.advanceTimersByTime(10);
      notify();
    }
    expect(heard).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(10);
    expect(heard).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(1000);
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it('hears of each at once where they are few, what waited included', () => {
    let many = true;
    const heard = vi.fn();
    const { notify } = paced(heard, () => many, 100);
    notify();
    notify();
    many = false;
    notify();
    expect(heard).toHaveBeenCalledTimes(2);
    notify();
    expect(heard).toHaveBeenCalledTimes(3);
    vi.advanceTimersByTime(1000);
    expect(heard).toHaveBeenCalledTimes(3);
  });

  it('hears nothing more once it has gone', () => {
    const heard = vi.fn();
    const { notify, stop } = paced(heard, () => true, 100);
    notify();
    notify();
    stop();
    vi.advanceTimersByTime(1000);
    expect(heard).toHaveBeenCalledTimes(1);
  });
});
