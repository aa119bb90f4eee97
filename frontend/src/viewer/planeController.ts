import type { VoxelBounds } from '../commands/labelTally';
import { touchesSlice } from '../commands/touchedVoxels';
import { indexToRas } from '../geometry/affine';
import { continuousIjk, roundIjk } from '../geometry/frames';
import { voxelOnPlane } from '../geometry/planes';
import { canvasToPlane, type CanvasPoint, type ViewportSize } from '../geometry/sliceView';
import type { SessionChange } from '../state/labelSession';
import type { CellId } from '../state/layouts';
import type { ViewerState } from '../state/viewerStore';
import { listenToPointer } from '../tools/pointerInput';
import { cellContext } from './cellContext';
import { comparedMaps } from './compareLabels';
import { intensityAt } from './openVolume';
import { laidOverAt, unitOf } from './pointedValues';
import { PlanePainter, type Layer } from './planePainter';
import type { CellSurface } from './viewports';
import type { TaskWorkspace } from './workspace';

export interface PlaneElements {
  /** Takes the pointer and gives the size. */
  readonly frame: HTMLDivElement;
  readonly canvas: HTMLCanvasElement;
}

/** Keeps one viewport in step with the stores and the pointer: what has changed is painted with the next frame. */
export class PlaneController {
  private readonly painter: PlanePainter;
  private readonly disposers: (() => void)[] = [];
  private readonly due = new Set<Layer>();
  private size: ViewportSize = { width: 0, height: 0 };
  private last: CellSurface | null = null;
  private stopSession: () => void = () => {};
  private pointerAt: CanvasPoint | null = null;
  private frame = 0;

  constructor(
    private readonly workspace: TaskWorkspace,
    private readonly id: CellId,
    private readonly elements: PlaneElements,
  ) {
    const { store, state, viewports } = workspace;
    const context = cellContext(workspace, id);
    this.painter = new PlanePainter(workspace, id, context, elements.canvas);
    viewports.surfaces.set(id, this.surface);
    viewports.frames.set(id, elements.frame);
    this.disposers.push(() => {
      viewports.surfaces.delete(id);
      viewports.painted.delete(id);
      viewports.frames.delete(id);
    });
    this.disposers.push(store.subscribe((now, before) => this.onViewerState(now, before)));
    this.disposers.push(
      state.subscribe((now, before) => {
        if (now.shown !== before.shown || now.cells !== before.cells || now.arrivals !== before.arrivals) this.onVolume();
        else if (now.stage.kind !== before.stage.kind) this.onVolume();
      }),
    );
    const observer = new ResizeObserver(() => this.onResize());
    observer.observe(elements.frame);
    this.disposers.push(() => observer.disconnect());
    // Before the gesture: pressing in a viewport makes its volume the one that is worked on.
    const use = (): void => void workspace.use(id);
    elements.frame.addEventListener('pointerdown', use, { capture: true });
    this.disposers.push(() => elements.frame.removeEventListener('pointerdown', use, { capture: true }));
    this.disposers.push(
      listenToPointer({
        element: elements.frame,
        context,
        surface: this.surface,
        onHover: (point) => this.onHover(point),
        onStep: (slices) => this.onStep(slices),
        onMaximise: () => store.setState(({ maximised }) => ({ maximised: maximised === id ? null : id })),
      }),
    );
    this.disposers.push(workspace.marks.store.subscribe(() => this.schedule('pointer')));
    this.onResize();
    this.onVolume();
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.painter.dispose();
    this.stopSession();
    this.disposers.splice(0).forEach((dispose) => dispose());
  }

  /** Where the viewport stands now, or null while there is nothing to see. */
  readonly surface = (): CellSurface | null => {
    const { viewports } = this.workspace;
    const cell = viewports.planeCell(this.id);
    const open = cell && this.workspace.opened(cell.volume);
    if (!cell || !open || this.size.width < 2 || this.size.height < 2) return null;
    const plane = open.planes[cell.plane];
    const size = this.size;
    const view = viewports.viewOf(open, cell.plane, size);
    return {
      cell,
      open,
      plane,
      view,
      size,
      slice: viewports.voxelOf(open)[plane.sliceAxis],
      crosshair: viewports.crosshairOf(open),
      toPlane: (point) => canvasToPlane(plane, view, size, point),
    };
  };

  private onStep(slices: number): void {
    const surface = this.surface();
    if (surface) this.workspace.viewports.step(surface.open, surface.plane.name, slices);
  }

  private onViewerState(now: ViewerState, before: ViewerState): void {
    const crossed = now.places !== before.places;
    const looked = crossed || now.views !== before.views || now.linked !== before.linked || now.convention !== before.convention;
    // A step in one plane moves the lines in the others, not their slices.
    const moved = looked && !sameSlice(this.last, this.surface());
    const restyled = STYLE.some((setting) => now[setting] !== before[setting]);
    if (restyled) this.painter.restyle();
    if (moved || IMAGE.some((setting) => now[setting] !== before[setting])) this.schedule('image');
    if (moved || restyled) this.schedule('labels');
    const pointed = POINTER.some((setting) => now[setting] !== before[setting]);
    if (crossed || pointed) this.schedule('pointer');
    if (moved && this.pointerAt) this.onHover(this.pointerAt, false);
  }

