import { planeToCanvas } from '../../geometry/sliceView';
import type { HintStroke } from '../../state/interactive';
import type { SketchScene } from './sketchPainter';
import { strokeBoth } from './sketchPainter';

const ARM = 4;

/** A plus where a mark inside began, a minus where one outside did: colour alone would not be seen by everyone. */
export function drawSigns(
  context: CanvasRenderingContext2D,
  { plane, view, size }: Pick<SketchScene, 'plane' | 'view' | 'size'>,
  slice: number,
  strokes: readonly HintStroke[],
): void {
  for (const { at, side } of strokes) {
    if (at[plane.sliceAxis] !== slice) continue;
    const { x, y } = planeToCanvas(plane, view, size, { x: at[plane.x.axis], y: at[plane.y.axis] });
    const path = new Path2D();
    path.moveTo(x - ARM, y);
    path.lineTo(x + ARM, y);
    if (side === 'inside') {
      path.moveTo(x, y - ARM);
      path.lineTo(x, y + ARM);
    }
    strokeBoth(context, path);
  }
}
