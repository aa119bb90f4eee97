import type { Ijk, Triple } from '../geometry/frames';
import type { GridPlane, PlaneName } from '../geometry/planes';
import type { CanvasPoint, PlanePoint, SliceView, ViewportSize } from '../geometry/sliceView';
import type { InteractiveBoard } from '../state/interactive';
import type { MarkBoard } from '../state/marks';
import type { IntensityRange, VolumeId } from '../state/task';
import type { VoxelChange } from '../commands/voxelChange';
import type { OperationRequest } from '../operations/operationRequest';
import type { LabelVolume } from '../operations/sliceTarget';
import type { LabelSession } from '../state/labelSession';
import type { ViewerStore } from '../state/viewerStore';

/** A viewport as the tools see it. Canvas points are CSS pixels from its upper left corner. */
export interface PlaneSurface {
  readonly plane: GridPlane;
  readonly view: SliceView;
  readonly size: ViewportSize;
  readonly slice: number;
  toPlane(point: CanvasPoint): PlanePoint;
}

/** Operations for previews: the latest that is asked for counts. */
export interface LiveOperations {
  run(volume: LabelVolume, image: ArrayLike<number>, request: OperationRequest): Promise<VoxelChange | null>;
}

/** Where the pointer is; how hard a pen is pressed, from 0 to 1. */
export interface PointerPoint extends CanvasPoint {
  readonly pressure?: number | undefined;
  /** Ctrl, Alt or the command key is held: a tool with two sides takes the other one. */
  readonly other?: boolean;
}

/** What a tool may do. Every change of the label map goes through the session, so that it can be undone. */
export interface ToolContext {
  readonly store: ViewerStore;
  /** Null where nothing may be painted: read-only, or a volume that takes no labels. */
  readonly session: LabelSession | null;
  /** Intensities of the volume shown, i fastest. */
  readonly image: ArrayLike<number> | null;
  readonly spacingMm: Triple | null;
  /** Of the volume the gesture is on. */
  readonly window: IntensityRange;
  setWindow(window: IntensityRange): void;
  /** Works out an operation beside the page; null where a later one took its place. */
  readonly live: LiveOperations;
  /** Null where nothing may be measured: a task that was handed in, or someone else's. */
  readonly marks: MarkBoard | null;
  /** Marks that are answered with a region; null where there is no server for them. */
  readonly interactive: InteractiveBoard | null;
  /** What is measured on. */
  readonly markVolume: VolumeId | null;
  moveCursor(voxel: Ijk): void;
  setView(plane: PlaneName, view: SliceView): void;
}

/** A drag under way. Points come in order, coalesced ones included. */
export interface Gesture {
  move(points: readonly PointerPoint[]): void;
  end(): void;
}

export type StartGesture = (context: ToolContext, surface: PlaneSurface, at: PointerPoint) => Gesture | null;
