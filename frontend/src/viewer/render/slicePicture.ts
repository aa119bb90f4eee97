import { sliceLayout } from '../../commands/labelGrid';
import type { GridPlane } from '../../geometry/planes';
import { sampleOnSlice, type SampledVolume } from '../../geometry/sliceSampling';
import { pixelsPerVoxel, planeToCanvas, type SliceView, type ViewportSize } from '../../geometry/sliceView';
import { sameGrid, type Grid } from '../../geometry/worldLink';
import { colourTable } from '../../state/colourMaps';
import type { VolumeDisplay } from '../../state/display';
import { visiblePart } from './visibleSlice';

/** What the colours of a slice follow from. */
export interface ColouredSlice {
  /** Whose values are painted. */
  readonly source: SampledVolume;
  /** On whose slice. */
  readonly grid: Grid;
  readonly plane: GridPlane;
  readonly slice: number;
  readonly display: VolumeDisplay;
  /** Values at the lower end of the window and below are left out. */
  readonly clearBelow: boolean;
}

/** How the coloured slice is laid into a viewport. */
export interface SlicePlace {
  readonly view: SliceView;
  readonly size: ViewportSize;
  readonly opacity: number;
  readonly smooth: boolean;
}

/**
 * A slice of a volume in the colours of its window, a pixel a voxel. It is coloured when the slice, the voxels or the window
 * change, on the volume's own grid or sampled on that of another; panning, zooming and what is drawn above it cost one
 * scaled copy.
 */
export class SlicePicture {
  private readonly canvas = document.createElement('canvas');
  private readonly context: CanvasRenderingContext2D;
  private pixels: ImageData | null = null;
  private values = new Float32Array(0);
  private table: { readonly of: VolumeDisplay; readonly colours: Uint32Array } | null = null;
  private made: ColouredSlice | null = null;

  constructor() {
    // Kept in main memory: it is written far more often than a GPU copy would pay off.
    const context = this.canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('This browser gives no 2D canvas.');
    this.context = context;
  }

  /** Holds no memory until it is drawn again. */
  clear(): void {
    if (this.made === null) return;
    this.canvas.width = this.canvas.height = 1;
    this.pixels = null;
    this.values = new Float32Array(0);
    this.made = null;
  }

  /** Draws the slice over what the viewport's canvas holds; `ratio` is that of device pixels to CSS pixels. */
  draw(context: CanvasRenderingContext2D, ratio: number, coloured: ColouredSlice, { view, size, opacity, smooth }: SlicePlace): void {
    if (!this.made || !alike(this.made, coloured)) this.colour(coloured);
    const { plane, grid, slice } = coloured;
    const { x, y, layout } = visiblePart(sliceLayout(plane, grid.shape, slice), plane, view, size);
    const { sizeX, sizeY } = layout;
    if (sizeX === 0 || sizeY === 0) return;
    const origin = planeToCanvas(plane, view, size, { x: -0.5, y: -0.5 });
    const { pixelsX, pixelsY } = pixelsPerVoxel(plane, view);
    context.imageSmoothingEnabled = smooth;
    context.globalAlpha = opacity;
    context.setTransform(ratio * pixelsX, 0, 0, ratio * pixelsY, ratio * origin.x, ratio * origin.y);
    context.drawImage(this.canvas, x, y, sizeX, sizeY, x, y, sizeX, sizeY);
    context.globalAlpha = 1;
  }

  private colour(slice: ColouredSlice): void {
    const pixels = this.fit(slice.plane);
    if (slice.source.components === 3) this.mix(slice, pixels);
    else this.look(slice, pixels);
    this.context.putImageData(pixels, 0, 0);
    this.made = slice;
  }

  private fit({ sizeX, sizeY }: GridPlane): ImageData {
    if (this.values.length !== sizeX * sizeY) this.values = new Float32Array(sizeX * sizeY);
    if (this.pixels?.width === sizeX && this.pixels.height === sizeY) return this.pixels;
    this.canvas.width = sizeX;
    this.canvas.height = sizeY;
    return (this.pixels = new ImageData(sizeX, sizeY));
  }

  /** One component of the slice into `values`. */
  private sample({ source, grid, plane, slice }: ColouredSlice, component = 0): void {
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

  /** Each value's colour in the window; NaN, and what is left out, is clear. */
  private look(slice: ColouredSlice, pixels: ImageData): void {
    const { display, clearBelow } = slice;
    this.sample(slice);
    if (this.table?.of !== display) this.table = { of: display, colours: colourTable(display.colours, display.invert) };
    const { colours } = this.table;
    const { lower, upper } = display.window;
    const scale = 255 / Math.max(upper - lower, Number.EPSILON);
    const out = new Uint32Array(pixels.data.buffer);
    for (let n = 0; n < out.length; n++) {
      const value = this.values[n] as number;
      const clear = Number.isNaN(value) || (clearBelow && value <= lower);
      out[n] = clear ? 0 : (colours[Math.min(255, Math.max(0, Math.round((value - lower) * scale)))] as number);
    }
  }

  /** Three components as red, green and blue: a map of directions. */
  private mix(slice: ColouredSlice, { data }: ImageData): void {
    const { display, clearBelow } = slice;
    const { lower, upper } = display.window;
    const scale = 255 / Math.max(upper - lower, Number.EPSILON);
    data.fill(0);
    for (let channel = 0; channel < 3; channel++) {
      this.sample(slice, channel);
      for (let n = 0; n < this.values.length; n++) {
        const value = this.values[n] as number;
        if (Number.isNaN(value)) continue;
        data[4 * n + channel] = (value - lower) * scale;
        if (!clearBelow || value > lower) data[4 * n + 3] = 255;
      }
    }
  }
}

/** Would both be coloured alike? Voxels and windows are never changed in place. */
const alike = (a: ColouredSlice, b: ColouredSlice): boolean =>
  a.source.voxels === b.source.voxels &&
  a.source.affine === b.source.affine &&
  a.grid.affine === b.grid.affine &&
  a.plane === b.plane &&
  a.slice === b.slice &&
  a.display === b.display &&
  a.clearBelow === b.clearBelow;
