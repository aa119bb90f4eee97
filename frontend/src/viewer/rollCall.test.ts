import { describe, expect, it } from 'vitest';
import { rollCall, type Channel } from './rollCall';

type Listener = (event: { readonly data: unknown }) => void;

/** Channels of one name, as browsers have them: a message reaches all but its sender, later. */
function channels(count: number): Channel[] {
  const listeners: Listener[][] = Array.from({ length: count }, () => []);
  return listeners.map((own) => ({
    postMessage: (data) => listeners.filter((others) => others !== own).forEach((others) => setTimeout(() => others.forEach((listen) => listen({ data })))),
    addEventListener: (_, listener) => own.push(listener),
  }));
}

describe('the roll call of tabs', () => {
  it('finds the tabs that are open and not the one that is gone', async () => {
    const [a, b, c] = channels(3) as [Channel, Channel, Channel];
    const calls = rollCall(a, 'a', 50);
    rollCall(b, 'b', 50);
    // A tab whose page is gone has its channel no more.
    expect([...(await calls(['a', 'b', 'c']))].sort()).toEqual(['a', 'b']);
    rollCall(c, 'c', 50);
    expect([...(await calls(['b', 'c']))].sort()).toEqual(['b', 'c']);
  });

  it('waits no longer than for the last of those that it called', async () => {
    const [a, b] = channels(2) as [Channel, Channel];
    rollCall(b, 'b');
    const aDay = 24 * 3_600_000;
    expect([...(await rollCall(a, 'a', aDay)(['a', 'b']))].sort()).toEqual(['a', 'b']);
  });

  it('takes no word of strangers', async () => {
    const [a, b] = channels(2) as [Channel, Channel];
    const calls = rollCall(a, 'a', 50);
    const answer = calls(['a', 'b']);
    b.postMessage({ kind: 'here' });
    b.postMessage('here');
    expect([...(await answer)]).toEqual(['a']);
  });
});
