import { clampToShape, continuousIjk, roundIjk, type Triple } from '../geometry/frames';
import type { Mark } from '../state/marks';
import type { VolumeId } from '../state/task';
import type { TaskWorkspace } from './workspace';

/** What the keys do to marks. */
export function actOnMark(workspace: TaskWorkspace, act: 'remove' | 'next' | 'previous' | 'ghosts'): void {
  const { store } = workspace.marks;
  const { marks, selected, ghosts } = store.getState();
  if (act === 'ghosts') store.setState({ ghosts: !ghosts });
  else if (act === 'remove') {
    if (selected !== null && workspace.marks.mayEdit) workspace.marks.remove(selected);
  } else {
    const at = marks.findIndex(({ id }) => id === selected);
    const step = act === 'next' ? 1 : -1;
    const next = marks[at < 0 ? (step === 1 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length];
    if (next) jumpToMark(workspace, next);
  }
}

function jumpToMark(workspace: TaskWorkspace, mark: Mark): void {
  workspace.marks.store.setState({ selected: mark.id });
  const [first] = mark.points;
  if (first) jumpToPlace(workspace, mark.volume, first);
}

/** The crosshair goes to a voxel of a volume; where another one is worked on, that one is opened first. */
export function jumpToPlace(workspace: TaskWorkspace, volume: VolumeId | null, [i, j, k]: Triple): void {
  const go = (): void => {
    const { current } = workspace;
    if (current) workspace.jumpTo(clampToShape(roundIjk(continuousIjk(i, j, k)), current.volume.shape));
  };
  if (volume === null || workspace.current?.volume.id === volume) go();
  else void workspace.workOn(volume).then(go);
}
