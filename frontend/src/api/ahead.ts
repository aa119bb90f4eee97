/**
 * Answers that are on their way before the code that needs them has come: a task and its scan load beside the viewer's
 * own code. Each is taken once; what nobody takes in time is given up.
 */

const FRESH_MS = 15_000;

interface Ahead {
  readonly answer: Promise<Response>;
  readonly forget: () => void;
}

const waiting = new Map<string, Ahead>();

/** Asks for an address now. Who takes the answer gets it after `then`, which may ask for what follows from it. */
export function askAhead(address: string, then: (answer: Response) => Promise<void> = async () => {}): Promise<Response> {
  const abort = new AbortController();
  const request = { credentials: 'same-origin', headers: { Accept: 'application/json' }, signal: abort.signal } as const;
  const answer = fetch(address, request).then(async (response) => {
    if (response.ok) await then(response.clone());
    return response;
  });
  const over = setTimeout(() => {
    waiting.delete(address);
    abort.abort();
  }, FRESH_MS);
  waiting.get(address)?.forget();
  waiting.set(address, { answer, forget: () => clearTimeout(over) });
  answer.catch(() => waiting.delete(address));
  return answer;
}

/** The answer of an address that was asked for ahead, or null where there is none. */
export function takeAhead(address: string): Promise<Response> | null {
  const found = waiting.get(address);
  waiting.delete(address);
  found?.forget();
  return found?.answer ?? null;
}
