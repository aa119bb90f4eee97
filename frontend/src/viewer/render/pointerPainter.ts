import { visitBrush, type BrushShape } from '../../commands/brush';
import type { Triple } from '../../geometry/frames';
import type { GridPlane, PlaneName } from '../../geometry/planes';
import { pixelsPerVoxel, planeToCanvas, type PlanePoint, type SliceView, type ViewportSize } from '../../geometry/sliceView';
import { edgesOf, strokeBoth } from './sketchPainter';

/** Lines of the three planes, so that a crosshair line says which slice it is. */
export const PLANE_COLOURS: Record<PlaneName, string> = {
  axial: '#e0685f',
  sagittal: '#d9b23c',
  coronal: '#58b368',
};

export interface PointerScene {
  readonly plane: GridPlane;
  readonly planes: Record<PlaneName, GridPlane>;
  readonly view: SliceView;
  readonly size: ViewportSize;
  /** In voxels, with fractions where it was set on another grid. */
  readonly cursor: Triple;
  readonly brush: { readonly at: PlanePoint; readonly shape: BrushShape; readonly colour: string } | null;
}

/** Crosshair lines and the voxels a click would paint, in CSS pixels over what the canvas holds. */
export function drawPointer(context: CanvasRenderingContext2D, scene: PointerScene): void {
  drawCrosshair(context, scene);
  if (scene.brush) drawFootprint(context, scene, scene.brush);
}

function drawCrosshair(context: CanvasRenderingContext2D, { plane, planes, view, size, cursor }: PointerScene): void {
  const at = planeToCanvas(plane, view, size, { x: cursor[plane.x.axis], y: cursor[plane.y.axis] });
  const { pixelsX, pixelsY } = pixelsPerVoxel(plane, view);
  const gap = Math.max(8, Math.min(Math.abs(pixelsX), Math.abs(pixelsY)) / 2 + 3);
  const colourOf = (axis: number): string => {
    const other = Object.values(planes).find((candidate) => candidate.sliceAxis === axis);
    return PLANE_COLOURS[other?.name ?? plane.name];
  };
  const x = Math.round(at.x) + 0.5;
  const y = Math.round(at.y) + 0.5;
  context.lineWidth = 1;
  context.globalAlpha = 0.75;
  strokeLines(context, colourOf(plane.x.axis), [[x, 0, x, y - gap], [x, y + gap, x, size.height]]);
  strokeLines(context, colourOf(plane.y.axis), [[0, y, x - gap, y], [x + gap, y, size.width, y]]);
  context.globalAlpha = 1;
}

function strokeLines(
  context: CanvasRenderingContext2D,
  colour: string,
  lines: readonly (readonly [number, number, number, number])[],
): void {
  context.strokeStyle = colour;
  context.beginPath();
  for (const [x1, y1, x2, y2] of lines) {
    context.moveTo(x1, y1);
    context.lineTo(x2, y2);
  }
  context.stroke();
}

/** Voxels from the pointer to beyond the brush's rim, along x and y. */
function reachOf(plane: GridPlane, shape: BrushShape): readonly [number, number] {
  if (shape.kind === 'pencil') return [1, 1];
  const [x, y] = shape.unit === 'voxels' ? [1, 1] : [plane.spacingXMm, plane.spacingYMm];
  return [Math.ceil(shape.size / 2 / x) + 1, Math.ceil(shape.size / 2 / y) + 1];
}

/** The outline of exactly the voxels a click here would change. */
function drawFootprint(
  context: CanvasRenderingContext2D,
  { plane, view, size }: PointerScene,
  brush: NonNullable<PointerScene['brush']>,
): void {
  const [reachX, reachY] = reachOf(plane, brush.shape);
  const firstX = Math.round(brush.at.x) - reachX;
  const firstY = Math.round(brush.at.y) - reachY;
  const sizeX = 2 * reachX + 1;
  const sizeY = 2 * reachY + 1;
  const mask = new Uint16Array(sizeX * sizeY);
  const flat: BrushShape = brush.shape.kind === 'pencil' ? brush.shape : { ...brush.shape, solid: false };
  visitBrush(plane, flat, 0, brush.at, brush.at, (x, y) => {
    mask[x - firstX + sizeX * (y - firstY)] = 1;
  });
  strokeBoth(context, edgesOf({ plane, view, size }, mask, firstX, firstY, sizeX, sizeY), brush.colour);
}
