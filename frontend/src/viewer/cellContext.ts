import type { Ijk } from '../geometry/frames';
import { spacingMm } from '../geometry/affine';
import type { PlaneName } from '../geometry/planes';
import type { SliceView } from '../geometry/sliceView';
import type { CellId } from '../state/layouts';
import type { IntensityRange } from '../state/task';
import type { ToolContext } from '../tools/toolContext';
import type { OpenVolume } from './openVolume';
import type { TaskWorkspace } from './workspace';

/**
 * What the tools get of one viewport: they move in the volume it shows, and paint only where that is the volume worked
 * on and its labels are the ones shown.
 */
export function cellContext(workspace: TaskWorkspace, id: CellId): ToolContext {
  const { viewports, store } = workspace;
  const open = (): OpenVolume | null => {
    const cell = viewports.planeCell(id);
    return cell && workspace.opened(cell.volume);
  };
  return {
    store,
    live: workspace.live,
    get session() {
      const cell = viewports.planeCell(id);
      return cell?.labels === null && cell.volume === workspace.state.getState().shown ? workspace.session : null;
    },
    get image() {
      return open()?.image ?? null;
    },
    get spacingMm() {
      const affine = open()?.affine;
      return affine ? spacingMm(affine) : null;
    },
    get window(): IntensityRange {
      const shown = open();
      return shown ? viewports.displayOf(shown.volume).window : store.getState().window;
    },
    setWindow(window) {
      const shown = open();
      if (shown) viewports.setDisplay(shown.volume, { window });
    },
    get marks() {
      return workspace.marks.mayEdit ? workspace.marks : null;
    },
    interactive: workspace.interactive,
    get markVolume() {
      return open()?.volume.id ?? null;
    },
    moveCursor(voxel: Ijk) {
      const shown = open();
      if (shown) viewports.moveTo(shown, voxel);
    },
    setView(plane: PlaneName, view: SliceView) {
      const shown = open();
      if (shown) viewports.setView(shown, plane, view);
    },
  };
}
