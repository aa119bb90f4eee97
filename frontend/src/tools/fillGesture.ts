import { fillInPlane } from '../operations/planeFill';
import { mayWrite } from './mayWrite';
import { masked } from './intensityMask';
import { labelVolume } from './labelVolume';
import type { StartGesture } from './toolContext';

/** Paint fill: one press, one step to undo. */
export const startFill: StartGesture = (context, { plane, slice, toPlane }, at) => {
  const { activeLabel, paintOver } = context.store.getState();
  const rule = { kind: 'paint', value: activeLabel, over: paintOver } as const;
  const volume = labelVolume(context);
  if (!volume || !context.session || !mayWrite(context, rule)) return null;
  const { x, y } = toPlane(at);
  const filled = fillInPlane({ volume, plane, slice }, x, y, rule);
  if (!filled) return null;
  context.session.apply(masked(context, filled.change), `Fill, label ${activeLabel}`);
  if (filled.reachedBorder) {
    const text = 'The fill ran to the border of the slice: the outline is open there. Z takes it back.';
    context.store.setState({ notice: { text, tone: 'warning' } });
  }
  return { move: () => {}, end: () => {} };
};
