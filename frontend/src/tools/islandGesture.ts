import { linearIndex } from '../commands/labelGrid';
import { continuousIjk, isInside, roundIjk } from '../geometry/frames';
import { voxelOnPlane } from '../geometry/planes';
import { relabelIsland } from '../operations/islands';
import { acceptComponent, componentAt } from '../operations/proposals';
import type { LabelVolume } from '../operations/sliceTarget';
import { labelVolume } from './labelVolume';
import type { StartGesture, ToolContext } from './toolContext';

/** One click gives the connected component under it the active label, removes it, or takes the proposed one. */
export const startIsland: StartGesture = (context, surface, at) => {
  const { store, session } = context;
  const volume = labelVolume(context);
  if (!session || !volume || store.getState().operation) return null;
  const { x, y } = surface.toPlane(at);
  const [i, j, k] = voxelOnPlane(surface.plane, x, y, surface.slice);
  const voxel = roundIjk(continuousIjk(i, j, k));
  if (!isInside(voxel, session.shape)) return null;
  if (store.getState().islandAct === 'accept' && store.getState().proposal) {
    acceptAt(context, volume, linearIndex(session.shape, voxel));
    return null;
  }
  const label = volume.labels[linearIndex(session.shape, voxel)] as number;
  const { activeLabel, islandAct } = store.getState();
  const to = islandAct === 'relabel' ? activeLabel : 0;
  const locked = [label, to].find((value) => session.locked.has(value));
  const say = (text: string): void => store.setState({ notice: { text, tone: 'warning' } });
  if (label === 0) say('There is no label here: click on a component.');
  else if (locked !== undefined) say(`Label ${locked} is locked. Unlock it in the label panel to change it.`);
  else if (label !== to) {
    const name = to === 0 ? `Remove component of label ${label}` : `Component of label ${label} to label ${to}`;
    session.apply(relabelIsland(volume, voxel, to, 26), name);
  }
  return null;
};

/** Makes the map what was proposed, for the component of the proposal at a voxel. */
function acceptAt({ store, session }: ToolContext, volume: LabelVolume, index: number): void {
  const { proposal } = store.getState();
  const say = (text: string): void => store.setState({ notice: { text, tone: 'warning' } });
  const piece = proposal && componentAt(volume, proposal, index);
  if (!session || !piece) return say('Nothing was proposed here: click inside a dashed outline.');
  if (session.locked.has(piece.label)) return say(`Label ${piece.label} is locked. Unlock it in the label panel to change it.`);
  if (piece.missing === 0) return say('The map holds this component of the proposal whole.');
  session.apply(acceptComponent(piece), `Accept a proposed component, label ${piece.label}`);
}
