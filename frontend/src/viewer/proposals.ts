import { indexAlong } from '../commands/labelGrid';
import type { VoxelChange } from '../commands/voxelChange';
import { ijk, type Ijk, type Shape } from '../geometry/frames';
import { propagateSlice } from '../operations/propagate';
import { acceptComponent, acceptProposal, openComponents, rejectProposal, type ProposedComponent } from '../operations/proposals';
import type { VolumeId } from '../state/task';
import { labelVolume } from '../tools/labelVolume';
import { mayWrite } from '../tools/mayWrite';
import type { ProposalAct } from '../tools/viewerActions';
import { versionVoxels } from './openVolume';
import type { TaskApi } from './taskApi';
import type { TaskWorkspace } from './workspace';

/** Keeps the voxels of what was proposed for the volume worked on in the store. Returns the disposer. */
export function followProposal(workspace: TaskWorkspace, api: TaskApi): () => void {
  const { state, store } = workspace;
  const abort = new AbortController();
  let shown: VolumeId | null = null;
  const load = async (): Promise<void> => {
    const { current } = workspace;
    const version = current?.saver ? current.volume.proposal : null;
    if (!current || !version) return;
    try {
      const proposal = await versionVoxels(api, version, current.volume.shape, abort.signal);
      if (shown === current.volume.id) store.setState({ proposal });
    } catch (error) {
      if (abort.signal.aborted) return;
      const reason = error instanceof Error ? error.message : 'Try again later.';
      store.setState({ notice: { text: `The proposal could not be loaded. ${reason}`, tone: 'warning' } });
    }
  };
  const stop = state.subscribe((now) => {
    const ready = now.stage.kind === 'ready' ? now.shown : null;
    if (ready === shown) return;
    shown = ready;
    store.setState({ proposal: null, proposedPiece: null, marked: null });
    if (ready !== null) void load();
  });
  return () => {
    stop();
    abort.abort();
  };
}

export function actOnProposal(workspace: TaskWorkspace, act: ProposalAct): void {
  const { session, store } = workspace;
  const { proposal, activeLabel, proposedPiece, operation } = store.getState();
  if (!session || !proposal || operation) return;
  switch (act) {
    case 'acceptAll':
      return write(workspace, acceptProposal(proposal, session.labels, null), 'Accept the proposal');
    case 'acceptLabel':
      if (!mayWrite(workspace, { kind: 'paint', value: activeLabel, over: 'everything' })) return;
      return write(workspace, acceptProposal(proposal, session.labels, activeLabel), `Accept the proposal, label ${activeLabel}`);
    case 'rejectLabel':
      if (!mayWrite(workspace, { kind: 'paint', value: activeLabel, over: 'everything' })) return;
      return write(workspace, rejectProposal(proposal, session.labels, activeLabel), `Reject the proposal, label ${activeLabel}`);
    case 'acceptPiece':
      if (!proposedPiece) return;
      if (!mayWrite(workspace, { kind: 'paint', value: proposedPiece.label, over: 'everything' })) return;
      leavePiece(workspace);
      return write(workspace, acceptComponent(proposedPiece), `Accept a proposed component, label ${proposedPiece.label}`);
  }
}

function write({ session, store }: TaskWorkspace, change: VoxelChange, name: string): void {
  const voxels = session?.apply(change, name) ?? 0;
  const text = voxels === 0 ? `${name}: nothing to change.` : `${name}: ${voxels.toLocaleString('en')} voxels changed.`;
  store.setState({ notice: { text, tone: 'info' }, pending: null, preview: null });
}

/** Points at the next piece of the proposal that the map does not hold whole, and goes there. */
export function stepToPiece(workspace: TaskWorkspace, direction: 1 | -1): void {
  const { store } = workspace;
  const volume = labelVolume(workspace);
  const { proposal, proposedPiece } = store.getState();
  if (!volume || !proposal) return;
  const pieces = openComponents(volume, proposal);
  const first = proposedPiece?.indices[0];
  const at = pieces.findIndex(({ indices }) => indices[0] === first);
  const next = at < 0 ? pieces[0] : pieces[(at + direction + pieces.length) % pieces.length];
  if (!next) {
    leavePiece(workspace);
    return store.setState({ notice: { text: 'The map holds every component of the proposal whole.', tone: 'info' } });
  }
  store.setState({
    proposedPiece: next,
    marked: { indices: next.indices, values: new Uint16Array(next.indices.length).fill(1), colours: { 1: '#ffffff' } },
  });
  workspace.jumpTo(middleOf(next, volume.shape, volume.labels));
}

export function leavePiece({ store }: TaskWorkspace): void {
  if (store.getState().proposedPiece) store.setState({ proposedPiece: null, marked: null });
}

/** A voxel of the piece, in the middle of its list: of those that the map lacks, where it lacks any. */
function middleOf({ indices, label }: ProposedComponent, shape: Shape, labels: ArrayLike<number>): Ijk {
  const lacking = indices.filter((index) => labels[index] !== label);
  const among = lacking.length > 0 ? lacking : indices;
  const index = among[Math.floor(among.length / 2)] ?? 0;
  return ijk(indexAlong(shape, 0, index), indexAlong(shape, 1, index), indexAlong(shape, 2, index));
}

/** Carries the active label to the next slice of the active plane, and shows it there until Enter or Escape. */
export function propagate(workspace: TaskWorkspace, direction: 1 | -1): void {
  const { store, session, current, image } = workspace;
  const { activeLabel: label, activePlane, cursor, operationForm } = store.getState();
  const volume = labelVolume(workspace);
  const { over } = operationForm;
  const say = (text: string): void => store.setState({ notice: { text, tone: 'info' } });
  if (!session || !current || !volume || !image || session.isPainting || !mayWrite(workspace, { kind: 'paint', value: label, over })) return;
  if (current.volume.components !== 1) return say('A colour image has no intensities to carry a label along.');
  const plane = current.planes[activePlane];
  const from = cursor[plane.sliceAxis];
  const to = from + direction;
  if (to < 0 || to >= plane.sliceCount) return say(`Slice ${from + 1} is the last of the ${activePlane} plane.`);
  if (session.tally.slices(plane.sliceAxis, label)[from] !== 1) return say(`There is nothing of label ${label} on this ${activePlane} slice to carry on.`);
  const change = propagateSlice(volume, plane, image, { label, from, to, over });
  if (change.indices.length === 0) return say(`Slice ${to + 1} has the shape already, or nothing there may be painted over.`);
  const { indices, values } = change;
  const name = `Propagate to slice ${to + 1}, label ${label}`;
  leavePiece(workspace);
  store.setState({
    sketch: null,
    growSeed: null,
    thresholdLive: false,
    pending: { name, change, revision: session.revision, from: cursor },
    preview: { indices, values, value: label },
    notice: { text: `${name}: ${indices.length.toLocaleString('en')} voxels. Enter accepts, Esc drops it.`, tone: 'info' },
  });
  workspace.stepSlice(activePlane, direction);
}
