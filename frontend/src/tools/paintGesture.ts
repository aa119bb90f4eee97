import type { BrushShape } from '../commands/brush';
import type { PaintRule } from '../commands/voxelRule';
import type { ToolName, ViewerState } from '../state/viewerStore';
import { limitOf } from './intensityMask';
import { mayWrite } from './mayWrite';
import type { PointerPoint, StartGesture } from './toolContext';

export const PAINT_TOOLS: readonly ToolName[] = ['brush', 'eraser', 'pencil', 'threshold'];

export const isPaintTool = (tool: ToolName): boolean => PAINT_TOOLS.includes(tool);

export function ruleOf(state: ViewerState): PaintRule {
  return state.tool === 'eraser'
    ? { kind: 'erase', only: state.eraseOnly === 'active' ? state.activeLabel : null }
    : { kind: 'paint', value: state.activeLabel, over: state.paintOver };
}

export function brushOf(state: ViewerState): BrushShape {
  if (state.tool === 'pencil') return { kind: 'pencil' };
  const { brushForm: kind, brushUnit: unit, brushSolid: solid } = state;
  return { kind, unit, solid, size: unit === 'mm' ? state.brushMm : state.brushVoxels };
}

/** How much wider than its size a pen's brush is: as set at half the pressure, a quarter to nearly twice that at the ends. */
export const widenedBy = ({ penPressure }: Pick<ViewerState, 'penPressure'>, { pressure }: PointerPoint): number =>
  penPressure && pressure !== undefined ? 0.25 + 1.5 * pressure : 1;

const NAMES: Partial<Record<ToolName, string>> = { brush: 'Brush', pencil: 'Pencil', threshold: 'Threshold brush' };

/** What the history calls a stroke. */
function nameOf({ tool, activeLabel, eraseOnly }: ViewerState): string {
  if (tool === 'eraser') return eraseOnly === 'active' ? `Eraser, label ${activeLabel}` : 'Eraser, all labels';
  return `${NAMES[tool] ?? 'Paint'}, label ${activeLabel}`;
}

/** Brushes, eraser and pencil: the first voxels change with the press itself, without waiting for a second click. */
export const startPaint: StartGesture = (context, surface, at) => {
  const state = context.store.getState();
  if (!context.session || !isPaintTool(state.tool)) return null;
  if (!mayWrite(context, ruleOf(state))) return null;
  const stroke = context.session.beginStroke({
    plane: surface.plane,
    slice: surface.slice,
    brush: brushOf(state),
    rule: ruleOf(state),
    intensity: limitOf(context),
    name: nameOf(state),
  });
  const extend = (point: PointerPoint): void => stroke.extendTo(surface.toPlane(point), widenedBy(state, point));
  extend(at);
  return {
    move: (points) => points.forEach(extend),
    end: () => stroke.end(),
  };
};
