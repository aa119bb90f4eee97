import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AutosaveState } from './autosave';
import type { LabelDifference } from '../operations/labelDifference';
import type { LayoutCell } from './layouts';
import type { LabelVersion, Task, VolumeId } from './task';

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
  /** The volume that is worked on. */
  readonly shown: VolumeId | null;
  /** What the viewports show. */
  readonly cells: readonly LayoutCell[];
  /** Grows when a volume, its labels or a compared version has come: what shows them looks again. */
  readonly arrivals: number;
  /** Label versions of the volume worked on that the user may see, newest first. */
  readonly versions: readonly LabelVersion[];
  /** Of the two label maps side by side; null where there are not two. */
  readonly difference: LabelDifference | null;
  /** Of each volume that is edited. */
  readonly saves: Readonly<Record<string, AutosaveState>>;
  readonly busy: 'submitting' | 'reviewing' | 'resolving' | null;
}

export type WorkspaceStore = StoreApi<WorkspaceState>;

export const createWorkspaceStore = (): WorkspaceStore =>
  createStore<WorkspaceState>(() => ({ stage: { kind: 'task' }, task: null, shown: null, cells: [], arrivals: 0, versions: [], difference: null, saves: {}, busy: null }));

const URGENCY: readonly AutosaveState['phase'][] = ['conflict', 'error', 'offline', 'saving', 'dirty', 'saved', 'clean'];

/** The state of the task as a whole: that of the volume that is worst off. */
export function worstSave(saves: WorkspaceState['saves']): AutosaveState | null {
  const all = Object.values(saves);
  const phase = URGENCY.find((candidate) => all.some((save) => save.phase === candidate));
  return all.find((save) => save.phase === phase) ?? null;
}

export const anyUnsaved = (saves: WorkspaceState['saves']): boolean =>
  Object.values(saves).some((save) => save.revision !== save.confirmed);
