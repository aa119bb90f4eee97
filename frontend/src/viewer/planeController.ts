import { sliceLayout } from '../commands/labelGrid';
import type { VoxelBounds } from '../commands/labelTally';
import { touchesSlice } from '../commands/touchedVoxels';
import { indexToRas } from '../geometry/affine';
import { continuousIjk, roundIjk } from '../geometry/frames';
import { voxelOnPlane, type PlaneName } from '../geometry/planes';
import { canvasToPlane, fitView, type CanvasPoint, type ViewportSize } from '../geometry/sliceView';
import { coloured, colourOf } from '../state/labelColours';
import type { SessionChange } from '../state/labelSession';
import type { ViewerState } from '../state/viewerStore';
import { brushOf, isPaintTool } from '../tools/paintGesture';
import { listenToPointer } from '../tools/pointerInput';
import type { PlaneSurface } from '../tools/toolContext';
import { intensityAt, labelAt, type OpenVolume } from './openVolume';
import { LabelPainter } from './render/labelPainter';
import { labelStyle, type LabelStyle } from './render/labelStyle';
import { drawPointer } from './render/pointerPainter';
import { drawPreview, drawSketch } from './render/sketchPainter';
import type { TaskWorkspace } from './workspace';

export interface PlaneElements {
  /** Takes the pointer and gives the size. */
  readonly frame: HTMLDivElement;
  readonly image: HTMLDivElement;
  readonly labels: HTMLCanvasElement;
  readonly pointer: HTMLCanvasElement;
}

/** Keeps one viewport in step with the stores: image by cornerstone, labels and pointer on canvases above it. */
export class PlaneController {
  private readonly painter: LabelPainter;
  private readonly disposers: (() => void)[] = [];
  private size: ViewportSize = { width: 0, height: 0 };
  private style: LabelStyle | null = null;
  private stopSession: () => void = () => {};
  private pointerAt: CanvasPoint | null = null;
  private frame = 0;
  private labelsDue = false;
  private pointerDue = false;

  constructor(
    private readonly workspace: TaskWorkspace,
    private readonly name: PlaneName,
    private readonly elements: PlaneElements,
  ) {
    const { store, state, renderer, surfaces, frames } = workspace;
    this.painter = new LabelPainter(elements.labels);
    this.disposers.push(renderer.attach(name, elements.image));
    surfaces.set(name, this.surface);
    frames.set(name, elements.frame);
    this.disposers.push(() => {
      surfaces.delete(name);
      frames.delete(name);
    });
    this.disposers.push(store.subscribe((now, before) => this.onViewerState(now, before)));
    this.disposers.push(
      state.subscribe((now, before) => {
        if (now.shown !== before.shown || now.stage.kind !== before.stage.kind) this.onVolume();
      }),
    );
    const observer = new ResizeObserver(() => this.onResize());
    observer.observe(elements.frame);
    this.disposers.push(() => observer.disconnect());
    this.disposers.push(
      listenToPointer({
        element: elements.frame,
        context: workspace,
        surface: this.surface,
        onHover: (point) => this.onHover(point),
        onStep: (slices) => workspace.stepSlice(name, slices),
        onMaximise: () => store.setState(({ maximised }) => ({ maximised: maximised === name ? null : name })),
      }),
    );
    this.onResize();
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    this.stopSession();
    this.disposers.splice(0).forEach((dispose) => dispose());
  }

  /** Where the plane stands now, or null while there is nothing to see. */
  readonly surface = (): PlaneSurface | null => {
    const current = this.workspace.current;
    if (!current || this.size.width < 2 || this.size.height < 2) return null;
    const plane = current.planes[this.name];
    const state = this.workspace.store.getState();
    const view = state.views[this.name] ?? fitView(plane, this.size);
    const size = this.size;
    return {
      plane,
      view,
      size,
      slice: state.cursor[plane.sliceAxis],
      toPlane: (point) => canvasToPlane(plane, view, size, point),
    };
  };

  private onViewerState(now: ViewerState, before: ViewerState): void {
    const axis = this.workspace.current?.planes[this.name].sliceAxis ?? 0;
    const crossed = now.cursor !== before.cursor;
    // A step in one plane moves the lines in the others, not their slices.
    const moved = now.cursor[axis] !== before.cursor[axis] || now.views[this.name] !== before.views[this.name];
    if (moved || now.window !== before.window || now.smooth !== before.smooth) this.showImage();
    const restyled =
      now.labelsVisible !== before.labelsVisible ||
      now.labelOpacity !== before.labelOpacity ||
      now.outline !== before.outline ||
      now.outlineWidth !== before.outlineWidth ||
      now.labelColours !== before.labelColours ||
      now.hiddenLabels !== before.hiddenLabels ||
      now.activeLabel !== before.activeLabel;
    if (restyled) this.style = null;
    if (moved || restyled) this.schedule('labels');
    if (moved || crossed || restyled || brushChanged(now, before) || now.sketch !== before.sketch || now.preview !== before.preview) this.schedule('pointer');
    if (moved && this.pointerAt) this.onHover(this.pointerAt);
  }

