import type { Triple } from '../geometry/frames';
import type { Letter } from '../geometry/orientation';
import { fromSide, overview, panned, turned, zoomed, type Box, type Camera } from './camera';

/** A canvas with a camera: gestures move it, and what is to be drawn is drawn once a frame. `dispose` gives everything back. */
export abstract class SceneCamera {
  protected seen: Camera | null = null;
  private due = 0;
  private readonly observer = new ResizeObserver(() => this.resize());

  constructor(
    protected readonly canvas: HTMLCanvasElement,
    private readonly onCamera: (camera: Camera) => void,
  ) {}

  /** From now on it is drawn: once all that drawing needs is there. */
  protected start(): void {
    this.observer.observe(this.canvas);
    this.resize();
  }

  /** Everything there is to see; null while there is nothing. */
  protected abstract box(): Box | null;
  protected abstract draw(): void;

  /** What the camera turns about from now on. */
  abstract centre(): void;
  /** A press on a pixel of the canvas; false where it meets nothing. */
  abstract pick(x: number, y: number): boolean;

  dispose(): void {
    this.observer.disconnect();
    cancelAnimationFrame(this.due);
  }

  get camera(): Camera | null {
    return this.seen;
  }

  turn(x: number, y: number): void {
    this.move((camera) => turned(camera, x * 0.008, y * 0.008));
  }

  pan(x: number, y: number): void {
    this.move((camera) => panned(camera, x, y, this.canvas.clientHeight));
  }

  zoom(factor: number): void {
    this.move((camera) => zoomed(camera, factor));
  }

  lookFrom(side: Letter): void {
    this.move((camera) => fromSide(camera, side));
  }

  reset(): void {
    const box = this.box();
    if (box) this.move(() => overview(box, this.aspect));
  }

  protected move(change: (camera: Camera) => Camera): void {
    if (!this.seen) return;
    this.seen = change(this.seen);
    this.onCamera(this.seen);
    this.drawSoon();
  }

  /** Everything in view, from where a scene is first seen. */
  protected firstCamera(): Camera | null {
    const box = this.box();
    if (!box) return null;
    const camera = overview(box, this.aspect);
    this.onCamera(camera);
    return camera;
  }

  private resize(): void {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(this.canvas.clientWidth * ratio), Math.round(this.canvas.clientHeight * ratio)];
    if (width < 2 || height < 2) return;
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.drawSoon();
  }

  protected drawSoon(): void {
    this.due ||= requestAnimationFrame(() => {
      this.due = 0;
      this.draw();
    });
  }

  private get aspect(): number {
    return this.canvas.clientWidth / Math.max(this.canvas.clientHeight, 1);
  }
}

export function boxAbout(places: readonly Triple[]): Box {
  const over = (pick: (...of: number[]) => number): Triple => [0, 1, 2].map((c) => pick(...places.map((place) => place[c] as number))) as unknown as Triple;
  return { low: over(Math.min), high: over(Math.max) };
}

/** How far from the target something can be. */
export const reach = ({ low, high }: Box, target: Triple): number =>
  Math.hypot(...[0, 1, 2].map((c) => Math.max(...[low, high].map((corner) => Math.abs((corner[c] as number) - (target[c] as number)))))) * 1.05 + 1;
