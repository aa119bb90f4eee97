import type { LabelArray, SliceLayout } from '../../commands/labelGrid';
import { pixelsPerVoxel, planeToCanvas, type SliceView, type ViewportSize } from '../../geometry/sliceView';
import type { GridPlane } from '../../geometry/planes';
import { labelledPart, visiblePart, type SlicePart } from './visibleSlice';
import type { LabelStyle } from './labelStyle';

type VoxelPixels = ReturnType<typeof pixelsPerVoxel>;

interface Outline {
  readonly path: Path2D;
  readonly colour: string;
  readonly width: number;
  readonly dashes: readonly number[];
}

/**
 * One slice of the label array, voxel for voxel: every voxel is the box it is, never smoothed. It reads the session's own
 * array, so there is no second copy of the labels that could differ from what is saved.
 */
export class LabelPicture {
  private readonly slice = document.createElement('canvas');
  private readonly context: CanvasRenderingContext2D;
  private pixels: ImageData | null = null;
  /** What of the slice holds labels; null where nothing is to be drawn. */
  private part: SlicePart | null = null;
  private outlines: readonly Outline[] = [];

  constructor() {
    // Kept in main memory: it is written far more often than a GPU copy would pay off.
    const context = this.slice.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('This browser gives no 2D canvas.');
    this.context = context;
  }

  /** Reads the labels that a viewport shows. To be called when they, the slice, the view or the style have changed. */
  read(labels: LabelArray | null, whole: SliceLayout, plane: GridPlane, view: SliceView, size: ViewportSize, style: LabelStyle): void {
    this.part = labels && labelledPart(labels, visiblePart(whole, plane, view, size));
    this.outlines = [];
    if (!labels || !this.part) return;
    const { layout } = this.part;
    const values = this.fill(labels, layout, style);
    if (style.outline.size > 0) this.outlines = outlinesOf(values, layout, pixelsPerVoxel(plane, view), style);
  }

  /** Holds no memory until labels are read again. */
  clear(): void {
    this.slice.width = this.slice.height = 1;
    this.pixels = null;
    this.part = null;
    this.outlines = [];
  }

  /** Draws what was read last over what the viewport's canvas holds. */
  draw(context: CanvasRenderingContext2D, ratio: number, plane: GridPlane, view: SliceView, size: ViewportSize): void {
    if (!this.part) return;
    const { x, y, layout } = this.part;
    const origin = planeToCanvas(plane, view, size, { x: x - 0.5, y: y - 0.5 });
    const { pixelsX, pixelsY } = pixelsPerVoxel(plane, view);
    context.imageSmoothingEnabled = false;
    context.setTransform(ratio * pixelsX, 0, 0, ratio * pixelsY, ratio * origin.x, ratio * origin.y);
    context.drawImage(this.slice, 0, 0, layout.sizeX, layout.sizeY, 0, 0, layout.sizeX, layout.sizeY);
    context.setTransform(ratio, 0, 0, ratio, ratio * origin.x, ratio * origin.y);
    for (const { path, colour, width, dashes } of this.outlines) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.setLineDash([...dashes]);
      context.stroke(path);
    }
    context.setLineDash([]);
  }

  /** Colours the part into the corner of the small canvas; gives its values. */
  private fill(labels: LabelArray, { sizeX, sizeY, start, stepX, stepY }: SliceLayout, style: LabelStyle): Uint16Array {
    if (this.pixels?.width !== sizeX || this.pixels.height !== sizeY) this.pixels = new ImageData(sizeX, sizeY);
    // It grows with the labels, and is not made anew for each.
    if (this.slice.width < sizeX) this.slice.width = sizeX;
    if (this.slice.height < sizeY) this.slice.height = sizeY;
    const values = new Uint16Array(sizeX * sizeY);
    const colours = new Uint32Array(this.pixels.data.buffer);
    for (let y = 0, n = 0; y < sizeY; y++) {
      for (let x = 0, index = start + y * stepY; x < sizeX; x++, n++, index += stepX) {
        const value = labels[index] as number;
        values[n] = value;
        colours[n] = style.fill[value] as number;
      }
    }
    this.context.putImageData(this.pixels, 0, 0);
    return values;
  }
}

/** Lines along the voxel edges where a label ends, merged over straight runs; one path a label. */
function outlinesOf(values: Uint16Array, { sizeX, sizeY }: SliceLayout, { pixelsX, pixelsY }: VoxelPixels, style: LabelStyle): readonly Outline[] {
  const paths = new Map<number, Path2D>();
  const pathOf = (value: number): Path2D | null => {
    if (!style.outline.has(value)) return null;
    const known = paths.get(value) ?? new Path2D();
    paths.set(value, known);
    return known;
  };
  traceEdges(values, sizeX, sizeY, (value, x1, y1, x2, y2) => {
    const path = pathOf(value);
    path?.moveTo(x1 * pixelsX, y1 * pixelsY);
    path?.lineTo(x2 * pixelsX, y2 * pixelsY);
  });
  return [...paths].map(([value, path]) => ({
    path,
    colour: style.outline.get(value) ?? '',
    width: style.outlineWidth + (value === style.active ? 1 : 0),
    dashes: style.pattern ? dashesOf(value) : [],
  }));
}

/** Dashes in CSS pixels that tell labels apart where colours do not; neighbours in number differ most. */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [9, 3, 2, 3], [4, 4], [1, 3], [12, 4]];

const dashesOf = (value: number): readonly number[] => DASHES[(value - 1) % DASHES.length] ?? [];

type EdgeVisitor = (value: number, x1: number, y1: number, x2: number, y2: number) => void;

/** Every voxel edge between two values, once for each of the labels beside it, as the longest straight segments. */
export function traceEdges(values: Uint16Array, sizeX: number, sizeY: number, visit: EdgeVisitor): void {
  edgesAlong(values, { lines: sizeY, across: sizeX }, { length: sizeX, along: 1 }, (value, y, from, to) => visit(value, from, y, to, y));
  edgesAlong(values, { lines: sizeX, across: 1 }, { length: sizeY, along: sizeX }, (value, x, from, to) => visit(value, x, from, x, to));
}

/** Where lines of voxels end towards the lines beside them. `across` and `along` are steps in the array. */
function edgesAlong(
  values: Uint16Array,
  { lines, across }: { readonly lines: number; readonly across: number },
  { length, along }: { readonly length: number; readonly along: number },
  found: (value: number, edge: number, from: number, to: number) => void,
): void {
  for (let line = 0; line < lines; line++) {
    for (const side of [-1, 1]) {
      const isRim = line + side < 0 || line + side >= lines;
      const beside = side * across;
      let from = 0;
      let current = 0;
      for (let n = 0, at = line * across; n <= length; n++, at += along) {
        const own = n < length ? (values[at] as number) : 0;
        const value = own === 0 || (!isRim && values[at + beside] === own) ? 0 : own;
        if (value === current) continue;
        if (current !== 0) found(current, side < 0 ? line : line + 1, from, n);
        from = n;
        current = value;
      }
    }
  }
}

/** Straight runs of one value; 0 is left out. */
export function runs(length: number, valueAt: (n: number) => number, found: (value: number, from: number, to: number) => void): void {
  let from = 0;
  let current = 0;
  for (let n = 0; n <= length; n++) {
    const value = n < length ? valueAt(n) : 0;
    if (value === current) continue;
    if (current !== 0) found(current, from, n);
    from = n;
    current = value;
  }
}
