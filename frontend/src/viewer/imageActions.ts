import type { ImageHandle } from '../panels/imageHandle';
import { windowPresets, type RoleDisplay } from '../state/display';
import { LAYOUTS } from '../state/layouts';
import type { TaskVolume } from '../state/task';
import { layoutsOf } from './layoutActions';
import { roleOf } from './hanging';
import { colourAt } from './openVolume';
import type { TaskWorkspace } from './workspace';

/** What the panels get of how images are shown. */
export function createImageHandle(workspace: TaskWorkspace): ImageHandle {
  const { viewports } = workspace;
  const role = (volume: TaskVolume): RoleDisplay | undefined => roleOf(workspace.state.getState().task, volume);
  return {
    active: () => workspace.activeVolume?.volume ?? null,
    shownIn: (cell) => {
      const shown = viewports.planeCell(cell);
      return (shown && workspace.opened(shown.volume)?.volume) ?? null;
    },
    colourAt: (volume, voxel) => {
      const open = workspace.opened(volume.id);
      return open && colourAt(open, voxel);
    },
    displayOf: (volume) => viewports.displayOf(volume),
    setDisplay: (volume, change) => viewports.setDisplay(volume, change),
    presetsOf: (volume) => windowPresets(volume, role(volume)),
    layouts: () => {
      const offered = layoutsOf(workspace);
      const titles = workspace.state.getState().task?.hanging.layouts ?? [];
      return LAYOUTS.filter(({ name }) => offered.includes(name)).map(({ name, title, hung }) => ({
        name,
        title: titles.find((given) => given.name === hung)?.title ?? title,
      }));
    },
    overlay: (id) => workspace.overlay(id),
    setConvention: (convention) => workspace.setConvention(convention),
    setLinked: (linked) => viewports.setLinked(linked),
    showFrame: (volume, frame) => void workspace.showFrame(volume, frame),
  };
}
