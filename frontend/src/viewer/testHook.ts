import type { LabelArray } from '../commands/labelGrid';
import { ijk, isInside } from '../geometry/frames';
import type { PlaneName } from '../geometry/planes';
import { planeToCanvas } from '../geometry/sliceView';
import { anyUnsaved, worstSave } from '../state/workspaceState';
import { labelAt } from './openVolume';
import type { TaskWorkspace } from './workspace';

/**
 * What browser tests read of the viewer, and people at the console. It can look and move the crosshair; it can change no
 * voxel.
 */
export interface ViewerProbe {
  readonly version: 1;
  /** The volume is there and can be worked on: with its toolbar and panels, which follow the first slice. */
  readonly ready: boolean;
  readonly taskId: string | null;
  readonly volumeId: string | null;
  /** Brings a voxel into view and gives its centre in page pixels, for the mouse to be moved there. */
  canvasFor(voxel: readonly [number, number, number], plane: PlaneName): Promise<{ x: number; y: number }>;
  /** The same of several voxels, all of them in view at once; the crosshair is on the last. */
  canvasForAll(voxels: readonly (readonly [number, number, number])[], plane: PlaneName): Promise<{ x: number; y: number }[]>;
  /** Puts the crosshair on a voxel, as a click with the crosshair does. */
  jumpTo(voxel: readonly [number, number, number]): void;
  labelCounts(): Record<string, number>;
  /** The whole label map: runs of labelled voxels as start, length, value, in NIfTI's order. */
  labelRuns(): number[];
  labelAt(voxel: readonly [number, number, number]): number;
  cursor(): readonly [number, number, number];
  /** What the viewports show: volume, plane, slice and the page pixel of the crosshair. */
  viewports(): readonly ViewportProbe[];
  layout(): string;
  window(): { lower: number; upper: number };
  saveState(): { phase: string; revision: number; confirmed: number; drafted: number; parent: string | null; unsaved: boolean } | null;
  canUndo(): boolean;
  canRedo(): boolean;
}

export interface ViewportProbe {
  readonly cell: string;
  readonly volume: string;
  readonly plane: PlaneName;
  readonly slice: number;
  readonly mmPerPixel: number;
  /** The crosshair, in voxels of the volume and in page pixels. */
  readonly voxel: readonly number[];
  readonly at: { readonly x: number; readonly y: number };
  /** The graphics card has drawn it; of a map of directions, which it does not draw, that it is there. */
  readonly drawn: boolean;
}

declare global {
  interface Window {
    __radicula?: ViewerProbe;
  }
}

function runsOf(labels: LabelArray): number[] {
  const runs: number[] = [];
  for (let n = 0; n < labels.length; ) {
    const value = labels[n] as number;
    const start = n;
    while (n < labels.length && labels[n] === value) n += 1;
    if (value !== 0) runs.push(start, n - start, value);
  }
  return runs;
}

const nextFrame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));

/** Puts the probe on the window; returns the disposer. */
export function installTestHook(workspace: TaskWorkspace): () => void {
  const probe: ViewerProbe = {
    version: 1,
    get ready() {
      return workspace.state.getState().stage.kind === 'ready' && document.querySelector('[role="toolbar"]') !== null;
    },
    get taskId() {
      return workspace.state.getState().task?.id ?? null;
    },
    get volumeId() {
      return workspace.state.getState().shown;
    },
    async canvasFor(voxel, name) {
      const [at] = await this.canvasForAll([voxel], name);
      if (!at) throw new Error('No voxel was asked for.');
      return at;
    },
    async canvasForAll(voxels, name) {
      voxels.forEach((voxel) => this.jumpTo(voxel));
      await nextFrame();
      await nextFrame();
      const { viewports } = workspace;
      const cell = viewports.cellWith(name);
      const surface = cell && viewports.surfaces.get(cell)?.();
      const element = cell && viewports.frames.get(cell);
      if (!surface || !element) throw new Error(`The ${name} plane is not on screen.`);
      const { plane, view, size } = surface;
      const box = element.getBoundingClientRect();
      return voxels.map((voxel) => {
        const at = planeToCanvas(plane, view, size, { x: voxel[plane.x.axis], y: voxel[plane.y.axis] });
        return { x: box.left + at.x, y: box.top + at.y };
      });
    },
    jumpTo(voxel) {
      const { current } = workspace;
      const [i, j, k] = voxel;
      if (!current || !isInside(voxel, current.volume.shape)) throw new Error('No such voxel is shown.');
      workspace.jumpTo(ijk(i, j, k));
    },
    labelCounts() {
      const counts = [...(workspace.current?.session?.counts() ?? [])];
      return Object.fromEntries(counts.filter(([value, count]) => value > 0 && count > 0));
    },
    labelRuns: () => runsOf(workspace.current?.session?.labels ?? new Uint8Array()),
    labelAt([i, j, k]) {
      return workspace.current ? labelAt(workspace.current, ijk(i, j, k)) : 0;
    },
    cursor: () => [...workspace.store.getState().cursor] as [number, number, number],
    layout: () => workspace.store.getState().layout,
    viewports: () => [...workspace.viewports.surfaces].flatMap(([cell, surfaceOf]) => {
      const surface = surfaceOf();
      const box = workspace.viewports.frames.get(cell)?.getBoundingClientRect();
      if (!surface || !box) return [];
      const { open, plane, slice, view, size, crosshair } = surface;
      const at = planeToCanvas(plane, view, size, { x: crosshair[plane.x.axis], y: crosshair[plane.y.axis] });
      return [{
        cell, slice, volume: open.volume.id, plane: plane.name, mmPerPixel: view.mmPerPixel, voxel: [...crosshair],
        at: { x: box.left + at.x, y: box.top + at.y }, drawn: workspace.viewports.painted.has(cell),
      }];
    }),
    window: () => ({ ...workspace.store.getState().window }),
    saveState() {
      const { saves } = workspace.state.getState();
      const worst = worstSave(saves);
      if (!worst) return null;
      const { phase, revision, confirmed, drafted, parent } = worst;
      return { phase, revision, confirmed, drafted, parent, unsaved: anyUnsaved(saves) };
    },
    canUndo: () => workspace.session?.canUndo ?? false,
    canRedo: () => workspace.session?.canRedo ?? false,
  };
  window.__radicula = probe;
  return () => {
    if (window.__radicula === probe) delete window.__radicula;
  };
}
