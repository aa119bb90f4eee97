import { rollCall, type RollCall } from './rollCall';

/**
 * Which tab this is, and which other tabs of the site are open: a draft of a tab that is still open is that tab's own
 * business, one whose tab is gone is work to bring back. A tab holds a lock for as long as it lives, however it ends.
 *
 * On a plain http address other than localhost browsers have no locks: there the tabs are called by name, and one that does
 * not answer within seconds counts as closed. If it was only too busy, both have its strokes, the server keeps the two as
 * two versions, and the conflict dialog asks.
 */
const PREFIX = 'radicula-tab-';

function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return [...bytes].map((byte) => byte.toString(36).padStart(2, '0')).join('');
}

export const THIS_TAB = randomName();

const locks = (): LockManager | undefined => (typeof navigator === 'undefined' ? undefined : navigator.locks);

/** Held until the page goes: a browser frees the locks of a page that is gone late, and those of a killed one at once. */
function holdLock(): void {
  void locks()?.request(PREFIX + THIS_TAB, () => new Promise<void>((resolve) => window.addEventListener('pagehide', () => resolve(), { once: true })));
}

holdLock();
if (typeof window !== 'undefined') window.addEventListener('pageshow', ({ persisted }) => persisted && holdLock());

const calls: RollCall | null =
  locks() === undefined && typeof window !== 'undefined' && 'BroadcastChannel' in window ? rollCall(new BroadcastChannel('radicula-tabs'), THIS_TAB) : null;

/** Those of some tabs that are open. */
export async function openTabs(tabs: Iterable<string>): Promise<ReadonlySet<string>> {
  if (calls) return calls(tabs);
  const held = new Set((await locks()?.query())?.held?.map(({ name }) => name));
  return new Set([...tabs].filter((tab) => held.has(PREFIX + tab)));
}
