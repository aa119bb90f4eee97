import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sendForPressedTask, sendForTask } from './taskAhead';

const ID = '0b0f3f8a-0000-4000-8000-000000000001';
const asked: string[] = [];
let press: (event: object) => void = () => {};

class FakeElement {
  constructor(private readonly href: string | null) {}
  closest(): { getAttribute: () => string | null } | null {
    return this.href === null ? null : { getAttribute: () => this.href };
  }
}

const on = (href: string | null, more: object = {}): void => press({ button: 0, target: new FakeElement(href), ...more });

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  vi.stubGlobal('Element', FakeElement);
  vi.stubGlobal('document', { addEventListener: (_: string, listener: typeof press) => (press = listener), removeEventListener: () => (press = () => {}) });
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address);
    return Promise.resolve(new Response(JSON.stringify({ volumes: [] })));
  });
});

afterEach(() => {
  vi.runAllTimers();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a task asked for with the press', () => {
  it('is not asked for again by the click that follows, but by a later one', () => {
    const stop = sendForPressedTask();
    on(`/tasks/${ID}`);
    sendForTask(ID);
    expect(asked).toEqual([`/api/v1/tasks/${ID}`]);
    vi.advanceTimersByTime(5_000);
    sendForTask(ID);
    expect(asked.length).toBe(2);
    stop();
    on(`/tasks/${ID}`);
    expect(asked.length).toBe(2);
  });

  it('is left where the press opens something else or elsewhere', () => {
    sendForPressedTask();
    on('/studies/cord');
    on(`/tasks/${ID}/more`);
    on(null);
    on(`/tasks/${ID}`, { ctrlKey: true });
    on(`/tasks/${ID}`, { button: 2 });
    expect(asked).toEqual([]);
  });
});
