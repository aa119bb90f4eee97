import { ACTIONS, type ActionEntry } from './viewerActions';

/** The part of a keyboard event a hotkey depends on. */
export interface KeyStroke {
  readonly key: string;
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Keys that a person chose in place of the defaults, by the id of the action; none of them is an empty list. */
export type HotkeyChoices = Readonly<Record<string, readonly string[]>>;

export const keysOf = ({ id, keys }: ActionEntry, choices: HotkeyChoices): readonly string[] => choices[id] ?? keys;

/** The keys of an action, for a tooltip: `B`, or `Z, Ctrl+Z`; empty where it has none. */
export function keysInWords(id: string, choices: HotkeyChoices): string {
  const entry = ACTIONS.find((candidate) => candidate.id === id);
  return entry ? keysOf(entry, choices).map(chordInWords).join(', ') : '';
}

const SYMBOLS: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Escape: 'Esc' };

export const chordInWords = (chord: string): string => partsOf(chord).map((part) => SYMBOLS[part] ?? part).join('+');

/** `Shift+Z` to `Shift`, `Z`; the plus key itself is a part too. */
export const partsOf = (chord: string): readonly string[] => chord.split(/\+(?=.)/);

/**
 * The chord of a key stroke, or null where no hotkey can be made of it. Shift is named with letters and named keys; a sign
 * such as `?` says by itself how it is typed, on whatever layout.
 */
export function chordOf(stroke: KeyStroke): string | null {
  const { key, shiftKey } = stroke;
  if (stroke.altKey || ['Shift', 'Control', 'Meta', 'Alt', 'AltGraph', 'Dead', 'Unidentified', 'Process'].includes(key)) return null;
  const isLetter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  const name = key === ' ' ? 'Space' : isLetter ? key.toUpperCase() : key;
  const ctrl = stroke.ctrlKey || stroke.metaKey ? 'Ctrl+' : '';
  const shift = shiftKey && (isLetter || key === ' ' || key.length > 1) ? 'Shift+' : '';
  return ctrl + shift + name;
}

/** The action of a key stroke, or null where it is none of ours (and the browser keeps it). */
export function actionOf(stroke: KeyStroke, choices: HotkeyChoices = {}): ActionEntry | null {
  const chord = chordOf(stroke);
  return chord === null ? null : ownerOf(chord, choices);
}

/** Which action a chord belongs to. */
export const ownerOf = (chord: string, choices: HotkeyChoices): ActionEntry | null =>
  ACTIONS.find((entry) => keysOf(entry, choices).includes(chord)) ?? null;

/** The digit of a key, by its place too: on a French layout the digits need shift. Null with Ctrl, or where it is no digit. */
export function digitOf({ key, code, ctrlKey, metaKey, altKey }: KeyStroke): number | null {
  if (ctrlKey || metaKey || altKey) return null;
  const digit = /^[0-9]$/.exec(key)?.[0] ?? (/^[?[\]=-]$/.test(key) ? undefined : /^Digit([0-9])$/.exec(code)?.[1]);
  return digit === undefined ? null : Number(digit);
}

/** Why a chord cannot be given to an action; null where it can. */
export function refusalOf(chord: string): string | null {
  if (/^[1-9]$/.test(chord)) return 'The number keys choose labels.';
  if (/^Ctrl\+(Shift\+)?[CVXTWNRLPSFQ]$/.test(chord)) return `${chord} belongs to the browser.`;
  if (/^F\d+$/.test(chord)) return 'The function keys belong to the browser.';
  return null;
}

/** Gives an action one chord, and takes it from the action that had it. */
export function withKey(choices: HotkeyChoices, entry: ActionEntry, chord: string): HotkeyChoices {
  const owner = ownerOf(chord, choices);
  const taken = owner && owner.id !== entry.id ? { [owner.id]: keysOf(owner, choices).filter((key) => key !== chord) } : {};
  return { ...choices, ...taken, [entry.id]: [chord] };
}

/** The action's default keys again; those that another action has by now stay there. */
export function withoutChoice(choices: HotkeyChoices, entry: ActionEntry): HotkeyChoices {
  const others = Object.fromEntries(Object.entries(choices).filter(([id]) => id !== entry.id));
  const taken = ACTIONS.filter(({ id }) => id !== entry.id).flatMap((other) => keysOf(other, others));
  const free = entry.keys.filter((key) => !taken.includes(key));
  return free.length === entry.keys.length ? others : { ...others, [entry.id]: free };
}

/** Reads what was stored; whatever is no list of keys of a known action is left out. */
export function parseHotkeys(text: string | null): HotkeyChoices {
  try {
    const stored: unknown = JSON.parse(text ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    const known = new Set(ACTIONS.map(({ id }) => id));
    const isKeys = (keys: unknown): keys is readonly string[] =>
      Array.isArray(keys) && keys.every((key) => typeof key === 'string' && key.length > 0 && key.length < 40);
    return Object.fromEntries(Object.entries(stored).filter((pair): pair is [string, readonly string[]] => known.has(pair[0]) && isKeys(pair[1])));
  } catch {
    return {};
  }
}

/** Is the person typing? Then no key is ours. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="dialog"]')) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['range', 'checkbox', 'radio', 'button', 'color'].includes(target.type);
}
