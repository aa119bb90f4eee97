import type { LabelArray } from '../commands/labelGrid';
import { indexToRas, rasToIndex } from '../geometry/affine';
import { centreOf, clampToShape, withAxis, type ContinuousIjk, type Ijk, type RasMm } from '../geometry/frames';
import { PLANE_NAMES, type PlaneName } from '../geometry/planes';
import { fitView, reveal, type SliceView, type ViewportSize } from '../geometry/sliceView';
import { sameGrid, toSliceView, toWorldView, voxelAt } from '../geometry/worldLink';
import { defaultDisplay, fittingWindow, fromKept, isQuantity, toKept, type RoleDisplay, type VolumeDisplay } from '../state/display';
import type { LabelSession } from '../state/labelSession';
import { cellsOf, type CellId, type LayoutCell, type PlaneCell } from '../state/layouts';
import type { IntensityRange, Task, TaskVolume, VersionId, VolumeId } from '../state/task';
import { linkKey, viewKey, type ViewerState, type ViewerStore } from '../state/viewerStore';
import type { WorkspaceStore } from '../state/workspaceState';
import type { PlaneSurface } from '../tools/toolContext';
import { hungViewports, roleOf } from './hanging';
import type { OpenVolume } from './openVolume';

/** A viewport as it stands now: its volume, where it is cut, and how it is looked at. */
export interface CellSurface extends PlaneSurface {
  readonly cell: PlaneCell;
  readonly open: OpenVolume;
  /** The crosshair in voxels of this volume; not whole where it was set on another grid. */
  readonly crosshair: ContinuousIjk;
}

/** The label map a viewport shows: one being worked on, or a version to compare with. */
export type ShownLabels = { readonly labels: LabelArray; readonly session: LabelSession | null };

/**
 * Which volume each viewport shows, and where: crosshair, zoom and windows of all of them, in step where they are
 * linked. Places are kept in millimetres in the patient, so that volumes on different grids follow one another.
 */
export class Viewports {
  readonly surfaces = new Map<CellId, () => CellSurface | null>();
  readonly frames = new Map<CellId, HTMLElement>();
  /** Viewports whose picture is that of the slice they are at. */
  readonly painted = new Set<CellId>();
  readonly versions = new Map<VersionId, LabelArray>();

  constructor(
    private readonly store: ViewerStore,
    private readonly state: WorkspaceStore,
    private readonly opened: (id: VolumeId) => OpenVolume | null,
  ) {}

  /** Keeps the cells in step with the choice of layout. Returns the disposer. */
  follow(): () => void {
    return this.store.subscribe((now, before) => {
      if (CHOICE.some((name) => now[name] !== before[name])) this.arrange();
    });
  }

  arrange(): void {
    const { task, shown, cells } = this.state.getState();
    // Before the first volume is there its viewports are: they have their size when it comes.
    const current = shown ?? firstVolume(task)?.id;
    if (!task || current === undefined) return;
    const { layout, mainPlane, cellVolumes, compared, maximised, activeCell } = this.store.getState();
    const volumes = task.volumes.map(({ id }) => id);
    const next = cellsOf({ layout, mainPlane, current, volumes, cellVolumes, compared, hung: hungViewports(task, layout) });
    if (JSON.stringify(next) !== JSON.stringify(cells)) this.state.setState({ cells: next });
    const ids = new Set(next.map(({ id }) => id));
    if (maximised !== null && !ids.has(maximised)) this.store.setState({ maximised: null });
    if (!ids.has(activeCell)) this.store.setState({ activeCell: 'a' });
  }

  cell(id: CellId): LayoutCell | null {
    return this.state.getState().cells.find((cell) => cell.id === id) ?? null;
  }

  planeCell(id: CellId): PlaneCell | null {
    const cell = this.cell(id);
    return cell?.kind === 'plane' ? cell : null;
  }

  /** Volumes that the layout shows, overlay included. */
  shownVolumes(): ReadonlySet<VolumeId> {
    const { overlaid } = this.store.getState();
    const shown = this.state.getState().cells.flatMap((cell) => (cell.kind === 'plane' ? [cell.volume] : []));
    return new Set(overlaid === null ? shown : [...shown, overlaid]);
  }

