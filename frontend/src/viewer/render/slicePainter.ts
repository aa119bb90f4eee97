import { sampleOnSlice, type SampledVolume } from '../../geometry/sliceSampling';
import type { GridPlane } from '../../geometry/planes';
import { pixelsPerVoxel, planeToCanvas, type SliceView, type ViewportSize } from '../../geometry/sliceView';
import { sameGrid, type Grid } from '../../geometry/worldLink';
import { sliceLayout } from '../../commands/labelGrid';
import { colourTable } from '../../state/colourMaps';
import type { VolumeDisplay } from '../../state/display';
import { visiblePart } from './visibleSlice';
import { fitCanvas } from './labelPainter';

export interface PaintedSlice {
  /** Whose values are painted. */
  readonly source: SampledVolume;
  /** On whose slice. */
  readonly grid: Grid;
  readonly plane: GridPlane;
  readonly slice: number;
  readonly view: SliceView;
  readonly size: ViewportSize;
  readonly display: VolumeDisplay;
  readonly opacity: number;
  readonly clearBelow: boolean;
  readonly smooth: boolean;
}

/**
 * Paints the values of a volume on a slice of the same or of another grid: the second volume of a fusion, and the first
 * picture of a scan while the graphics card is still being started.
 */
export class SlicePainter {
  private readonly context: CanvasRenderingContext2D;
  private readonly slice = document.createElement('canvas');
  private pixels: ImageData | null = null;
  private values = new Float32Array(0);
  private table: { readonly of: VolumeDisplay; readonly colours: Uint32Array } | null = null;
  private blank = true;

  constructor(private readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d');
    if (!context) throw new Error('This browser gives no 2D canvas.');
    this.context = context;
  }

  /** Shows nothing, and holds no memory for it. */
  clear(): void {
    if (this.blank) return;
    for (const canvas of [this.canvas, this.slice]) canvas.width = canvas.height = 1;
    this.pixels = null;
    this.values = new Float32Array(0);
    this.blank = true;
  }

  draw(painted: PaintedSlice): void {
    const { plane, view, size, opacity, smooth } = painted;
    const ratio = window.devicePixelRatio || 1;
    fitCanvas(this.canvas, size, ratio);
    this.wipe();
    this.blank = false;
    this.fit(painted.plane);
    if (painted.source.components === 3) this.mix(painted);
    else this.colour(painted);
    const origin = planeToCanvas(plane, view, size, { x: -0.5, y: -0.5 });
    const { pixelsX, pixelsY } = pixelsPerVoxel(plane, view);
    this.context.imageSmoothingEnabled = smooth;
    this.context.globalAlpha = opacity;
    this.context.setTransform(ratio * pixelsX, 0, 0, ratio * pixelsY, ratio * origin.x, ratio * origin.y);
    const { x, y, layout } = visiblePart(sliceLayout(plane, painted.grid.shape, painted.slice), plane, view, size);
    const { sizeX, sizeY } = layout;
    if (sizeX > 0 && sizeY > 0) this.context.drawImage(this.slice, x, y, sizeX, sizeY, x, y, sizeX, sizeY);
    this.context.globalAlpha = 1;
  }

  private wipe(): void {
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  private fit({ sizeX, sizeY }: GridPlane): void {
    if (this.values.length !== sizeX * sizeY) this.values = new Float32Array(sizeX * sizeY);
    if (this.pixels?.width === sizeX && this.pixels.height === sizeY) return;
    this.slice.width = sizeX;
    this.slice.height = sizeY;
    this.pixels = new ImageData(sizeX, sizeY);
  }

  /** One component of the slice into `values`. */
  private sample({ source, grid, plane, slice }: PaintedSlice, component = 0): void {
    if (!sameGrid(source, grid)) {
      sampleOnSlice(source, grid, plane, slice, this.values, component);
      return;
    }
    const { components = 1 } = source;
    const { sizeX, sizeY, start, stepX, stepY } = sliceLayout(plane, grid.shape, slice);
    for (let y = 0, n = 0; y < sizeY; y++) {
      for (let x = 0, index = start + y * stepY; x < sizeX; x++, n++, index += stepX) {
        this.values[n] = source.voxels[index * components + component] as number;
      }
    }
  }

  private colour(painted: PaintedSlice): void {
    const { display, clearBelow } = painted;
    if (!this.pixels) return;
    this.sample(painted);
    if (this.table?.of !== display) this.table = { of: display, colours: colourTable(display.colours, display.invert) };
    const { colours } = this.table;
    const { lower, upper } = display.window;
    const scale = 255 / Math.max(upper - lower, Number.EPSILON);
    const out = new Uint32Array(this.pixels.data.buffer);
    for (let n = 0; n < out.length; n++) {
      const value = this.values[n] as number;
      const clear = Number.isNaN(value) || (clearBelow && value <= lower);
      out[n] = clear ? 0 : (colours[Math.min(255, Math.max(0, Math.round((value - lower) * scale)))] as number);
    }
    this.put();
  }

  /** Three components as red, green and blue: a map of directions. */
  private mix(painted: PaintedSlice): void {
    const { display, clearBelow } = painted;
    if (!this.pixels) return;
    const { data } = this.pixels;
    const { lower, upper } = display.window;
    const scale = 255 / Math.max(upper - lower, Number.EPSILON);
    data.fill(0);
    for (let channel = 0; channel < 3; channel++) {
      this.sample(painted, channel);
      for (let n = 0; n < this.values.length; n++) {
        const value = this.values[n] as number;
        if (Number.isNaN(value)) continue;
        data[4 * n + channel] = (value - lower) * scale;
        if (!clearBelow || value > lower) data[4 * n + 3] = 255;
      }
    }
    this.put();
  }

  private put(): void {
    // Kept in main memory: it is written far more often than a GPU copy would pay off.
    if (this.pixels) this.slice.getContext('2d', { willReadFrequently: true })?.putImageData(this.pixels, 0, 0);
  }
}
