import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ContinuousIjk, Ijk, RasMm } from '../geometry/frames';
import { ijk } from '../geometry/frames';
import { PLANE_NAMES, type PlaneName } from '../geometry/planes';
import type { SliceView } from '../geometry/sliceView';
import type { IntensityRange, VolumeId } from './task';

export type ToolName = 'crosshair' | 'window' | 'brush' | 'eraser' | 'pencil';

/** What lies under the pointer. */
export interface Hover {
  readonly plane: PlaneName;
  readonly at: ContinuousIjk;
  readonly voxel: Ijk;
  readonly rasMm: RasMm;
  readonly intensity: number | null;
  readonly label: number;
}

export type Notice = { readonly text: string; readonly tone: 'info' | 'warning' | 'error' };

export interface ViewerState {
  readonly volume: VolumeId | null;
  readonly tool: ToolName;
  readonly activeLabel: number;
  readonly brushMm: number;
  readonly paintOver: 'everything' | 'background';
  readonly eraseOnly: 'active' | 'everything';
  readonly labelsVisible: boolean;
  readonly labelOpacity: number;
  readonly outline: boolean;
  readonly hiddenLabels: ReadonlySet<number>;
  readonly smooth: boolean;
  /** The crosshair: one voxel, and with it the slice of all three planes. */
  readonly cursor: Ijk;
  readonly window: IntensityRange;
  readonly views: Readonly<Partial<Record<PlaneName, SliceView>>>;
  /** The plane under the pointer, which A, D and Tab step through. */
  readonly activePlane: PlaneName;
  readonly mainPlane: PlaneName;
  readonly maximised: PlaneName | null;
  readonly hover: Hover | null;
  readonly leftOpen: boolean;
  readonly rightOpen: boolean;
  readonly hotkeysOpen: boolean;
  readonly submitOpen: boolean;
  readonly notice: Notice | null;
}

export type ViewerStore = StoreApi<ViewerState>;

const INITIAL: ViewerState = {
  volume: null,
  tool: 'crosshair',
  activeLabel: 1,
  brushMm: 4,
  paintOver: 'everything',
  eraseOnly: 'active',
  labelsVisible: true,
  labelOpacity: 0.45,
  outline: true,
  hiddenLabels: new Set(),
  smooth: true,
  cursor: ijk(0, 0, 0),
  window: { lower: 0, upper: 1 },
  views: {},
  activePlane: 'axial',
  mainPlane: 'axial',
  maximised: null,
  hover: null,
  leftOpen: true,
  rightOpen: true,
  hotkeysOpen: false,
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

/** Brush sizes the keys step through, in mm. */
export const BRUSH_SIZES_MM: readonly number[] = [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40];

export function nextBrushMm(current: number, direction: 1 | -1): number {
  const larger = BRUSH_SIZES_MM.find((size) => size > current);
  const smaller = BRUSH_SIZES_MM.findLast((size) => size < current);
  return (direction > 0 ? larger : smaller) ?? current;
}

export function nextPlane(current: PlaneName, direction: 1 | -1): PlaneName {
  const at = PLANE_NAMES.indexOf(current);
  return PLANE_NAMES[(at + direction + PLANE_NAMES.length) % PLANE_NAMES.length] ?? current;
}
