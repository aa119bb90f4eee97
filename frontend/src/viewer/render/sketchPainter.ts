import { planeToCanvas, pixelsPerVoxel, type PlanePoint, type SliceView, type ViewportSize } from '../../geometry/sliceView';
import type { GridPlane } from '../../geometry/planes';
import type { Sketch } from '../../state/sketch';
import { runs, traceEdges } from './labelPicture';

export interface SketchScene {
  readonly plane: GridPlane;
  readonly view: SliceView;
  readonly size: ViewportSize;
  /** Where the pointer is: the next corner of an open polygon. */
  readonly pointer: PlanePoint | null;
}

/** The line or the voxels of a tool in use. Draws on top of what the canvas holds. */
export function drawSketch(context: CanvasRenderingContext2D, scene: SketchScene, sketch: Sketch): void {
  if (sketch.kind === 'mask') {
    strokeBoth(context, edgesOf(scene, Uint16Array.from(sketch.mask), 0, 0, sketch.plane.sizeX, sketch.plane.sizeY));
    return;
  }
  const points = sketch.open && scene.pointer ? [...sketch.points, scene.pointer] : sketch.points;
  const path = new Path2D();
  points.forEach((point, n) => {
    const { x, y } = planeToCanvas(scene.plane, scene.view, scene.size, point);
    if (n === 0) path.moveTo(x, y);
    else path.lineTo(x, y);
  });
  strokeBoth(context, path);
  const first = sketch.points[0];
  if (!sketch.open || !first) return;
  const { x, y } = planeToCanvas(scene.plane, scene.view, scene.size, first);
  const corner = new Path2D();
  corner.arc(x, y, 4, 0, 2 * Math.PI);
  strokeBoth(context, corner);
}

/** The edges of a mask whose first voxel is (firstX, firstY), in canvas pixels. */
export function edgesOf(
  { plane, view, size }: Pick<SketchScene, 'plane' | 'view' | 'size'>,
  mask: Uint16Array,
  firstX: number,
  firstY: number,
  sizeX: number,
  sizeY: number,
): Path2D {
  const corner = planeToCanvas(plane, view, size, { x: firstX - 0.5, y: firstY - 0.5 });
  const { pixelsX, pixelsY } = pixelsPerVoxel(plane, view);
  const path = new Path2D();
  traceEdges(mask, sizeX, sizeY, (_, x1, y1, x2, y2) => {
    path.moveTo(corner.x + x1 * pixelsX, corner.y + y1 * pixelsY);
    path.lineTo(corner.x + x2 * pixelsX, corner.y + y2 * pixelsY);
  });
  return path;
}

/** Light on dark, to be seen on any image. */
export function strokeBoth(context: CanvasRenderingContext2D, path: Path2D, colour = '#ffffff'): void {
  context.lineWidth = 3;
  context.strokeStyle = 'rgba(0, 0, 0, 0.55)';
  context.stroke(path);
  context.lineWidth = 1.25;
  context.strokeStyle = colour;
  context.stroke(path);
}

/** The voxels of a preview on this slice: tinted, with a dashed rim, so that they are not taken for what is painted. */
export function drawPreview(
  context: CanvasRenderingContext2D,
  scene: Pick<SketchScene, 'plane' | 'view' | 'size'>,
  values: Uint16Array,
  colourOf: (value: number) => string,
): void {
  const { plane } = scene;
  const corner = planeToCanvas(plane, scene.view, scene.size, { x: -0.5, y: -0.5 });
  const { pixelsX, pixelsY } = pixelsPerVoxel(plane, scene.view);
  context.globalAlpha = 0.5;
  for (let y = 0; y < plane.sizeY; y++) {
    const valueAt = (x: number): number => values[x + plane.sizeX * y] as number;
    runs(plane.sizeX, valueAt, (value, from, to) => {
      context.fillStyle = colourOf(value);
      context.fillRect(corner.x + from * pixelsX, corner.y + y * pixelsY, (to - from) * pixelsX, pixelsY);
    });
  }
  context.globalAlpha = 1;
  context.setLineDash([4, 3]);
  strokeBoth(context, edgesOf(scene, values, 0, 0, plane.sizeX, plane.sizeY));
  context.setLineDash([]);
}
