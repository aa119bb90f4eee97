import { indexToRas } from '../geometry/affine';
import { rasMm, type Axis, type Ijk, type Triple } from '../geometry/frames';
import { PLANE_NAMES, type PlaneName } from '../geometry/planes';
import { add, cross, normalise, scale } from '../geometry/vectors';
import { voxelAt } from '../geometry/worldLink';
import { colourOf } from '../state/labelColours';
import type { LabelSession } from '../state/labelSession';
import type { OpenVolume } from '../viewer/openVolume';
import { rgbOf, UNKNOWN_COLOUR } from '../viewer/render/labelStyle';
import type { TaskWorkspace } from '../viewer/workspace';
import { pixelOf, rayAt, type Box, type Camera } from './camera';
import { SceneRenderer, slabAbout, type Colour, type SceneShown } from './render/sceneRenderer';
import { boxAbout, reach, SceneCamera } from './sceneCamera';
import type { SceneStore } from './sceneState';
import { slicePicture, slicePlace } from './slicePictures';
import type { Surface } from './surface/labelSurface';
import { LabelSurfaces } from './surface/labelSurfaces';
import { rayToMesh, rayToQuad, voxelBehind } from './surface/picking';
import { tractCorners, TractUploads } from './tractUploads';

const CROSSHAIR: Colour = [0.35, 0.85, 0.78];
/** The panel's labels are see-through over a scan; a surface is solid until they are set clearer than they come. */
const SOLID_FROM = 0.45;

/**
 * The 3-D scene of an opened task: keeps surfaces, slices and streamlines in step with the viewer's stores, and turns
 * gestures into camera moves and picks. It knows nothing of React; `dispose` gives everything back.
 */
