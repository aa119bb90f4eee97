/** Asks the open tabs for their names, and gives those that answer in time. */
export type RollCall = () => Promise<ReadonlySet<string>>;

/** The part of a BroadcastChannel that is used: what is posted reaches every other tab. */
export interface Channel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Half a second: a tab that is painting answers between two frames. */
const PATIENCE_MS = 500;

/** Answers calls from now on, and can call. */
export function rollCall(channel: Channel, name: string, patienceMs = PATIENCE_MS): RollCall {
  const heard = new Set<(tab: string) => void>();
  channel.addEventListener('message', ({ data }) => {
    if (!isWord(data)) return;
    if (data.kind === 'who') channel.postMessage({ kind: 'here', tab: name });
    else heard.forEach((hear) => hear(data.tab));
  });
  return async () => {
    const tabs = new Set([name]);
    const hear = (tab: string): void => void tabs.add(tab);
    heard.add(hear);
    channel.postMessage({ kind: 'who', tab: name });
    await new Promise((resolve) => setTimeout(resolve, patienceMs));
    heard.delete(hear);
    return tabs;
  };
}

interface Word {
  readonly kind: 'who' | 'here';
  readonly tab: string;
}

const isWord = (data: unknown): data is Word =>
  typeof data === 'object' && data !== null && 'kind' in data && 'tab' in data && (data.kind === 'who' || data.kind === 'here') && typeof data.tab === 'string';
