import { parseColours } from '../state/labelColours';
import { subscribeTo, type ViewerStore } from '../state/viewerStore';

/**
 * What a person set up and expects to find again: label colours of the study, and how labels are drawn. Kept in this
 * browser; where it keeps nothing (a private window, a full disk) the defaults come back, and no work is lost.
 */
export function keepPreferences(store: ViewerStore, study: string): () => void {
  const key = `radicula.colours.${study}`;
  store.setState({ labelColours: parseColours(read(key)), outlineWidth: widthFrom(read(WIDTH)) });
  const stopColours = subscribeTo(store, (state) => state.labelColours, (colours) => write(key, JSON.stringify(colours)));
  const stopWidth = subscribeTo(store, (state) => state.outlineWidth, (width) => write(WIDTH, String(width)));
  return () => {
    stopColours();
    stopWidth();
  };
}

const WIDTH = 'radicula.outline-width';

const widthFrom = (text: string | null): number => Math.min(4, Math.max(1, Math.round(Number(text ?? 1)) || 1));

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Full or forbidden: the setting lasts until the page is left.
  }
}
