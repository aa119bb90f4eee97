import type { ToolName } from '../state/viewerStore';
import { startFill } from './fillGesture';
import { startGrow } from './growGesture';
import { startHint } from './interactiveGesture';
import { startIsland } from './islandGesture';
import { startLasso } from './lassoGesture';
import { isMarkTool, startMark } from './markGestures';
import { startPaint } from './paintGesture';
import { startScissors } from './scissorsGesture';
import type { StartGesture } from './toolContext';
import { startCrosshair, startWindow } from './viewGestures';

/** What a press of the main button begins. */
export const TOOL_GESTURES: Readonly<Record<ToolName, StartGesture>> = {
  crosshair: startCrosshair,
  window: startWindow,
  brush: startPaint,
  eraser: startPaint,
  pencil: startPaint,
  threshold: startPaint,
  fill: startFill,
  lasso: startLasso,
  scissors: startScissors,
  grow: startGrow,
  island: startIsland,
  scribble: startHint,
  click: startHint,
  length: startMark,
  angle: startMark,
  ellipse: startMark,
  rectangle: startMark,
  point: startMark,
};

/** Does the tool change labels? Then it is offered only where they may be changed. */
export const isEditTool = (tool: ToolName): boolean => tool !== 'crosshair' && tool !== 'window' && !isMarkTool(tool);
