import type { LabelVersion, VersionId } from './task';

/**
 * Keeping the label map on the server, as a pure state machine. A revision counts every change of the array on screen;
 * `saved` is said only while the revision the server confirmed is the one on screen.
 */
export type SavePhase = 'clean' | 'dirty' | 'saving' | 'saved' | 'offline' | 'conflict' | 'error';

export interface SaveConflict {
  /** What both were made from; null for the empty map. */
  readonly base: LabelVersion | null;
  readonly mine: LabelVersion;
  readonly theirs: LabelVersion;
}

export interface AutosaveState {
  readonly phase: SavePhase;
  /** The array on screen. */
  readonly revision: number;
  /** The last revision the server said it has. */
  readonly confirmed: number;
  /** The revision under way to the server; there is never a second one. */
  readonly sending: number | null;
  /** The version the next save builds on. */
  readonly parent: VersionId | null;
  readonly dirtySinceMs: number;
  readonly lastEditMs: number;
  readonly failedAtMs: number;
  readonly attempts: number;
  readonly message: string | null;
  readonly conflict: SaveConflict | null;
  /** The last revision that this computer keeps a draft of. */
  readonly drafted: number;
  /** Why this browser keeps no drafts; null while it does. */
  readonly draftTrouble: string | null;
}

export type AutosaveEvent =
  | { readonly type: 'edited'; readonly atMs: number }
  /** An earlier revision where a save is sent again whose answer was lost. */
  | { readonly type: 'saveStarted'; readonly revision?: number }
  | { readonly type: 'saveConfirmed'; readonly version: LabelVersion; readonly atMs: number }
  | { readonly type: 'saveConflicted'; readonly conflict: SaveConflict }
  | { readonly type: 'saveUnreachable'; readonly message: string; readonly atMs: number }
  | { readonly type: 'saveRefused'; readonly message: string }
  | { readonly type: 'mineKept'; readonly atMs: number }
  | { readonly type: 'merged'; readonly parent: VersionId; readonly atMs: number }
  | { readonly type: 'headTaken'; readonly head: LabelVersion | null }
  | { readonly type: 'drafted'; readonly revision: number }
  | { readonly type: 'draftFailed'; readonly reason: string };

export const QUIET_MS = 1500;
export const LONGEST_UNSAVED_MS = 15_000;
const BACKOFF_MS = [2000, 4000, 8000, 15_000, 30_000];

export const initialAutosave = (parent: VersionId | null): AutosaveState => ({
  phase: 'clean',
  revision: 0,
  confirmed: 0,
  sending: null,
  parent,
  dirtySinceMs: 0,
  lastEditMs: 0,
  failedAtMs: 0,
  attempts: 0,
  message: null,
  conflict: null,
  drafted: 0,
  draftTrouble: null,
});

export const hasUnsavedWork = (state: AutosaveState): boolean => state.confirmed !== state.revision;

/** Is what the server lacks at least on this computer? */
export const isDrafted = (state: AutosaveState): boolean => state.drafted === state.revision && state.draftTrouble === null;

/** May a save start now? A conflict waits for a person; nothing is sent twice at once. */
export const maySave = (state: AutosaveState): boolean =>
  state.sending === null && hasUnsavedWork(state) && state.phase !== 'conflict';

export function autosave(state: AutosaveState, event: AutosaveEvent): AutosaveState {
  switch (event.type) {
    case 'edited': {
      const wasSaved = !hasUnsavedWork(state);
      const phase = state.phase === 'clean' || state.phase === 'saved' ? 'dirty' : state.phase;
      const dirtySinceMs = wasSaved ? event.atMs : state.dirtySinceMs;
      return { ...state, phase, revision: state.revision + 1, lastEditMs: event.atMs, dirtySinceMs };
    }
    case 'saveStarted':
      return maySave(state) ? { ...state, phase: 'saving', sending: event.revision ?? state.revision } : state;
    case 'saveConfirmed':
      if (state.sending === null) return state;
      return settled({ ...state, confirmed: state.sending, parent: event.version.id }, event.atMs);
    case 'saveConflicted':
      if (state.sending === null) return state;
      return {
        ...state,
        phase: 'conflict',
        confirmed: state.sending,
        sending: null,
        attempts: 0,
        message: null,
        parent: event.conflict.mine.id,
        conflict: event.conflict,
      };
    case 'saveUnreachable':
      if (state.sending === null) return state;
      return {
        ...state,
        phase: 'offline',
        sending: null,
        attempts: state.attempts + 1,
        failedAtMs: event.atMs,
        message: event.message,
      };
    case 'saveRefused':
      return state.sending === null ? state : { ...state, phase: 'error', sending: null, message: event.message };
    case 'mineKept':
      return state.conflict ? settled(state, event.atMs) : state;
    case 'merged':
      return state.conflict ? settled({ ...state, parent: event.parent, revision: state.revision + 1 }, event.atMs) : state;
    case 'headTaken': {
      const revision = state.revision + 1;
      const { draftTrouble } = state;
      return { ...initialAutosave(event.head?.id ?? null), phase: 'saved', revision, confirmed: revision, draftTrouble };
    }
    case 'drafted':
      return { ...state, drafted: Math.max(state.drafted, event.revision), draftTrouble: null };
    case 'draftFailed':
      return { ...state, draftTrouble: event.reason };
  }
}

function settled(state: AutosaveState, atMs: number): AutosaveState {
  const phase = hasUnsavedWork(state) ? 'dirty' : 'saved';
  return { ...state, phase, sending: null, attempts: 0, message: null, conflict: null, dirtySinceMs: atMs };
}

/** When the next save is due by the clock; null where nothing is to be sent without a person. */
export function nextSaveMs(state: AutosaveState): number | null {
  if (!maySave(state)) return null;
  if (state.phase === 'dirty') {
    return Math.min(state.lastEditMs + QUIET_MS, state.dirtySinceMs + LONGEST_UNSAVED_MS);
  }
  if (state.phase === 'offline') {
    const wait = BACKOFF_MS[Math.min(state.attempts, BACKOFF_MS.length) - 1] ?? 0;
    return state.failedAtMs + wait;
  }
  return null;
}
