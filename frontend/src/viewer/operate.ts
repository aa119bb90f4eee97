import { copySlice } from '../operations/interpolate';
import { requestOf, type OperationForm } from '../state/operationForm';
import type { PendingOperation } from '../state/sketch';
import { labelVolume } from '../tools/labelVolume';
import { mayWrite } from '../tools/mayWrite';
import { placeOf } from './operationPlace';
import type { TaskWorkspace } from './workspace';

/**
 * Runs an operation in the worker and writes its outcome as one step; with `preview` the outcome is shown and waits for
 * Enter or Escape.
 */
export async function operate(workspace: TaskWorkspace, form: OperationForm, preview = false): Promise<void> {
  const { store, session } = workspace;
  const { activeLabel, operation } = store.getState();
  const volume = labelVolume(workspace);
  const place = placeOf(workspace);
  const say = (text: string): void => store.setState({ notice: { text, tone: 'info' } });
  if (!session || !place || !volume || operation || session.isPainting) return;
  // Seeds of several labels grow, so the lock of the active one is no reason to refuse.
  if (form.operation !== 'growSeeds' && !mayWrite(workspace, { kind: 'paint', value: activeLabel, over: 'everything' })) return;
  if (preview && form.operation === 'threshold') return store.setState({ thresholdLive: true });
  const asked = requestOf(form, place);
  if (typeof asked === 'string') return say(asked);
  const { revision } = session;
  const { request, name } = asked;
  store.setState({ operation: { name, fraction: 0 }, sketch: null, growSeed: null, thresholdLive: false, pending: null, preview: null });
  try {
    const onProgress = (fraction: number): void => store.setState({ operation: { name, fraction } });
    const change = await workspace.operations.run(volume, request, onProgress, workspace.image);
    if (!change) return say(`${name}: cancelled. Nothing was changed.`);
    if (preview && change.indices.length > 0) {
      const { indices, values } = change;
      store.setState({ pending: { name, change, revision }, preview: { indices, values, value: activeLabel } });
    } else write(workspace, { name, change, revision });
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it did not work';
    store.setState({ notice: { text: `${name}: ${reason} Nothing was changed.`, tone: 'error' } });
  } finally {
    store.setState({ operation: null });
  }
}

/** Writes the operation whose preview is on screen. */
export function acceptPending(workspace: TaskWorkspace): void {
  const { store } = workspace;
  const { pending, thresholdLive, operationForm } = store.getState();
  if (thresholdLive) return void operate(workspace, operationForm);
  store.setState({ pending: null, preview: null });
  if (pending) write(workspace, pending);
}

function write({ store, session }: TaskWorkspace, { name, change, revision }: PendingOperation): void {
  const say = (text: string): void => store.setState({ notice: { text, tone: 'info' } });
  if (!session) return;
  // Worked out on the map as it was: on another one it would be wrong.
  if (session.revision !== revision) return say(`${name}: the labels changed meanwhile, so nothing was done. Try again.`);
  const voxels = session.apply(change, name);
  say(voxels === 0 ? `${name}: nothing to change.` : `${name}: ${voxels.toLocaleString('en')} voxels changed.`);
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
