import { scaleBarMm, scaleBarText } from '../../geometry/scaleBar';
import type { ViewportSize } from '../../geometry/sliceView';

const EDGE = 12;

/** A bar of a round length in the lower left corner, at most a fifth of the viewport wide. */
export function drawScaleBar(context: CanvasRenderingContext2D, mmPerPixel: number, size: ViewportSize): void {
  const mm = scaleBarMm(mmPerPixel, Math.max(40, size.width / 5));
  const length = mm / mmPerPixel;
  if (!(length > 4) || length > size.width - 2 * EDGE) return;
  const y = size.height - EDGE - 0.5;
  const path = new Path2D();
  path.moveTo(EDGE, y - 4);
  path.lineTo(EDGE, y);
  path.lineTo(EDGE + length, y);
  path.lineTo(EDGE + length, y - 4);
  context.lineWidth = 3;
  context.strokeStyle = 'rgba(0, 0, 0, 0.7)';
  context.stroke(path);
  context.lineWidth = 1.25;
  context.strokeStyle = '#e6e8eb';
  context.stroke(path);
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'bottom';
  context.lineWidth = 3;
  context.strokeStyle = 'rgba(0, 0, 0, 0.7)';
  context.strokeText(scaleBarText(mm), EDGE, y - 6);
  context.fillStyle = '#e6e8eb';
  context.fillText(scaleBarText(mm), EDGE, y - 6);
}
