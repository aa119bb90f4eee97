/**
 * Which tab this is, and which other tabs of the site are open: a draft of a tab that is still open is that tab's own
 * business, one whose tab is gone is work to bring back. A tab holds a lock for as long as it lives, however it ends.
 */
const PREFIX = 'radicula-tab-';

function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(9));
  return [...bytes].map((byte) => byte.toString(36).padStart(2, '0')).join('');
}

export const THIS_TAB = randomName();

// Locks are missing on plain http addresses other than localhost; every other tab then counts as closed.
const locks = (): LockManager | undefined => (typeof navigator === 'undefined' ? undefined : navigator.locks);

/** Held until the page goes: a browser frees the locks of a page that is gone late, and those of a killed one at once. */
function holdLock(): void {
  void locks()?.request(PREFIX + THIS_TAB, () => new Promise<void>((resolve) => window.addEventListener('pagehide', () => resolve(), { once: true })));
}

holdLock();
if (typeof window !== 'undefined') window.addEventListener('pageshow', ({ persisted }) => persisted && holdLock());

export async function openTabs(): Promise<ReadonlySet<string>> {
  const held = (await locks()?.query())?.held ?? [];
  return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])));
}
