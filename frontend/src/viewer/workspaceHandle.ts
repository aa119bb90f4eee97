import { indexToRas } from '../geometry/affine';
import { continuousIjk } from '../geometry/frames';
import type { ViewerHandle } from '../panels/viewerHandle';
import { perform } from './actions';
import { jumpToPlace } from './markActions';
import { jumpToLabel } from './labelActions';
import { lookAt } from './layoutActions';
import { autoWindow, resetWindow } from './intensities';
import { goToStep, historyOf } from './history';
import { createImageHandle } from './imageActions';
import { operate } from './operate';
import type { TaskWorkspace } from './workspace';

/** What the panels get of a workspace. */
export function createHandle(workspace: TaskWorkspace): ViewerHandle {
  return {
    store: workspace.store,
    state: workspace.state,
    labels: () => workspace.current?.session ?? null,
    get mayPaint() {
      return workspace.session !== null;
    },
    get voxelMm3() {
      return workspace.current?.voxelMm3 ?? 0;
    },
    headwardMm: ([i, j, k]) => (workspace.current ? indexToRas(workspace.current.affine, continuousIjk(i, j, k))[2] : 0),
    sliceAxis: (plane) => workspace.current?.planes[plane].sliceAxis ?? 2,
    look: (plane) => lookAt(workspace, plane),
    image: createImageHandle(workspace),
    perform: (action) => perform(workspace, action),
    autoWindow: () => autoWindow(workspace),
    resetWindow: () => resetWindow(workspace),
    showVolume: (id) => void workspace.showVolume(id),
    jumpTo: (voxel) => workspace.jumpTo(voxel),
    jumpToLabel: (value) => jumpToLabel(workspace, value),
    history: () => historyOf(workspace),
    goToStep: (done) => goToStep(workspace, done),
    operate: (form, preview) => void operate(workspace, form, preview),
    cancelOperation: () => workspace.operations.cancel(),
    retrySave: () => workspace.retrySave(),
    conflictDifference: () => workspace.conflictDifference(),
    resolveConflict: (choice) => workspace.resolveConflict(choice),
    marks: workspace.marks,
    interactive: workspace.interactive.store,
    jumpToPlace: (volume, voxel) => jumpToPlace(workspace, volume, voxel),
    openVolume: (id) => workspace.workOn(id),
    checkAnatomy: () => workspace.checkAnatomy(),
    submit: (comment, overrides) => workspace.submit(comment, overrides),
    review: (verdict, comment) => workspace.review(verdict, comment),
  };
}
