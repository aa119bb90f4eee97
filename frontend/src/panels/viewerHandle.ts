import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Axis, Ijk, Triple } from '../geometry/frames';
import type { PlaneName } from '../geometry/planes';
import type { ConflictChoice, ConflictDifference } from '../state/conflict';
import type { MarksHandle } from './marksHandle';
import type { ImageHandle } from './imageHandle';
import type { OperationForm } from '../state/operationForm';
import type { InteractiveState, InteractiveStore } from '../state/interactive';
import type { LabelSession } from '../state/labelSession';
import type { AnatomyFinding, AnatomyOverride, TaskId, Verdict, VolumeId } from '../state/task';
import type { MarksState } from '../state/marks';
import type { WorkHistory } from '../state/workHistory';
import type { ViewerState, ViewerStore } from '../state/viewerStore';
import type { WorkspaceState, WorkspaceStore } from '../state/workspaceState';
import { paced } from '../state/paced';
import { keysInWords } from '../tools/hotkeys';
import type { ViewerAction } from '../tools/viewerActions';

/** What the panels see of an opened task and may ask of it. */
export interface ViewerHandle {
  readonly store: ViewerStore;
  readonly state: WorkspaceStore;
  /** Labels of the volume shown, read-only or not. */
  labels(): LabelSession | null;
  readonly mayPaint: boolean;
  readonly voxelMm3: number;
  /** How far up, towards the head, a place of the volume shown lies. */
  headwardMm(voxel: Triple): number;
  /** The array axis across a plane's slices, in the volume shown. */
  sliceAxis(plane: PlaneName): Axis;
  /** Makes a plane the one that keys move in, and the large one where it is not on screen. */
  look(plane: PlaneName): void;
  readonly image: ImageHandle;
  perform(action: ViewerAction): void;
  autoWindow(): void;
  resetWindow(): void;
  showVolume(id: VolumeId): void;
  jumpTo(voxel: Ijk): void;
  jumpToLabel(value: number): void;
  /** The steps of the work on the volume shown, its marks included. */
  history(): WorkHistory;
  /** Undoes or redoes until so many of them are done. */
  goToStep(done: number): void;
  /** With `preview` the outcome is shown first, and waits for `accept`. */
  operate(form: OperationForm, preview?: boolean): void;
  cancelOperation(): void;
  retrySave(): void;
  conflictDifference(): Promise<ConflictDifference | null>;
  resolveConflict(choice: ConflictChoice): Promise<void>;
  /** Makes a volume the one that is worked on. */
  openVolume(id: VolumeId): Promise<void>;
  readonly marks: MarksHandle;
  /** Scribbles and clicks that are answered with a region. */
  readonly interactive: InteractiveStore;
  /** Shows a volume's voxel, whichever volume is worked on now. */
  jumpToPlace(volume: VolumeId | null, voxel: Triple): void;
  checkAnatomy(): Promise<readonly AnatomyFinding[]>;
  submit(comment: string, overrides: readonly AnatomyOverride[]): Promise<{ next: TaskId | null } | null>;
  review(verdict: Verdict, comment: string): Promise<boolean>;
}

export const ViewerContext = createContext<ViewerHandle | null>(null);

export function useHandle(): ViewerHandle {
  const handle = useContext(ViewerContext);
  if (!handle) throw new Error('A viewer panel is used outside the viewer.');
  return handle;
}

export function useViewer<T>(pick: (state: ViewerState) => T): T {
  return useStore(useHandle().store, pick);
}

export function useWorkspace<T>(pick: (state: WorkspaceState) => T): T {
  return useStore(useHandle().state, pick);
}

export const useInteractive = <T>(pick: (state: InteractiveState) => T): T => useStore(useHandle().interactive, pick);

export const useMarks = <T>(pick: (state: MarksState) => T): T => useStore(useHandle().marks.store, pick);

/** A tooltip with the keys of the actions in brackets, as they are set now. */
export function useHint(): (words: string, ...actions: readonly string[]) => string {
  const choices = useViewer((state) => state.hotkeys);
  return (words, ...actions) => {
    const keys = actions.map((action) => keysInWords(action, choices)).filter(Boolean).join(' ');
    return keys === '' ? words : `${words} (${keys})`;
  };
}

/** The shown volume's labels, for who offers what can be done with them: drawn again when it is another map, not at each stroke. */
export function useSession(): LabelSession | null {
  const handle = useHandle();
  useWorkspace((state) => state.shown);
  useWorkspace((state) => state.stage.kind);
  return handle.labels();
}

/** Numbers that follow a stroke are read, not watched: painting them with each of its frames would slow it down. */
const STROKE_PACE_MS = 100;

/** The same for who shows what they are: the component is drawn again with every change of them, in a stroke ten times a second. */
export function useLabels(): LabelSession | null {
  const session = useSession();
  const subscribe = useCallback(
    (listener: () => void) => {
      if (!session) return () => {};
      const { notify, stop } = paced(listener, () => session.isPainting, STROKE_PACE_MS);
      const leave = session.subscribe(notify);
      return () => {
        leave();
        stop();
      };
    },
    [session],
  );
  // Strokes under way count too, and so does their end (it adds a step to undo).
  const snapshot = (): string =>
    session ? `${session.revision}/${session.steps.length}/${session.isPainting}/${[...session.locked].join()}` : '';
  useSyncExternalStore(subscribe, snapshot);
  return session;
}
