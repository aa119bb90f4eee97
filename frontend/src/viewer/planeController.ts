import { sliceLayout } from '../commands/labelGrid';
import type { VoxelBounds } from '../commands/labelTally';
import { touchesSlice } from '../commands/touchedVoxels';
import { indexToRas } from '../geometry/affine';
import { continuousIjk, roundIjk } from '../geometry/frames';
import { voxelOnPlane } from '../geometry/planes';
import { canvasToPlane, type CanvasPoint, type ViewportSize } from '../geometry/sliceView';
import { markedOnSlice, previewOnSlice } from '../operations/previewSlice';
import { colourStops, type ColourStop } from '../state/colourMaps';
import type { VolumeDisplay } from '../state/display';
import { coloured, colourOf } from '../state/labelColours';
import type { SessionChange } from '../state/labelSession';
import type { CellId } from '../state/layouts';
import type { ViewerState } from '../state/viewerStore';
import { brushOf, isPaintTool } from '../tools/paintGesture';
import { labelVolume } from '../tools/labelVolume';
import { listenToPointer } from '../tools/pointerInput';
import type { ToolContext } from '../tools/toolContext';
import { cellContext } from './cellContext';
import { comparedMaps } from './compareLabels';
import { intensityAt } from './openVolume';
import { laidOverAt, unitOf } from './pointedValues';
import { drawDifference } from './render/differencePainter';
import { LabelPainter } from './render/labelPainter';
import { labelStyle, type LabelStyle } from './render/labelStyle';
import { drawMarks } from './render/markPainter';
import { drawPointer } from './render/pointerPainter';
import { drawProposal } from './render/proposalPainter';
import { drawScaleBar } from './render/scaleBarPainter';
import { drawSigns } from './render/signPainter';
import { drawPreview, drawSketch } from './render/sketchPainter';
import { SlicePainter } from './render/slicePainter';
import { gridOf, type CellSurface } from './viewports';
import type { TaskWorkspace } from './workspace';

export interface PlaneElements {
  /** Takes the pointer and gives the size. */
  readonly frame: HTMLDivElement;
  readonly image: HTMLDivElement;
  /** The slice before the graphics card has drawn it. */
  readonly first: HTMLCanvasElement;
  readonly overlay: HTMLCanvasElement;
  readonly labels: HTMLCanvasElement;
  readonly pointer: HTMLCanvasElement;
}

type Layer = 'image' | 'overlay' | 'labels' | 'pointer';

/** Keeps one viewport in step with the stores: image by cornerstone, labels and pointer on canvases above it. */
export class PlaneController {
  private readonly painter: LabelPainter;
  private readonly firstPainter: SlicePainter;
  private readonly overlayPainter: SlicePainter;
  private readonly context: ToolContext;
  private readonly disposers: (() => void)[] = [];
  private readonly due = new Set<Layer>();
  private size: ViewportSize = { width: 0, height: 0 };
  private last: CellSurface | null = null;
  private style: LabelStyle | null = null;
  private colours: { readonly of: VolumeDisplay; readonly stops: readonly ColourStop[] } | null = null;
  private stopSession: () => void = () => {};
  private pointerAt: CanvasPoint | null = null;
  private frame = 0;

