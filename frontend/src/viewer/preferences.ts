import { sessionGet } from '../api/client';
import { keys } from '../api/queries';
import { queryClient } from '../app/queryClient';
import { parseColours, parseOpacities } from '../state/labelColours';
import { subscribeTo, type ViewerState, type ViewerStore } from '../state/viewerStore';
import { parseHotkeys } from '../tools/hotkeys';

/** A part of the settings as it is kept: where, read how, written how. */
interface Kept {
  readonly key: string;
  readonly read: (text: string) => Partial<ViewerState>;
  readonly pick: (state: ViewerState) => unknown;
}

/**
 * What a person set up and expects to find again: hotkeys, label colours of the study, and how labels are drawn. Kept in
 * this browser, for each user of it; where it keeps nothing (a private window, a full disk) the defaults come back, and no
 * work is lost.
 */
export function keepPreferences(store: ViewerStore, study: string): () => void {
  const stops: (() => void)[] = [];
  let over = false;
  // Who it is was asked before the page was shown.
  void queryClient
    .ensureQueryData({ queryKey: keys.session, queryFn: sessionGet })
    .then(({ user }) => user?.username ?? '')
    .catch(() => '')
    .then((user) => {
      if (!over) keptOf(user, study).forEach((kept) => stops.push(keep(store, kept)));
    });
  return () => {
    over = true;
    stops.forEach((stop) => stop());
  };
}

const keptOf = (user: string, study: string): readonly Kept[] => [
  {
    key: `radicula.hotkeys.${user}`,
    read: (text) => ({ hotkeys: parseHotkeys(text) }),
    pick: ({ hotkeys }) => hotkeys,
  },
  {
    key: `radicula.colours.${user}.${study}`,
    read: (text) => ({ labelColours: parseColours(text) }),
    pick: ({ labelColours }) => labelColours,
  },
  {
    key: `radicula.opacities.${user}.${study}`,
    read: (text) => ({ labelOpacities: parseOpacities(text) }),
    pick: ({ labelOpacities }) => labelOpacities,
  },
  {
    key: `radicula.outline-width.${user}`,
    read: (text) => ({ outlineWidth: Math.min(4, Math.max(1, Math.round(Number(text)) || 1)) }),
    pick: ({ outlineWidth }) => outlineWidth,
  },
  {
    key: `radicula.outline-pattern.${user}`,
    read: (text) => ({ outlinePattern: text === 'true' }),
    pick: ({ outlinePattern }) => outlinePattern,
  },
  {
    key: `radicula.pen-pressure.${user}`,
    read: (text) => ({ penPressure: text !== 'false' }),
    pick: ({ penPressure }) => penPressure,
  },
];

function keep(store: ViewerStore, { key, read, pick }: Kept): () => void {
  const stored = readText(key);
  if (stored !== null) store.setState(read(stored));
  return subscribeTo(store, pick, (value) => writeText(key, JSON.stringify(value)));
}

function readText(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function writeText(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Full or forbidden: the setting lasts until the page is left.
  }
}