export class SceneController extends SceneCamera {
  private readonly renderer: SceneRenderer;
  private readonly meshes = new Map<number, Surface>();
  private labels: LabelSurfaces | null = null;
  private followed: { readonly session: LabelSession | null; readonly volume: string | null } = { session: null, volume: null };
  private readonly pictures = new Map<PlaneName, string>();
  private readonly uploads: TractUploads;
  private readonly ids = new WeakMap<object, number>();
  private nextId = 0;
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly workspace: TaskWorkspace,
    private readonly scene: SceneStore,
    canvas: HTMLCanvasElement,
    onCamera: (camera: Camera) => void,
  ) {
    super(canvas, onCamera);
    this.renderer = new SceneRenderer(canvas);
    this.uploads = new TractUploads(this.renderer);
    this.stops.push(
      workspace.store.subscribe(() => this.drawSoon()),
      workspace.state.subscribe(() => this.drawSoon()),
      scene.subscribe(() => this.drawSoon()),
    );
    this.start();
  }

  override dispose(): void {
    this.stops.forEach((stop) => stop());
    super.dispose();
    this.labels?.dispose();
    this.renderer.dispose();
  }

  /** Triangles of each label's surface. */
  get triangles(): ReadonlyMap<number, number> {
    return new Map([...this.meshes].map(([value, { triangles }]) => [value, triangles.length / 3]));
  }

  /** The crosshair in the middle: what the scene turns about from now on. */
  centre(): void {
    const { current: open } = this.workspace;
    if (open) this.move((camera) => ({ ...camera, target: indexToRas(open.affine, this.workspace.store.getState().cursor) }));
  }

  /** Puts the crosshair where the line of sight first meets a surface or a slice; false where it meets nothing. */
  pick(x: number, y: number): boolean {
    const { current: open } = this.workspace;
    const voxel = open && this.voxelSeen(open, x, y);
    if (!voxel) return false;
    this.workspace.jumpTo(voxel);
    return true;
  }

  /** A picture of the scene as it is, as a PNG. */
  picture(): Promise<Blob | null> {
    this.draw();
    // In the same task as the drawing, before the browser takes the buffer away.
    return new Promise((resolve) => this.canvas.toBlob(resolve, 'image/png'));
  }

  /** The canvas pixel of a voxel; null before anything is drawn. */
  pixelOf(voxel: Triple): { readonly x: number; readonly y: number } | null {
    const { current: open } = this.workspace;
    if (!open || !this.seen) return null;
    return pixelOf(this.seen, indexToRas(open.affine, voxel), this.canvas.clientWidth, this.canvas.clientHeight);
  }

  private voxelSeen(open: OpenVolume, x: number, y: number): Ijk | null {
    if (!this.seen) return null;
    const ray = rayAt(this.seen, x, y, this.canvas.clientWidth, this.canvas.clientHeight);
    const { shape } = open.volume;
    let nearest = Infinity;
    let voxel: Ijk | null = null;
    for (const { key } of this.shownSurfaces()) {
      const mesh = this.meshes.get(key);
      const distance = mesh && rayToMesh(ray, mesh);
      if (distance === null || distance === undefined || distance >= nearest || !open.session) continue;
      nearest = distance;
      voxel = voxelBehind(ray, distance, open.session.labels, { affine: open.affine, shape }, key);
    }
    for (const name of this.shownPlanes()) {
      const { corner, u, v } = slicePlace(open, open.planes[name], this.workspace.store.getState().cursor);
      const distance = rayToQuad(ray, corner, u, v);
      if (distance === null || distance >= nearest) continue;
      nearest = distance;
      voxel = voxelAt({ affine: open.affine, shape }, rasMm(...add(ray.origin, scale(ray.direction, distance))));
    }
    return voxel;
  }

  protected draw(): void {
    const { current: open } = this.workspace;
    if (!open) return;
    this.followLabels(open);
    this.followSlices(open);
    this.uploads.follow(this.scene.getState().tracts, (value) => this.colour(value), this.workspace.store.getState().labelColours);
    this.seen ??= this.firstCamera();
    if (this.seen) this.renderer.draw(this.shown(open, this.seen));
  }

  /** Another volume or its labels have come: their surfaces take the place of those before. */
  private followLabels(open: OpenVolume): void {
    const { session } = open;
    if (this.followed.session === session && this.followed.volume === open.volume.id) return;
    const another = this.followed.volume !== null && this.followed.volume !== open.volume.id;
    this.followed = { session, volume: open.volume.id };
    this.labels?.dispose();
    for (const value of this.meshes.keys()) this.renderer.setSurface(value, null);
    this.meshes.clear();
    if (another) this.seen = null;
    this.labels = session && new LabelSurfaces(
      session,
      open.affine,
      (value, surface) => {
        if (surface) this.meshes.set(value, surface);
        else this.meshes.delete(value);
        this.renderer.setSurface(value, surface);
        this.drawSoon();
      },
      (making) => this.scene.setState({ making }),
      (problem) => this.scene.setState({ problem }),
    );
  }

  private followSlices(open: OpenVolume): void {
    const { cursor, smooth } = this.workspace.store.getState();
    const display = this.workspace.viewports.displayOf(open.volume);
    for (const name of PLANE_NAMES) {
      const plane = open.planes[name];
      const shown = this.scene.getState().planes[name];
      const { window, colours, invert } = display;
      const look = shown ? [this.idOf(open.image), plane.x.sign, cursor[plane.sliceAxis], window.lower, window.upper, colours, invert, smooth].join() : '';
      if (this.pictures.get(name) === look) continue;
      this.pictures.set(name, look);
      this.renderer.setSlice(name, shown ? slicePicture(open, plane, cursor, display, smooth) : null);
    }
  }

  private shown(open: OpenVolume, camera: Camera): SceneShown {
    const scene = this.scene.getState();
    const { cursor } = this.workspace.store.getState();
    const place = indexToRas(open.affine, cursor);
    const box = this.box();
    const axis = scene.slab && open.planes[scene.slab].sliceAxis;
    return {
      camera,
      surfaces: this.shownSurfaces(),
      slices: this.shownPlanes(),
      sliceOpacity: scene.planeOpacity,
      tracts: scene.tracts.filter(({ visible }) => visible).map(({ id }) => id),
      tractWidthMm: scene.tractWidthMm,
      slab: axis === null ? null : slabAbout(place, squareTo(open, axis), scene.slabMm),
      lines: [{ points: this.crosshair(place, camera), colour: CROSSHAIR }],
      reachMm: box ? reach(box, camera.target) : 500,
    };
  }

  /** A small mark at the crosshair, as large on screen from near and from afar. */
  private crosshair(place: Triple, { distanceMm }: Camera): readonly Triple[] {
    const arm = distanceMm * 0.012;
    const axes: readonly Triple[] = [[arm, 0, 0], [0, arm, 0], [0, 0, arm]];
    return axes.flatMap((axis) => [add(place, axis), add(place, scale(axis, -1))]);
  }

  private shownPlanes(): readonly PlaneName[] {
    const { planes, planeOpacity } = this.scene.getState();
    return planeOpacity > 0 ? PLANE_NAMES.filter((name) => planes[name]) : [];
  }

  private shownSurfaces(): SceneShown['surfaces'] {
    const { surfaces, solo } = this.scene.getState();
    const { labelsVisible, hiddenLabels, labelOpacity, labelOpacities, activeLabel } = this.workspace.store.getState();
    if (!surfaces || !labelsVisible) return [];
    return [...this.meshes.keys()]
      .filter((value) => (solo ? value === activeLabel : !hiddenLabels.has(value)))
      .map((key) => ({ key, colour: this.colour(key), opacity: Math.min(1, (labelOpacities[key] ?? labelOpacity) / SOLID_FROM) }));
  }

  private colour(value: number): Colour {
    const label = this.workspace.state.getState().task?.labels.find((candidate) => candidate.value === value);
    const [r, g, b] = rgbOf(label ? colourOf(label, this.workspace.store.getState().labelColours) : UNKNOWN_COLOUR);
    return [r / 255, g / 255, b / 255];
  }

  /** Everything there is to see. */
  protected box(): Box | null {
    const { current: open } = this.workspace;
    if (!open) return null;
    const [si, sj, sk] = open.volume.shape;
    const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((c) => indexToRas(open.affine, [(c & 1) * si - 0.5, ((c >> 1) & 1) * sj - 0.5, ((c >> 2) & 1) * sk - 0.5]));
    return boxAbout([...corners, ...tractCorners(this.scene.getState().tracts)]);
  }

  private idOf(object: object): number {
    const known = this.ids.get(object) ?? (this.nextId += 1);
    this.ids.set(object, known);
    return known;
  }
}

/** The direction square to the slices along an array axis; on sheared grids not the axis itself. */
function squareTo({ affine: { columns: [a, b, c] } }: OpenVolume, axis: Axis): Triple {
  const faces = [[b, c], [c, a], [a, b]] as const;
  return normalise(cross(...faces[axis]));
}
