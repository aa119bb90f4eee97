/** Calls tabs by name, and gives those that answer: at once when all have, else when patience ends. */
export type RollCall = (tabs: Iterable<string>) => Promise<ReadonlySet<string>>;

/** The part of a BroadcastChannel that is used: what is posted reaches every other tab. */
export interface Channel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** A tab in the background of a busy machine takes its time; only one that is gone makes the caller wait for so long. */
const PATIENCE_MS = 5_000;

/** Answers calls from now on, and can call. */
export function rollCall(channel: Channel, name: string, patienceMs = PATIENCE_MS): RollCall {
  const heard = new Set<(tab: string) => void>();
  channel.addEventListener('message', ({ data }) => {
    if (!isWord(data)) return;
    if (data.kind === 'who') channel.postMessage({ kind: 'here', tab: name });
    else heard.forEach((hear) => hear(data.tab));
  });
  return async (tabs) => {
    const asked = new Set(tabs);
    const open = new Set<string>();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, patienceMs);
      const hear = (tab: string): void => {
        if (asked.has(tab)) open.add(tab);
        if (open.size === asked.size) done();
      };
      function done(): void {
        clearTimeout(timer);
        heard.delete(hear);
        resolve();
      }
      heard.add(hear);
      channel.postMessage({ kind: 'who', tab: name });
      hear(name);
    });
    return open;
  };
}

interface Word {
  readonly kind: 'who' | 'here';
  readonly tab: string;
}

const isWord = (data: unknown): data is Word =>
  typeof data === 'object' && data !== null && 'kind' in data && 'tab' in data && (data.kind === 'who' || data.kind === 'here') && typeof data.tab === 'string';