  private onVolume(): void {
    this.stopSession();
    this.style = null;
    const session = this.workspace.current?.session;
    this.stopSession = session?.subscribe((change, touched) => this.onLabels(change, touched)) ?? (() => {});
    this.showImage();
    this.schedule('labels');
    this.schedule('pointer');
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
    this.showImage();
    this.schedule('labels');
    this.schedule('pointer');
  }

  /** At once rather than with the frame: cornerstone waits for a frame itself, and both shall be the same one. */
  private showImage(): void {
    const surface = this.surface();
    if (!surface) return;
    const { window, smooth } = this.workspace.store.getState();
    const { slice, view, size } = surface;
    this.workspace.renderer.show(this.name, { slice, view, size, window, smooth });
  }

  private schedule(layer: 'labels' | 'pointer'): void {
    if (layer === 'labels') this.labelsDue = true;
    else this.pointerDue = true;
    if (this.frame === 0) this.frame = requestAnimationFrame(this.paint);
  }

  private readonly paint = (): void => {
    this.frame = 0;
    const surface = this.surface();
    const current = this.workspace.current;
    if (!surface || !current) return;
    if (this.labelsDue) {
      const { plane, view, size, slice } = surface;
      const layout = sliceLayout(plane, current.volume.shape, slice);
      this.painter.draw(current.session?.labels ?? null, layout, plane, view, size, this.styleNow());
    }
    if (this.pointerDue) this.paintPointer(surface, current);
    this.labelsDue = false;
    this.pointerDue = false;
  };

  private paintPointer({ plane, view, size, toPlane }: PlaneSurface, { planes }: OpenVolume): void {
    const state = this.workspace.store.getState();
    const { tool, activeLabel, cursor } = state;
    const painting = isPaintTool(tool) && this.workspace.session !== null;
    const brush =
      painting && this.pointerAt
        ? {
            at: toPlane(this.pointerAt),
            shape: brushOf(state),
            colour: tool === 'eraser' ? '#ffffff' : this.labelColour(activeLabel),
          }
        : null;
    drawPointer(this.elements.pointer, { plane, planes, view, size, cursor, brush });
    const { sketch, preview } = state;
    const context = this.elements.pointer.getContext('2d');
    if (context && preview && this.workspace.session) {
      const { shape } = this.workspace.session;
      drawPreview(context, { plane, view, size }, preview, cursor[plane.sliceAxis], shape, this.labelColour(preview.value));
    }
    if (!context || sketch?.plane !== plane || sketch.slice !== cursor[plane.sliceAxis]) return;
    drawSketch(context, { plane, view, size, pointer: this.pointerAt && toPlane(this.pointerAt) }, sketch);
  }

  private onHover(point: CanvasPoint | null): void {
    this.pointerAt = point;
    this.schedule('pointer');
    const surface = this.surface();
    const current = this.workspace.current;
    const { store } = this.workspace;
    if (!point || !surface || !current) {
      if (store.getState().hover?.plane === this.name) store.setState({ hover: null });
      return;
    }
    const on = surface.toPlane(point);
    const [i, j, k] = voxelOnPlane(surface.plane, on.x, on.y, surface.slice);
    const at = continuousIjk(i, j, k);
    const voxel = roundIjk(at);
    const intensity = intensityAt(current, voxel);
    store.setState({
      activePlane: this.name,
      hover:
        intensity === null
          ? null
          : { plane: this.name, at, voxel, rasMm: indexToRas(current.affine, at), intensity, label: labelAt(current, voxel) },
    });
  }

  private styleNow(): LabelStyle {
    if (this.style) return this.style;
    const state = this.workspace.store.getState();
    const wide = this.workspace.current?.session?.labels instanceof Uint16Array;
    this.style = labelStyle(
      coloured(this.workspace.state.getState().task?.labels ?? [], state.labelColours),
      {
        visible: state.labelsVisible,
        opacity: state.labelOpacity,
        outline: state.outline,
        outlineWidth: state.outlineWidth,
        hidden: state.hiddenLabels,
        active: state.activeLabel,
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

const BRUSH_SETTINGS = ['tool', 'brushForm', 'brushUnit', 'brushMm', 'brushVoxels'] as const;

const brushChanged = (now: ViewerState, before: ViewerState): boolean =>
  BRUSH_SETTINGS.some((setting) => now[setting] !== before[setting]);
