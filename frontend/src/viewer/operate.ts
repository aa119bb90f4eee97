import { copySlice } from '../operations/interpolate';
import { requestOf, type OperationForm } from '../state/operationForm';
import { labelVolume } from '../tools/labelVolume';
import { mayWrite } from '../tools/mayWrite';
import type { TaskWorkspace } from './workspace';

/** Runs an operation on the active label in the worker and writes its outcome as one step. */
export async function operate(workspace: TaskWorkspace, form: OperationForm): Promise<void> {
  const { store, session, current } = workspace;
  const { activeLabel, activePlane, cursor, operation } = store.getState();
  const volume = labelVolume(workspace);
  const say = (text: string): void => store.setState({ notice: { text, tone: 'info' } });
  if (!session || !current || !volume || operation || session.isPainting) return;
  if (!mayWrite(workspace, { kind: 'paint', value: activeLabel, over: 'everything' })) return;
  const { planes, voxelMm3 } = current;
  const asked = requestOf(form, { label: activeLabel, plane: planes[activePlane], planes, cursor, voxelMm3 });
  if (typeof asked === 'string') return say(asked);
  const { revision } = session;
  const { request, name } = asked;
  store.setState({ operation: { name, fraction: 0 }, sketch: null, growSeed: null });
  try {
    const onProgress = (fraction: number): void => store.setState({ operation: { name, fraction } });
    const change = await workspace.operations.run(volume, request, onProgress);
    if (!change) return say(`${name}: cancelled. Nothing was changed.`);
    // Worked out on the map as it was: on another one it would be wrong.
    if (session.revision !== revision) return say(`${name}: the labels changed meanwhile, so nothing was done. Try again.`);
    const voxels = session.apply(change, name);
    say(voxels === 0 ? `${name}: nothing to change.` : `${name}: ${voxels.toLocaleString('en')} voxels changed.`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it did not work';
    store.setState({ notice: { text: `${name}: ${reason} Nothing was changed.`, tone: 'error' } });
  } finally {
    store.setState({ operation: null });
  }
}

/** Puts the active label's shape on the next or previous slice of the active plane, and goes there. */
export function copyToSlice(workspace: TaskWorkspace, direction: 1 | -1): void {
  const { store, session, current } = workspace;
  const { activeLabel: label, activePlane, cursor, operationForm } = store.getState();
  const volume = labelVolume(workspace);
  const { over } = operationForm;
  if (!session || !current || !volume || !mayWrite(workspace, { kind: 'paint', value: label, over })) return;
  const plane = current.planes[activePlane];
  const from = cursor[plane.sliceAxis];
  session.apply(copySlice(volume, plane, label, from, from + direction, over), `Copy to slice ${from + direction + 1}, label ${label}`);
  workspace.stepSlice(activePlane, direction);
}
