import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askAhead, takeAhead } from './ahead';

const asked: { address: string; signal: AbortSignal }[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  asked.length = 0;
  vi.stubGlobal('fetch', (address: string, { signal }: { signal: AbortSignal }) => {
    asked.push({ address, signal });
    return address === '/away' ? Promise.reject(new TypeError('away')) : Promise.resolve(new Response(address));
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('what was asked for ahead', () => {
  it('is taken once, by its address', async () => {
    void askAhead('/a');
    expect(takeAhead('/b')).toBeNull();
    expect(await (await takeAhead('/a'))?.text()).toBe('/a');
    expect(takeAhead('/a')).toBeNull();
    vi.advanceTimersByTime(60_000);
    expect(asked[0]?.signal.aborted).toBe(false);
  });

  it('has asked for what follows before it is taken', async () => {
    void askAhead('/a', async (answer) => void askAhead(`${await answer.text()}/b`));
    const answer = await takeAhead('/a');
    expect(asked.map(({ address }) => address)).toEqual(['/a', '/a/b']);
    expect(await answer?.text()).toBe('/a');
  });

  it('is given up when nobody comes for it', () => {
    void askAhead('/a');
    vi.advanceTimersByTime(60_000);
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(takeAhead('/a')).toBeNull();
  });

  it('leaves nothing behind where the server is away', async () => {
    await expect(askAhead('/away')).rejects.toThrow('away');
    expect(takeAhead('/away')).toBeNull();
  });
});
