import { sampleOnSlice, type SampledVolume } from '../../geometry/sliceSampling';
import type { GridPlane } from '../../geometry/planes';
import { pixelsPerVoxel, planeToCanvas, type SliceView, type ViewportSize } from '../../geometry/sliceView';
import { sameGrid, type Grid } from '../../geometry/worldLink';
import { sliceLayout } from '../../commands/labelGrid';
import { colourTable } from '../../state/colourMaps';
import type { VolumeDisplay } from '../../state/display';
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

  clear(): void {
    if (this.blank) return;
    this.wipe();
    this.blank = true;
  }

  draw(painted: PaintedSlice): void {
    const { plane, view, size, opacity, smooth } = painted;
    const ratio = window.devicePixelRatio || 1;
    fitCanvas(this.canvas, size, ratio);
    this.wipe();
    this.blank = false;
    this.sample(painted);
    this.colour(painted);
    const origin = planeToCanvas(plane, view, size, { x: -0.5, y: -0.5 });
    const { pixelsX, pixelsY } = pixelsPerVoxel(plane, view);
    this.context.imageSmoothingEnabled = smooth;
    this.context.globalAlpha = opacity;
    this.context.setTransform(ratio * pixelsX, 0, 0, ratio * pixelsY, ratio * origin.x, ratio * origin.y);
    this.context.drawImage(this.slice, 0, 0);
    this.context.globalAlpha = 1;
  }

  private wipe(): void {
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  private sample({ source, grid, plane, slice }: PaintedSlice): void {
    const count = plane.sizeX * plane.sizeY;
    if (this.values.length !== count) this.values = new Float32Array(count);
    if (!sameGrid(source, grid)) {
      sampleOnSlice(source, grid, plane, slice, this.values);
      return;
    }
    const { sizeX, sizeY, start, stepX, stepY } = sliceLayout(plane, grid.shape, slice);
    for (let y = 0, n = 0; y < sizeY; y++) {
      for (let x = 0, index = start + y * stepY; x < sizeX; x++, n++, index += stepX) {
        this.values[n] = source.voxels[index] as number;
      }
    }
  }

  private colour({ plane, display, clearBelow }: PaintedSlice): void {
    if (this.pixels?.width !== plane.sizeX || this.pixels.height !== plane.sizeY) {
      this.slice.width = plane.sizeX;
      this.slice.height = plane.sizeY;
      this.pixels = new ImageData(plane.sizeX, plane.sizeY);
    }
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
    this.slice.getContext('2d', { willReadFrequently: true })?.putImageData(this.pixels, 0, 0);
  }
}
