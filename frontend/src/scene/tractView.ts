import type { Triple } from '../geometry/frames';
import type { Box, Camera } from './camera';
import { SceneRenderer, type Colour } from './render/sceneRenderer';
import { boxAbout, reach, SceneCamera } from './sceneCamera';
import type { SceneStore } from './sceneState';
import { tractCorners, TractUploads } from './tractUploads';

/** Streamlines by themselves, with neither scan nor labels: nothing tells which case they are of. */
export class TractView extends SceneCamera {
  private readonly renderer: SceneRenderer;
  private readonly uploads: TractUploads;
  private readonly unsubscribe: () => void;
  private first = '';

  constructor(
    private readonly scene: SceneStore,
    private readonly colour: (value: number) => Colour,
    canvas: HTMLCanvasElement,
    onCamera: (camera: Camera) => void,
  ) {
    super(canvas, onCamera);
    this.renderer = new SceneRenderer(canvas);
    this.uploads = new TractUploads(this.renderer);
    this.unsubscribe = scene.subscribe(() => this.drawSoon());
    this.start();
  }

  override dispose(): void {
    this.unsubscribe();
    super.dispose();
    this.renderer.dispose();
  }

  /** There is no crosshair to turn about: the middle of everything. */
  centre(): void {
    const box = this.box();
    if (box) this.move((camera) => ({ ...camera, target: middle(box) }));
  }

  pick(): boolean {
    return false;
  }

  protected box(): Box | null {
    const corners = tractCorners(this.scene.getState().tracts);
    return corners.length === 0 ? null : boxAbout(corners);
  }

  protected draw(): void {
    const { tracts, tractWidthMm } = this.scene.getState();
    this.uploads.follow(tracts, this.colour, null);
    // Each is first seen from the same side, at a size that fills the view: none by the view that the last one was left in.
    const ids = tracts.map(({ id }) => id).join();
    if (ids !== this.first) this.seen = null;
    this.first = ids;
    const box = this.box();
    this.seen ??= this.firstCamera();
    if (!this.seen || !box) return;
    const { target } = this.seen;
    this.renderer.draw({
      camera: this.seen,
      surfaces: [],
      slices: [],
      sliceOpacity: 1,
      tracts: tracts.filter(({ visible }) => visible).map(({ id }) => id),
      tractWidthMm,
      slab: null,
      lines: [],
      reachMm: reach(box, target),
    });
  }
}

const middle = ({ low, high }: Box): Triple => [0, 1, 2].map((c) => ((low[c] as number) + (high[c] as number)) / 2) as unknown as Triple;