  /** The viewport that shows a plane of the volume worked on, the large one first. */
  cellWith(plane: PlaneName): CellId | null {
    const { cells, shown } = this.state.getState();
    const found = cells.find((cell) => cell.kind === 'plane' && cell.plane === plane && cell.volume === shown);
    return found?.id ?? null;
  }

  /** The crosshair in the patient; the middle of the volume until someone has set it. */
  placeOf(open: OpenVolume): RasMm {
    const state = this.store.getState();
    return state.places[linkKey(state, open.volume.id)] ?? indexToRas(open.affine, centreOf(open.volume.shape));
  }

  voxelOf(open: OpenVolume): Ijk {
    return voxelAt({ affine: open.affine, shape: open.volume.shape }, this.placeOf(open));
  }

  /** Puts the crosshair on a voxel; linked viewports of other volumes go to the same place in the patient. */
  moveTo(open: OpenVolume, voxel: Ijk): void {
    const place = indexToRas(open.affine, clampToShape(voxel, open.volume.shape));
    const current = this.current();
    this.store.setState((state) => {
      const places = { ...state.places, [linkKey(state, open.volume.id)]: place };
      const follows = current && (state.linked || current.volume.id === open.volume.id);
      const cursor = follows ? voxelAt({ affine: current.affine, shape: current.volume.shape }, place) : state.cursor;
      return { places, cursor };
    });
  }

  step(open: OpenVolume, plane: PlaneName, slices: number): void {
    const { sliceAxis } = open.planes[plane];
    const voxel = this.voxelOf(open);
    this.moveTo(open, withAxis(voxel, sliceAxis, voxel[sliceAxis] + slices));
  }

  viewOf(open: OpenVolume, plane: PlaneName, size: ViewportSize): SliceView {
    const state = this.store.getState();
    const kept = state.views[viewKey(state, open.volume.id, plane)];
    return kept ? toSliceView(open.affine, open.planes[plane], kept) : this.fitted(open, plane, size);
  }

  setView(open: OpenVolume, plane: PlaneName, view: SliceView): void {
    const grid = open.planes[plane];
    const world = toWorldView(open.affine, grid, view, this.voxelOf(open)[grid.sliceAxis]);
    this.store.setState((state) => ({ views: { ...state.views, [viewKey(state, open.volume.id, plane)]: world } }));
  }

  /** Brings the crosshair into view wherever it is not. */
  revealCrosshair(): void {
    for (const surfaceOf of this.surfaces.values()) {
      const surface = surfaceOf();
      if (!surface) continue;
      const { plane, view, size, crosshair, open } = surface;
      const revealed = reveal(plane, view, size, { x: crosshair[plane.x.axis], y: crosshair[plane.y.axis] });
      if (revealed !== view) this.setView(open, plane.name, revealed);
    }
  }

  crosshairOf(open: OpenVolume): ContinuousIjk {
    return rasToIndex(open.affine, this.placeOf(open));
  }

  /** Other volumes keep to their own places from here on, or come to where the volume worked on is. */
  setLinked(linked: boolean): void {
    const { task } = this.state.getState();
    const current = this.current();
    if (!current || !task) return;
    const place = this.placeOf(current);
    this.store.setState((state) => {
      const key = (id: VolumeId): string => linkKey({ linked }, id);
      const own = linked ? [['linked', place]] : task.volumes.map(({ id }) => [key(id), place]);
      const views = Object.entries(state.views).flatMap(([name, view]) => {
        const plane = name.slice(name.indexOf('/') + 1) as PlaneName;
        if (linked) return name.startsWith(`${current.volume.id}/`) ? [[`linked/${plane}`, view]] : [];
        return name.startsWith('linked/') ? task.volumes.map(({ id }) => [`${id}/${plane}`, view]) : [];
      });
      return { linked, places: Object.fromEntries(own) as ViewerState['places'], views: Object.fromEntries(views) as ViewerState['views'] };
    });
  }

