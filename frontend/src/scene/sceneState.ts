import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PlaneName } from '../geometry/planes';
import type { ShownTract } from './streamlines/tractSet';

/** What the 3-D scene shows beyond what the viewer itself says. */
export interface SceneState {
  readonly planes: Readonly<Record<PlaneName, boolean>>;
  readonly planeOpacity: number;
  readonly surfaces: boolean;
  /** Only the active label. */
  readonly solo: boolean;
  /** Surfaces that are still being made. */
  readonly making: number;
  readonly tracts: readonly ShownTract[];
  readonly tractWidthMm: number;
  /** Streamlines are cut to a slab about the crosshair, square to this plane. */
  readonly slab: PlaneName | null;
  readonly slabMm: number;
  readonly tractsOpen: boolean;
  /** The tractogram that is rated now; what would tell which it is stays out of sight. */
  readonly rated: string | null;
  /** A tractogram of the case that the address named, until it is shown. */
  readonly asked: string | null;
  readonly problem: string | null;
}

export type SceneStore = StoreApi<SceneState>;

export const createSceneStore = (first: Partial<SceneState> = {}): SceneStore =>
  createStore<SceneState>(() => ({
    planes: { axial: true, sagittal: true, coronal: false },
    planeOpacity: 1,
    surfaces: true,
    solo: false,
    making: 0,
    tracts: [],
    tractWidthMm: 0.5,
    slab: null,
    slabMm: 10,
    tractsOpen: false,
    rated: null,
    asked: null,
    problem: null,
    ...first,
  }));
