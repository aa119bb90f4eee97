import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LabelArray } from '../commands/labelGrid';
import type { ContinuousIjk, Ijk, RasMm } from '../geometry/frames';
import { ijk } from '../geometry/frames';
import { PLANE_NAMES, type Convention, type PlaneName } from '../geometry/planes';
import type { MarkKind } from '../geometry/marks';
import type { WorldView } from '../geometry/worldLink';
import type { ProposedComponent } from '../operations/proposals';
import type { Overlay, VolumeDisplay } from './display';
import { INITIAL_EDIT_SETTINGS, type EditSettings } from './editSettings';
import type { LabelColours, LabelOpacities } from './labelColours';
import type { CellId, LayoutName } from './layouts';
import { INITIAL_OPERATION, type OperationForm } from './operationForm';
import type { PanelSection } from './panelSections';
import type { Colour } from './pointedValue';
import type { GrowSeed, Marked, OperationUnderWay, PendingOperation, Preview, Sketch } from './sketch';
import type { IntensityRange, VersionId, VolumeId } from './task';

export type ToolName = 'crosshair' | 'window' | 'brush' | 'eraser' | 'pencil' | 'threshold' | 'fill' | 'lasso' | 'scissors' | 'grow' | 'island' | 'scribble' | 'click' | MarkKind;

/** What a volume says under the pointer. */
export interface PointedValue {
  readonly name: string;
  /** A colour where it is a map of directions. */
  readonly value: number | Colour;
  readonly unit: string;
}

/** What lies under the pointer. */
export interface Hover {
  readonly cell: CellId;
  readonly plane: PlaneName;
  readonly at: ContinuousIjk;
  readonly voxel: Ijk;
  readonly rasMm: RasMm;
  readonly intensity: number | null;
  readonly unit: string;
  /** Of the volume that is laid over, where it reaches. */
  readonly over: PointedValue | null;
  readonly label: number;
}

export type Notice = { readonly text: string; readonly tone: 'info' | 'warning' | 'error' };

export interface ViewerState extends EditSettings {
  readonly volume: VolumeId | null;
  readonly tool: ToolName;
  readonly activeLabel: number;
  readonly labelsVisible: boolean;
  readonly labelOpacity: number;
  /** Of the labels that have one of their own. */
  readonly labelOpacities: LabelOpacities;
  readonly outline: boolean;
  /** CSS pixels; the active label's is one wider. */
  readonly outlineWidth: number;
  /** Outlines are dashed, each label in its own way, so that colour is not the only sign. */
  readonly outlinePattern: boolean;
  readonly labelColours: LabelColours;
  readonly hiddenLabels: ReadonlySet<number>;
  readonly smooth: boolean;
  /** The crosshair as a voxel of the volume worked on, and with it the slice of its three planes. */
  readonly cursor: Ijk;
  /** The crosshair in the patient, by `linkKey`; what the viewports of all grids follow. */
  readonly places: Readonly<Record<string, RasMm>>;
  /** Zoom and pan by plane, by `viewKey`; none where the slice is fitted to the viewport. */
  readonly views: Readonly<Record<string, WorldView>>;
  /** Crosshair, zoom and pan are one for all volumes on screen. */
  readonly linked: boolean;
  /** The window of the volume worked on; the tools read it here, `displays` has those of all volumes. */
  readonly window: IntensityRange;
  readonly displays: Readonly<Record<string, VolumeDisplay>>;
  /** Of 4-D volumes; the first where none is named. */
  readonly frames: Readonly<Record<string, number>>;
  /** The volume laid over the others, or null. */
  readonly overlaid: VolumeId | null;
  readonly overlay: Overlay;
  readonly convention: Convention;
  readonly layout: LayoutName;
  readonly cellVolumes: Readonly<Partial<Record<CellId, VolumeId>>>;
  readonly compared: VersionId | null;
  /** What differs between two label maps is hatched. */
  readonly differenceShown: boolean;
  /** Which of the places that differ was gone to last. */
  readonly differenceAt: number | null;
  /** The viewport under the pointer, and its plane, which A, D and Tab step through. */
  readonly activeCell: CellId;
  readonly activePlane: PlaneName;
  readonly mainPlane: PlaneName;
  readonly maximised: CellId | null;
  /** Space is held: dragging pans. */
  readonly panning: boolean;
  readonly hover: Hover | null;
  readonly sketch: Sketch | null;
  readonly growSeed: GrowSeed | null;
  readonly preview: Preview | null;
  /** Voxels to point at in every viewport of the volume worked on, with what each is. */
  readonly marked: Marked | null;
  /** What a model proposed for the volume worked on; null where nothing was, and until it has come. */
  readonly proposal: LabelArray | null;
  readonly proposalOutline: boolean;
  /** The piece of the proposal that waits for Enter. */
  readonly proposedPiece: ProposedComponent | null;
  readonly operation: OperationUnderWay | null;
  readonly pending: PendingOperation | null;
  /** The threshold operation is shown while its range moves. */
  readonly thresholdLive: boolean;
  readonly operationForm: OperationForm;
  readonly leftOpen: boolean;
  readonly rightOpen: boolean;
  /** Of the label panel. */
  readonly foldedSections: readonly PanelSection[];
  readonly hotkeysOpen: boolean;
  /** Keys that this person chose in place of the defaults, by action. */
  readonly hotkeys: Readonly<Record<string, readonly string[]>>;
  /** Work goes on by keyboard: the crosshair stands for the pointer. */
  readonly byKeys: boolean;
  readonly submitOpen: boolean;
  readonly notice: Notice | null;
}

