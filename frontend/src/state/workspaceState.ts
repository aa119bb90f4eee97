import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AutosaveState } from './autosave';
import type { Task, VolumeId } from './task';

/** How far the page is with opening a task. */
export type Stage =
  | { readonly kind: 'task' }
  | { readonly kind: 'image'; readonly fraction: number }
  | { readonly kind: 'labels' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly message: string };

export interface WorkspaceState {
  readonly stage: Stage;
  readonly task: Task | null;
  readonly shown: VolumeId | null;
  /** Of each volume that is edited. */
  readonly saves: Readonly<Record<string, AutosaveState>>;
  readonly busy: 'submitting' | 'reviewing' | 'resolving' | null;
}

export type WorkspaceStore = StoreApi<WorkspaceState>;

export const createWorkspaceStore = (): WorkspaceStore =>
  createStore<WorkspaceState>(() => ({ stage: { kind: 'task' }, task: null, shown: null, saves: {}, busy: null }));

const URGENCY: readonly AutosaveState['phase'][] = ['conflict', 'error', 'offline', 'saving', 'dirty', 'saved', 'clean'];

/** The state of the task as a whole: that of the volume that is worst off. */
export function worstSave(saves: WorkspaceState['saves']): AutosaveState | null {
  const all = Object.values(saves);
  const phase = URGENCY.find((candidate) => all.some((save) => save.phase === candidate));
  return all.find((save) => save.phase === phase) ?? null;
}

export const anyUnsaved = (saves: WorkspaceState['saves']): boolean =>
  Object.values(saves).some((save) => save.revision !== save.confirmed);