  private onVolume(): void {
    this.stopSession();
    this.painter.restyle();
    const cell = this.workspace.viewports.planeCell(this.id);
    const compared = comparedMaps(this.workspace);
    const session = cell && (this.workspace.viewports.labelsOf(cell)?.session ?? (this.isCompared ? compared?.session : null));
    this.stopSession = session?.subscribe((change, touched) => this.onLabels(change, touched)) ?? (() => {});
    this.redraw();
  }

  /** A stroke in one plane leaves most slices of the others as they are: those are not drawn again. */
  private onLabels(change: SessionChange, touched: VoxelBounds | null): void {
    const surface = this.surface();
    const seen = change === 'replaced' || (touched && surface && touchesSlice(touched, surface.plane.sliceAxis, surface.slice));
    if (seen) this.schedule('labels');
  }

  private onResize(): void {
    const { clientWidth, clientHeight } = this.elements.frame;
    if (clientWidth === this.size.width && clientHeight === this.size.height) return;
    this.size = { width: clientWidth, height: clientHeight };
    if (clientWidth < 2 || clientHeight < 2) return;
    this.redraw();
  }

  private redraw(): void {
    (['image', 'labels'] as const).forEach((layer) => this.schedule(layer));
  }

  private schedule(layer: Layer): void {
    this.due.add(layer);
    if (layer === 'image') this.workspace.viewports.painted.delete(this.id);
    if (this.frame === 0) this.frame = requestAnimationFrame(this.paint);
  }

  private readonly paint = (): void => {
    this.frame = 0;
    const due = new Set(this.due);
    this.due.clear();
    const surface = this.surface();
    this.last = surface;
    if (!surface) return this.painter.blank();
    this.painter.paint(surface, due, this.pointerAt && surface.toPlane(this.pointerAt));
    this.workspace.viewports.painted.add(this.id);
  };

  /** Both sides of a comparison are one volume: what differs is hatched in both. */
  private get isCompared(): boolean {
    return this.id === 'a' || this.id === 'b';
  }

  /** The image may also move away under a pointer that rests: then the keys stay in the plane they are in. */
  private onHover(point: CanvasPoint | null, pointerMoved = true): void {
    this.pointerAt = point;
    this.schedule('pointer');
    const surface = this.surface();
    const { store, viewports } = this.workspace;
    if (!point || !surface) {
      if (store.getState().hover?.cell === this.id) store.setState({ hover: null });
      return;
    }
    const { plane, open, cell, slice } = surface;
    const on = surface.toPlane(point);
    const [i, j, k] = voxelOnPlane(plane, on.x, on.y, slice);
    const at = continuousIjk(i, j, k);
    const voxel = roundIjk(at);
    const intensity = intensityAt(open, voxel);
    const [si, sj] = open.volume.shape;
    const label = viewports.labelsOf(cell)?.labels[voxel[0] + si * (voxel[1] + sj * voxel[2])] ?? 0;
    const rasMm = indexToRas(open.affine, at);
    const unit = unitOf(this.workspace.state.getState().task, open.volume);
    store.setState({
      ...(pointerMoved ? { activePlane: plane.name, activeCell: this.id, byKeys: false } : {}),
      hover:
        intensity === null
          ? null
          : { cell: this.id, plane: plane.name, at, voxel, rasMm, intensity, unit, over: laidOverAt(this.workspace, open, rasMm), label },
    });
  }
}

const IMAGE = ['smooth', 'displays', 'overlaid', 'overlay'] as const;
const STYLE = ['labelsVisible', 'labelOpacity', 'labelOpacities', 'outline', 'outlineWidth', 'outlinePattern', 'labelColours', 'hiddenLabels', 'activeLabel', 'differenceShown', 'proposal', 'proposalOutline'] as const;
const POINTER = ['tool', 'brushForm', 'brushUnit', 'brushMm', 'brushVoxels', 'byKeys', 'activePlane', 'activeCell', 'sketch', 'preview', 'marked'] as const;

/** Would both be drawn alike? */
function sameSlice(a: CellSurface | null, b: CellSurface | null): boolean {
  if (!a || !b) return a === b;
  return (
    a.open.volume.id === b.open.volume.id &&
    a.plane === b.plane &&
    a.slice === b.slice &&
    a.size === b.size &&
    a.view.mmPerPixel === b.view.mmPerPixel &&
    near(a.view.centre.x, b.view.centre.x) &&
    near(a.view.centre.y, b.view.centre.y)
  );
}

/** A view goes through millimetres and back, which leaves the last digits of a voxel. */
const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6;
