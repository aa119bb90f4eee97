import { sliceLayout } from '../commands/labelGrid';
import type { PlanePoint } from '../geometry/sliceView';
import { markedOnSlice, previewOnSlice } from '../operations/previewSlice';
import { coloured, colourOf } from '../state/labelColours';
import type { CellId } from '../state/layouts';
import { brushOf, isPaintTool } from '../tools/paintGesture';
import { labelVolume } from '../tools/labelVolume';
import type { ToolContext } from '../tools/toolContext';
import { comparedMaps } from './compareLabels';
import { drawDifference } from './render/differencePainter';
import { LabelPicture } from './render/labelPicture';
import { labelStyle, type LabelStyle } from './render/labelStyle';
import { drawMarks } from './render/markPainter';
import { drawPointer } from './render/pointerPainter';
import { drawProposal } from './render/proposalPainter';
import { drawScaleBar } from './render/scaleBarPainter';
import { drawSigns } from './render/signPainter';
import { drawPreview, drawSketch } from './render/sketchPainter';
import { SlicePicture } from './render/slicePicture';
import { ViewportCanvas } from './render/viewportCanvas';
import { gridOf, type CellSurface } from './viewports';
import type { TaskWorkspace } from './workspace';

/** What of a viewport has to be painted anew: `pointer` is all that follows the pointer, the crosshair and the marks. */
export type Layer = 'image' | 'labels' | 'pointer';

/** Paints one viewport: image, second volume, labels and comparisons, and above them what is about the pointer. */
export class PlanePainter {
  private readonly canvas: ViewportCanvas;
  private readonly image = new SlicePicture();
  private readonly overlay = new SlicePicture();
  private readonly labels = new LabelPicture();
  private style: LabelStyle | null = null;

  constructor(
    private readonly workspace: TaskWorkspace,
    private readonly id: CellId,
    private readonly context: ToolContext,
    canvas: HTMLCanvasElement,
  ) {
    this.canvas = new ViewportCanvas(canvas);
  }

  /** The labels look different from here on: their colours, or whose they are. */
  restyle(): void {
    this.style = null;
  }

  blank(): void {
    this.canvas.blank();
  }

  dispose(): void {
    this.image.clear();
    this.overlay.clear();
    this.labels.clear();
    this.canvas.dispose();
  }

  paint(surface: CellSurface, due: ReadonlySet<Layer>, pointerAt: PlanePoint | null): void {
    const resized = this.canvas.fit(surface.size);
    if (resized || due.has('image') || due.has('labels')) {
      if (resized || due.has('labels')) this.readLabels(surface);
      this.canvas.paintGround((context, ratio) => {
        this.paintImage(context, ratio, surface);
        this.paintOverlay(context, ratio, surface);
        const { plane, view, size } = surface;
        this.labels.draw(context, ratio, plane, view, size);
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        this.paintComparisons(context, surface);
      });
    }
    this.canvas.show((context) => this.paintAbove(context, surface, pointerAt));
  }

  private readLabels({ plane, view, size, slice, open, cell }: CellSurface): void {
    const shown = this.workspace.viewports.labelsOf(cell);
    this.labels.read(shown?.labels ?? null, sliceLayout(plane, open.volume.shape, slice), plane, view, size, this.styleNow());
  }

  private paintImage(context: CanvasRenderingContext2D, ratio: number, surface: CellSurface): void {
    const { viewports, store } = this.workspace;
    const { open, plane, slice } = surface;
    const grid = gridOf(open);
    const source = { ...grid, voxels: open.image, components: open.volume.components };
    const display = viewports.displayOf(open.volume);
    const { smooth } = store.getState();
    this.image.draw(context, ratio, { source, grid, plane, slice, display, clearBelow: false }, { ...surface, opacity: 1, smooth });
  }

  private paintOverlay(context: CanvasRenderingContext2D, ratio: number, surface: CellSurface): void {
    const { viewports, store } = this.workspace;
    const { open, plane, slice } = surface;
    const { overlaid, overlay, smooth } = store.getState();
    const over = overlaid === null || overlaid === open.volume.id ? null : this.workspace.opened(overlaid);
    if (!over || overlay.opacity === 0) {
      this.overlay.clear();
      return;
    }
    const source = { ...gridOf(over), voxels: over.image, components: over.volume.components };
    const display = viewports.displayOf(over.volume);
    const { opacity, clearBelow } = overlay;
    this.overlay.draw(context, ratio, { source, grid: gridOf(open), plane, slice, display, clearBelow }, { ...surface, opacity, smooth });
  }

  /** What differs between two maps, and where the proposal ends, beside what it has become. */
  private paintComparisons(context: CanvasRenderingContext2D, { plane, view, size, slice, open, cell }: CellSurface): void {
    const { proposal, proposalOutline, labelsVisible, differenceShown } = this.workspace.store.getState();
    if (!labelsVisible) return;
    const layout = sliceLayout(plane, open.volume.shape, slice);
    // Both sides of a comparison are one volume: what differs is hatched in both.
    const maps = differenceShown && (this.id === 'a' || this.id === 'b') ? comparedMaps(this.workspace) : null;
    if (maps) drawDifference(context, { ...maps, layout, plane, view, size });
    const worked = cell.labels === null && cell.volume === this.workspace.state.getState().shown;
    if (proposal && proposalOutline && worked) drawProposal(context, { plane, view, size }, proposal, layout);
  }

  private paintAbove(context: CanvasRenderingContext2D, surface: CellSurface, pointerAt: PlanePoint | null): void {
    const { plane, view, size, slice, open, cell, crosshair } = surface;
    const state = this.workspace.store.getState();
    const { tool, activeLabel, sketch, preview, marked } = state;
    const keyed = state.byKeys && state.activeCell === this.id ? { x: crosshair[plane.x.axis], y: crosshair[plane.y.axis] } : null;
    const at = keyed ?? pointerAt;
    const colour = tool === 'eraser' ? '#ffffff' : this.labelColour(activeLabel);
    const brush = isPaintTool(tool) && this.context.session && at ? { at, shape: brushOf(state), colour } : null;
    drawPointer(context, { plane, planes: open.planes, view, size, cursor: crosshair, brush });
    drawScaleBar(context, view.mmPerPixel, size);
    drawMarks(context, { plane, view, size, slice, volume: open.volume.id }, this.workspace.marks.store.getState());
    if (cell.volume !== this.workspace.state.getState().shown) return;
    const tint = (values: Uint16Array | null, colourFor: (value: number) => string): void => {
      if (values) drawPreview(context, { plane, view, size }, values, colourFor);
    };
    const volume = labelVolume(this.context);
    if (preview && volume) tint(previewOnSlice(preview, plane, slice, volume, this.context.image), (value) => this.labelColour(value));
    // Above the region that follows from it.
    if (marked) tint(markedOnSlice(marked, plane, slice, open.volume.shape), (value) => marked.colours[value] ?? '#ffffff');
    drawSigns(context, { plane, view, size }, slice, this.workspace.interactive.store.getState().strokes);
    if (sketch?.plane === plane && sketch.slice === slice) drawSketch(context, { plane, view, size, pointer: pointerAt }, sketch);
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