  displayOf(volume: TaskVolume): VolumeDisplay {
    const known = this.store.getState().displays[volume.id];
    return known ?? defaultDisplayOf(volume, roleOf(this.state.getState().task, volume));
  }

  /** Changes how a volume is shown; a window goes to linked volumes of the same role as well. */
  setDisplay(volume: TaskVolume, change: Partial<VolumeDisplay>): void {
    const { shown } = this.state.getState();
    const wished = { ...this.displayOf(volume), ...change };
    const display = { ...wished, window: fittingWindow(wished.colours, wished.window) };
    const followers = change.window && this.store.getState().linked ? this.windowFollowers(volume) : [];
    this.store.setState((state) => {
      const displays = { ...state.displays, [volume.id]: display };
      for (const follower of followers) displays[follower.id] = { ...this.displayOf(follower), window: this.windowFor(follower, volume, display) };
      const window = shown === null ? undefined : displays[shown]?.window;
      return { displays, ...(window && { window }) };
    });
  }

  /** What is painted over a volume: its own labels, or those worked on where its grid is the same. */
  labelsOf({ volume, labels }: PlaneCell): ShownLabels | null {
    if (labels !== null) {
      const version = this.versions.get(labels);
      return version ? { labels: version, session: null } : null;
    }
    const open = this.opened(volume);
    const current = this.current();
    const session = open?.session ?? (open && current && sameGrid(gridOf(open), gridOf(current)) ? current.session : null);
    return session ? { labels: session.labels, session } : null;
  }

  private current(): OpenVolume | null {
    const { shown } = this.state.getState();
    return shown === null ? null : this.opened(shown);
  }

  /** The volume worked on is fitted; linked with it the others are as large, so that the same mm are the same pixels. */
  private fitted(open: OpenVolume, plane: PlaneName, size: ViewportSize): SliceView {
    const own = fitView(open.planes[plane], size);
    const current = this.current();
    if (!current || current === open || !this.store.getState().linked) return own;
    const view = fitView(current.planes[plane], size);
    const slice = this.voxelOf(current)[current.planes[plane].sliceAxis];
    return toSliceView(open.affine, open.planes[plane], toWorldView(current.affine, current.planes[plane], view, slice));
  }

  private windowFollowers(volume: TaskVolume): readonly TaskVolume[] {
    return (this.state.getState().task?.volumes ?? []).filter(({ id, role }) => id !== volume.id && role === volume.role);
  }

  /**
   * The window of one volume for another of its role: the same numbers where they mean the same (a quantity, or two scans
   * made together, on one grid), else the same part of what its own window shows.
   */
  private windowFor(follower: TaskVolume, volume: TaskVolume, display: VolumeDisplay): IntensityRange {
    const [a, b] = [this.opened(volume.id), this.opened(follower.id)];
    if (a && b && sameGrid(gridOf(a), gridOf(b))) return display.window;
    const quantity = isQuantity(roleOf(this.state.getState().task, volume));
    return fromKept(follower, toKept(volume, display, quantity), quantity).window;
  }
}

/** One object a volume, so that what did not change is not drawn again. */
const DEFAULTS = new WeakMap<TaskVolume, VolumeDisplay>();

function defaultDisplayOf(volume: TaskVolume, role: RoleDisplay | undefined): VolumeDisplay {
  const known = DEFAULTS.get(volume) ?? defaultDisplay(volume, role);
  DEFAULTS.set(volume, known);
  return known;
}

/** The volume a task opens with: the first that takes labels. */
export const firstVolume = (task: Task | null): TaskVolume | undefined =>
  task?.volumes.find((volume) => volume.labelled) ?? task?.volumes[0];

export const gridOf = ({ affine, volume }: OpenVolume) => ({ affine, shape: volume.shape });

const CHOICE = ['layout', 'mainPlane', 'cellVolumes', 'compared'] as const;

export const isPlaneName = (name: unknown): name is PlaneName => PLANE_NAMES.some((plane) => plane === name);