  constructor(
    private readonly workspace: TaskWorkspace,
    private readonly id: CellId,
    private readonly elements: PlaneElements,
  ) {
    const { store, state, renderer, viewports } = workspace;
    this.painter = new LabelPainter(elements.labels);
    this.firstPainter = new SlicePainter(elements.first);
    this.overlayPainter = new SlicePainter(elements.overlay);
    this.context = cellContext(workspace, id);
    this.disposers.push(renderer.attach(id, elements.image, () => this.onDrawn()));
    viewports.surfaces.set(id, this.surface);
    viewports.frames.set(id, elements.frame);
    this.disposers.push(() => {
      viewports.surfaces.delete(id);
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
        context: this.context,
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
    if (moved || now.smooth !== before.smooth || now.displays !== before.displays) this.showImage();
    const restyled = STYLE.some((setting) => now[setting] !== before[setting]);
    if (restyled) this.style = null;
    const relaid = now.overlaid !== before.overlaid || now.overlay !== before.overlay;
    if (moved || relaid || now.displays !== before.displays || now.smooth !== before.smooth) this.schedule('overlay');
    if (moved || restyled) this.schedule('labels');
    const pointed = POINTER.some((setting) => now[setting] !== before[setting]);
    if (moved || crossed || restyled || pointed) this.schedule('pointer');
    if (moved && this.pointerAt) this.onHover(this.pointerAt, false);
  }

  private onVolume(): void {
    this.stopSession();
    this.style = null;
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
    this.workspace.renderer.resize();
    this.redraw();
  }

  private redraw(): void {
    this.showImage();
    (['overlay', 'labels', 'pointer'] as const).forEach((layer) => this.schedule(layer));
  }

  /** At once rather than with the frame: cornerstone waits for a frame itself, and both shall be the same one. */
  private showImage(): void {
    const surface = this.surface();
    this.last = surface;
    if (!surface) return;
    const { renderer, viewports, store } = this.workspace;
    const { slice, view, size, plane, open } = surface;
    const display = viewports.displayOf(open.volume);
    if (this.colours?.of !== display) {
      this.colours = { of: display, stops: colourStops(display.colours, display.window, display.invert) };
    }
    const { smooth } = store.getState();
    this.elements.image.style.visibility = open.volume.components === 3 ? 'hidden' : '';
    if (open.volume.components === 3) {
      // The graphics card is given one number a voxel; a map of directions is painted.
      renderer.hide(this.id);
      this.schedule('image');
      return;
    }
    renderer.show(this.id, { volume: open.volume.id, plane, slice, view, size, colours: this.colours.stops, smooth });
    if (!renderer.isDrawn(this.id)) this.schedule('image');
  }

  private onDrawn(): void {
    if (this.workspace.renderer.isDrawn(this.id)) this.firstPainter.clear();
  }

  private schedule(layer: Layer): void {
    this.due.add(layer);
    if (this.frame === 0) this.frame = requestAnimationFrame(this.paint);
  }

  private readonly paint = (): void => {
    this.frame = 0;
    const due = new Set(this.due);
    this.due.clear();
    const surface = this.surface();
    if (!surface) return;
    if (due.has('image')) this.paintFirst(surface);
    if (due.has('overlay')) this.paintOverlay(surface);
    if (due.has('labels')) {
      const { plane, view, size, slice, open, cell } = surface;
      const layout = sliceLayout(plane, open.volume.shape, slice);
      const shown = this.workspace.viewports.labelsOf(cell);
      this.painter.draw(shown?.labels ?? null, layout, plane, view, size, this.styleNow());
      this.paintDifference(surface);
      const { proposal, proposalOutline, labelsVisible } = this.workspace.store.getState();
      const compared = proposalOutline && labelsVisible && cell.labels === null && cell.volume === this.workspace.state.getState().shown;
      if (proposal && compared) drawProposal(this.elements.labels, { plane, view, size }, proposal, layout);
    }
    if (due.has('pointer')) this.paintPointer(surface);
  };

  private paintFirst(surface: CellSurface): void {
    const { renderer, viewports, store } = this.workspace;
    if (renderer.isDrawn(this.id)) return;
    const { open } = surface;
    const grid = gridOf(open);
    this.firstPainter.draw({
      ...surface,
      grid,
      source: { ...grid, voxels: open.image, components: open.volume.components },
      display: viewports.displayOf(open.volume),
      opacity: 1,
      clearBelow: false,
      smooth: store.getState().smooth,
    });
  }

  private paintOverlay(surface: CellSurface): void {
    const { viewports, store } = this.workspace;
    const { overlaid, overlay, smooth } = store.getState();
    const over = overlaid === null || overlaid === surface.open.volume.id ? null : this.workspace.opened(overlaid);
    if (!over || overlay.opacity === 0) {
      this.overlayPainter.clear();
      return;
    }
    this.overlayPainter.draw({
      ...surface,
      ...overlay,
      grid: gridOf(surface.open),
      source: { ...gridOf(over), voxels: over.image, components: over.volume.components },
      display: viewports.displayOf(over.volume),
      smooth,
    });
  }

  /** Both sides of a comparison are one volume: what differs is hatched in both. */
  private get isCompared(): boolean {
    return this.id === 'a' || this.id === 'b';
  }

  private paintDifference({ plane, view, size, slice, open }: CellSurface): void {
    const { differenceShown, labelsVisible } = this.workspace.store.getState();
    const maps = this.isCompared && differenceShown && labelsVisible ? comparedMaps(this.workspace) : null;
    const context = maps && this.elements.labels.getContext('2d');
    if (!maps || !context) return;
    drawDifference(context, { ...maps, layout: sliceLayout(plane, open.volume.shape, slice), plane, view, size });
  }

  private paintPointer({ plane, view, size, slice, toPlane, open, cell, crosshair }: CellSurface): void {
    const state = this.workspace.store.getState();
    const { tool, activeLabel, sketch, preview, marked } = state;
    const { session } = this.context;
    const keyed = state.byKeys && state.activeCell === this.id ? { x: crosshair[plane.x.axis], y: crosshair[plane.y.axis] } : null;
    const at = keyed ?? (this.pointerAt && toPlane(this.pointerAt));
    const brush =
      isPaintTool(tool) && session && at
        ? {
            at,
            shape: brushOf(state),
            colour: tool === 'eraser' ? '#ffffff' : this.labelColour(activeLabel),
          }
        : null;
    drawPointer(this.elements.pointer, { plane, planes: open.planes, view, size, cursor: crosshair, brush });
    const context = this.elements.pointer.getContext('2d');
    if (context) drawScaleBar(context, view.mmPerPixel, size);
    if (context) drawMarks(context, { plane, view, size, slice, volume: open.volume.id }, this.workspace.marks.store.getState());
    if (!context || cell.volume !== this.workspace.state.getState().shown) return;
    const tint = (values: Uint16Array | null, colourOf: (value: number) => string): void => {
      if (values) drawPreview(context, { plane, view, size }, values, colourOf);
    };
    const volume = labelVolume(this.context);
    if (preview && volume) tint(previewOnSlice(preview, plane, slice, volume, this.context.image), (value) => this.labelColour(value));
    // Above the region that follows from it.
    if (marked) tint(markedOnSlice(marked, plane, slice, open.volume.shape), (value) => marked.colours[value] ?? '#ffffff');
    drawSigns(context, { plane, view, size }, slice, this.workspace.interactive.store.getState().strokes);
    if (sketch?.plane !== plane || sketch.slice !== slice) return;
    drawSketch(context, { plane, view, size, pointer: this.pointerAt && toPlane(this.pointerAt) }, sketch);
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

  private styleNow(): LabelStyle {
    if (this.style) return this.style;
    const state = this.workspace.store.getState();
    const cell = this.workspace.viewports.planeCell(this.id);
    const wide = (cell && this.workspace.viewports.labelsOf(cell)?.labels) instanceof Uint16Array;
    this.style = labelStyle(
      coloured(this.workspace.state.getState().task?.labels ?? [], state.labelColours),
      {
        visible: state.labelsVisible,
        opacity: state.labelOpacity,
        opacities: state.labelOpacities,
        outline: state.outline,
        outlineWidth: state.outlineWidth,
        hidden: state.hiddenLabels,
        active: state.activeLabel,
        pattern: state.outlinePattern,
      },
      wide ? 65536 : 256,
    );
    return this.style;
  }

  private labelColour(value: number): string {
    const labels = this.workspace.state.getState().task?.labels ?? [];
    const label = labels.find((candidate) => candidate.value === value);
    return label ? colourOf(label, this.workspace.store.getState().labelColours) : '#ffffff';
  }
}

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
