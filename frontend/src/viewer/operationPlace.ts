import type { OperationPlace } from '../state/operationForm';
import type { Task } from '../state/task';
import { labelVolume } from '../tools/labelVolume';
import type { ToolContext } from '../tools/toolContext';
import type { OpenVolume } from './openVolume';

/** What is needed to say where an operation is done. */
export interface PlaceContext extends ToolContext {
  readonly current: OpenVolume | null;
  readonly state: { getState(): { readonly task: Task | null } };
}

/** Where, on what and with which shared settings an operation is done now; null where nothing may be painted. */
export function placeOf(context: PlaceContext): OperationPlace | null {
  const { store, session, current } = context;
  const volume = labelVolume(context);
  if (!session || !current || !volume) return null;
  const { activeLabel, activePlane, cursor, brushRange, window } = store.getState();
  const { planes, voxelMm3 } = current;
  return {
    label: activeLabel,
    plane: planes[activePlane],
    planes,
    cursor,
    voxelMm3,
    shape: volume.shape,
    spacingMm: volume.spacingMm,
    range: brushRange ?? window,
    contrast: Math.max(window.upper - window.lower, 1e-9),
    labels: context.state.getState().task?.labels.map(({ value }) => value) ?? [],
    present: [...session.counts().keys()].sort((a, b) => a - b),
  };
}
