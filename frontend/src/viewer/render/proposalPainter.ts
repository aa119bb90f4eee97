import type { LabelArray, SliceLayout } from '../../commands/labelGrid';
import { edgesOf, strokeBoth, type SketchScene } from './sketchPainter';
import { labelledPart, visiblePart } from './visibleSlice';

/** Draws where the proposal ends on this slice: white and dashed, so that it is not taken for the edit under it. */
export function drawProposal(context: CanvasRenderingContext2D, scene: Omit<SketchScene, 'pointer'>, proposal: LabelArray, layout: SliceLayout): void {
  const part = labelledPart(proposal, visiblePart(layout, scene.plane, scene.view, scene.size));
  if (!part) return;
  const { sizeX, sizeY, start, stepX, stepY } = part.layout;
  const values = new Uint16Array(sizeX * sizeY);
  let n = 0;
  for (let y = 0; y < sizeY; y++) {
    for (let x = 0; x < sizeX; x++, n++) values[n] = proposal[start + x * stepX + y * stepY] as number;
  }
  const ratio = window.devicePixelRatio || 1;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.setLineDash([5, 4]);
  strokeBoth(context, edgesOf(scene, values, part.x, part.y, sizeX, sizeY));
  context.setLineDash([]);
}