export type ViewerStore = StoreApi<ViewerState>;

const INITIAL: ViewerState = {
  ...INITIAL_EDIT_SETTINGS,
  volume: null,
  tool: 'crosshair',
  activeLabel: 1,
  labelsVisible: true,
  labelOpacity: 0.45,
  outline: true,
  outlineWidth: 1,
  outlinePattern: false,
  labelColours: {},
  labelOpacities: {},
  hiddenLabels: new Set(),
  smooth: true,
  cursor: ijk(0, 0, 0),
  window: { lower: 0, upper: 1 },
  places: {},
  views: {},
  linked: true,
  displays: {},
  frames: {},
  overlaid: null,
  overlay: { opacity: 0.5, clearBelow: true },
  convention: 'radiological',
  layout: 'mpr',
  cellVolumes: {},
  compared: null,
  differenceShown: true,
  differenceAt: null,
  activeCell: 'a',
  panning: false,
  activePlane: 'axial',
  mainPlane: 'axial',
  maximised: null,
  hover: null,
  sketch: null,
  growSeed: null,
  preview: null,
  marked: null,
  proposal: null,
  proposalOutline: true,
  proposedPiece: null,
  operation: null,
  pending: null,
  thresholdLive: false,
  operationForm: INITIAL_OPERATION,
  leftOpen: true,
  rightOpen: true,
  foldedSections: [],
  hotkeysOpen: false,
  hotkeys: {},
  byKeys: false,
  submitOpen: false,
  notice: null,
};

export const createViewerStore = (start: Partial<ViewerState> = {}): ViewerStore =>
  createStore<ViewerState>(() => ({ ...INITIAL, ...start }));

/** Calls back when the picked part changes; returns the disposer. */
export function subscribeTo<T>(store: ViewerStore, pick: (state: ViewerState) => T, listener: (value: T) => void) {
  return store.subscribe((state, previous) => {
    const value = pick(state);
    if (!Object.is(value, pick(previous))) listener(value);
  });
}

/** Linked volumes share one crosshair; others have their own. */
export const linkKey = ({ linked }: Pick<ViewerState, 'linked'>, volume: VolumeId): string => (linked ? 'linked' : volume);

export const viewKey = (state: Pick<ViewerState, 'linked'>, volume: VolumeId, plane: PlaneName): string =>
  `${linkKey(state, volume)}/${plane}`;

export function nextPlane(current: PlaneName, direction: 1 | -1): PlaneName {
  const at = PLANE_NAMES.indexOf(current);
  return PLANE_NAMES[(at + direction + PLANE_NAMES.length) % PLANE_NAMES.length] ?? current;
}
