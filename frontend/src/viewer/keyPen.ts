import { planeToCanvas, type CanvasPoint } from '../geometry/sliceView';
import { subscribeTo } from '../state/viewerStore';
import type { Gesture, PlaneSurface } from '../tools/toolContext';
import { TOOL_GESTURES } from '../tools/toolGestures';
import type { TaskWorkspace } from './workspace';

/**
 * The tool in use without a pointer: a press at the crosshair in the active plane, and a drag as the crosshair moves. The
 * same gestures as the pointer's, so that whatever the mouse can do the keys can.
 */
export class KeyPen {
  private gesture: Gesture | null = null;
  private surface: PlaneSurface | null = null;
  private readonly stop: () => void;

  constructor(private readonly workspace: TaskWorkspace) {
    this.stop = subscribeTo(workspace.store, (state) => state.cursor, () => this.follow());
  }

  get isDown(): boolean {
    return this.gesture !== null;
  }

  press(): void {
    if (this.gesture) return;
    const { store, viewports } = this.workspace;
    const { activePlane, tool, cursor } = store.getState();
    store.setState({ byKeys: true });
    // Into view first: what is painted shall be seen.
    this.workspace.jumpTo(cursor);
    const cell = viewports.cellWith(activePlane);
    this.surface = (cell && viewports.surfaces.get(cell)?.()) ?? null;
    if (this.surface) this.gesture = TOOL_GESTURES[tool](this.workspace, this.surface, this.point(this.surface));
  }

  lift(): void {
    this.gesture?.end();
    this.gesture = null;
    this.surface = null;
  }

  dispose(): void {
    this.lift();
    this.stop();
  }

  /** On another slice a drag is over: every gesture belongs to one. */
  private follow(): void {
    const { gesture, surface } = this;
    if (!gesture || !surface) return;
    const { cursor } = this.workspace.store.getState();
    if (cursor[surface.plane.sliceAxis] !== surface.slice) this.lift();
    else gesture.move([this.point(surface)]);
  }

  private point({ plane, view, size }: PlaneSurface): CanvasPoint {
    const { cursor } = this.workspace.store.getState();
    return planeToCanvas(plane, view, size, { x: cursor[plane.x.axis], y: cursor[plane.y.axis] });
  }
}
