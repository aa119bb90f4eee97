import { rollCall, type RollCall } from './rollCall';

/**
 * Which tab this is, and which other tabs of the site are open: a draft of a tab that is still open is that tab's own
 * business, one whose tab is gone is work to bring back. A tab holds a lock for as long as it lives, however it ends.
 *
 * On a plain http address other than localhost browsers have no locks: there the tabs are called by name, and one that does
 * not answer counts as closed. A tab that is too busy to answer in time is taken for closed too: then both have its
 * strokes, the server keeps the two as two versions, and the conflict dialog asks.
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

export async function openTabs(): Promise<ReadonlySet<string>> {
  if (calls) return calls();
  const held = (await locks()?.query())?.held ?? [];
  return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])));
}
