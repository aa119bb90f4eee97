import type { Triple } from '../geometry/frames';
import { overview, type Box, type Camera } from './camera';
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
    return corners.length === 0 ? null : widened(boxAbout(corners));
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
    // With nothing to show the canvas is emptied: what was rated does not stay in sight.
    const camera = this.seen ?? overview(EMPTY, 1);
    this.renderer.draw({
      camera,
      surfaces: [],
      slices: [],
      sliceOpacity: 1,
      tracts: tracts.filter(({ visible }) => visible).map(({ id }) => id),
      tractWidthMm,
      slab: null,
      lines: [],
      reachMm: reach(box ?? EMPTY, camera.target),
    });
  }
}

const EMPTY: Box = { low: [-1, -1, -1], high: [1, 1, 1] };

/** With room about the streamlines, so that both ends of a long nerve are in view. */
function widened(box: Box): Box {
  const centre = middle(box);
  const out = (corner: Triple): Triple => corner.map((part, c) => (centre[c] as number) + 1.4 * (part - (centre[c] as number))) as unknown as Triple;
  return { low: out(box.low), high: out(box.high) };
}

const middle = ({ low, high }: Box): Triple => [0, 1, 2].map((c) => ((low[c] as number) + (high[c] as number)) / 2) as unknown as Triple;
