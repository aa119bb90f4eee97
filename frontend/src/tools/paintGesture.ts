import type { BrushShape, PaintRule } from '../commands/paintStroke';
import type { ToolName, ViewerState } from '../state/viewerStore';
import type { StartGesture } from './toolContext';

export const PAINT_TOOLS: readonly ToolName[] = ['brush', 'eraser', 'pencil'];

export const isPaintTool = (tool: ToolName): boolean => PAINT_TOOLS.includes(tool);

export function ruleOf(state: ViewerState): PaintRule {
  return state.tool === 'eraser'
    ? { kind: 'erase', only: state.eraseOnly === 'active' ? state.activeLabel : null }
    : { kind: 'paint', value: state.activeLabel, over: state.paintOver };
}

export function brushOf(state: ViewerState): BrushShape {
  return { kind: state.tool === 'pencil' ? 'pencil' : 'disc', diameterMm: state.brushMm };
}

/** What the history calls a stroke. */
function nameOf({ tool, activeLabel, eraseOnly }: ViewerState): string {
  if (tool === 'eraser') return eraseOnly === 'active' ? `Eraser, label ${activeLabel}` : 'Eraser, all labels';
  return `${tool === 'pencil' ? 'Pencil' : 'Brush'}, label ${activeLabel}`;
}

/** Brush, eraser and pencil: the first voxels change with the press itself, without waiting for a second click. */
export const startPaint: StartGesture = (context, surface, at) => {
  const state = context.store.getState();
  if (!context.session || !isPaintTool(state.tool)) return null;
  const stroke = context.session.beginStroke({
    plane: surface.plane,
    slice: surface.slice,
    brush: brushOf(state),
    rule: ruleOf(state),
    name: nameOf(state),
  });
  stroke.extendTo(surface.toPlane(at));
  return {
    move: (points) => points.forEach((point) => stroke.extendTo(surface.toPlane(point))),
    end: () => stroke.end(),
  };
};
