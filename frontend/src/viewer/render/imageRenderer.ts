import { lpsGrid, type LpsGrid } from '../../geometry/affine';
import type { GridPlane } from '../../geometry/planes';
import type { SliceView, ViewportSize } from '../../geometry/sliceView';
import type { ColourStop } from '../../state/colourMaps';
import type { CellId } from '../../state/layouts';
import type { ImageVolume } from './cornerstoneVolume';
import type { SliceGraphics } from './sliceGraphics';

/** What a viewport is to show. The renderer keeps no state of its own beyond what it was told last. */
export interface SliceShown {
  /** A volume given by `addVolume`. */
  readonly volume: string;
  readonly plane: GridPlane;
  readonly slice: number;
  readonly view: SliceView;
  readonly size: ViewportSize;
  readonly colours: readonly ColourStop[];
  readonly smooth: boolean;
}

interface Volume {
  readonly id: string;
  image: ImageVolume;
  readonly grid: LpsGrid;
  created: boolean;
}

interface Viewport {
  readonly element: HTMLDivElement;
  readonly onDrawn: () => void;
  wanted: SliceShown | null;
  /** The volume whose actor the viewport has. */
  fitted: string | null;
  colours: readonly ColourStop[] | null;
}

/** The painted slice and the panels are shown first: starting the graphics holds the page up. */
const SETTLE_MS = 120;

/** A page that is never idle starts the graphics after so long. */
const LONGEST_WAIT_MS = 400;

let renderers = 0;

/** What cornerstone calls the event of a viewport that was drawn. */
const DRAWN = 'CORNERSTONE_IMAGE_RENDERED';

let webGl2: boolean | null = null;

/** Asked once a page: a context takes long to make, and browsers allow few. */
export function hasWebGl2(): boolean {
  if (webGl2 !== null) return webGl2;
  const context = document.createElement('canvas').getContext('webgl2');
  webGl2 = context !== null;
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return webGl2;
}

/**
 * Draws slices of volumes in viewports with cornerstone3D. Geometry, labels and pointers are ours; cornerstone is handed
 * a camera and the colours of a window for each slice. A volume is uploaded when the first viewport shows it, and once.
 */
export class ImageRenderer {
  private readonly name = `radicula-${(renderers += 1)}`;
  private graphics: SliceGraphics | null = null;
  private readonly volumes = new Map<string, Volume>();
  private readonly viewports = new Map<CellId, Viewport>();
  private readonly due: CellId[] = [];
  private fitting = false;
  private resizeDue = false;
  private disposed = false;

  /** Gives a viewport an element to be drawn in; returns the disposer. `onDrawn` is called after each drawing. */
  attach(cell: CellId, element: HTMLDivElement, onDrawn: () => void): () => void {
    const viewport: Viewport = { element, onDrawn, wanted: null, fitted: null, colours: null };
    this.viewports.set(cell, viewport);
    element.addEventListener(DRAWN, onDrawn);
    return () => {
      element.removeEventListener(DRAWN, onDrawn);
      if (this.viewports.get(cell) === viewport) this.viewports.delete(cell);
      this.graphics?.disable(this.viewportId(cell));
    };
  }

  addVolume(id: string, image: ImageVolume): void {
    if (this.volumes.has(id)) return;
    this.volumes.set(id, { id: `${this.name}:${id}`, image, grid: lpsGrid(image.affine), created: false });
  }

  /** Other voxels on the same grid: another frame of a series. */
  changeVoxels(id: string, voxels: ImageVolume['voxels']): void {
    const volume = this.volumes.get(id);
    if (!volume) return;
    volume.image = { ...volume.image, voxels };
    if (volume.created) this.graphics?.replaceVoxels(volume.id, voxels);
    for (const [cell, { fitted }] of this.viewports) if (fitted === id) this.draw(cell);
  }

  /** Frees the textures of volumes that are no longer shown; they are uploaded again when they are. */
  keepOnly(shown: ReadonlySet<string>): void {
    for (const [id, volume] of this.volumes) {
      const inUse = shown.has(id) || [...this.viewports.values()].some(({ fitted }) => fitted === id);
      if (inUse || !volume.created) continue;
      this.graphics?.dropVolume(volume.id);
      volume.created = false;
    }
  }

  /** Points a viewport's camera; drawn with the next animation frame, or as soon as the volume is uploaded. */
  show(cell: CellId, shown: SliceShown): void {
    const viewport = this.viewports.get(cell);
    if (!viewport || this.disposed || shown.size.width < 2 || shown.size.height < 2) return;
    viewport.wanted = shown;
    if (viewport.fitted === shown.volume) this.draw(cell);
    else this.fitSoon(cell);
  }

  /** The viewport shows something that is drawn elsewhere. */
  hide(cell: CellId): void {
    const viewport = this.viewports.get(cell);
    if (viewport) viewport.wanted = null;
  }

  /** Is what the viewport shows drawn by the graphics card? */
  isDrawn(cell: CellId): boolean {
    const viewport = this.viewports.get(cell);
    return viewport?.wanted !== undefined && viewport.wanted !== null && viewport.fitted === viewport.wanted.volume;
  }

  /** Takes over the elements' sizes with the next `show`. */
  resize(): void {
    this.resizeDue = true;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    const { graphics } = this;
    this.graphics = null;
    graphics?.destroy();
    this.volumes.forEach(({ id, created }) => created && graphics?.dropVolume(id));
  }

  /** One viewport after the other, each in a task of its own: starting the graphics takes long, and the page goes on. */
  private fitSoon(cell: CellId): void {
    if (!this.due.includes(cell)) this.due.push(cell);
    if (this.fitting) return;
    this.fitting = true;
    this.fitAll()
      // Its code could not be loaded: slices stay painted, and the next one to be shown tries again.
      .catch(() => this.due.splice(0))
      .finally(() => (this.fitting = false));
  }

  private async fitAll(): Promise<void> {
    for (;;) {
      await whenIdle();
      this.graphics ??= await this.start();
      const cell = this.due.shift();
      if (cell === undefined || this.graphics === null) return;
      await this.fit(this.graphics, cell);
    }
  }

  private async start(): Promise<SliceGraphics | null> {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    await whenIdle();
    const { SliceGraphics: Graphics } = await import('./sliceGraphics');
    return this.disposed ? null : new Graphics(this.name);
  }

  private async fit(graphics: SliceGraphics, cell: CellId): Promise<void> {
    const viewport = this.viewports.get(cell);
    const wanted = viewport?.wanted;
    const volume = wanted && this.volumes.get(wanted.volume);
    if (!viewport || !wanted || !volume || viewport.fitted === wanted.volume) return;
    if (!volume.created) {
      graphics.createVolume(volume.id, volume.image);
      volume.created = true;
    }
    await graphics.fit(this.viewportId(cell), viewport.element, wanted.plane, volume.id);
    if (this.disposed || this.viewports.get(cell) !== viewport) return;
    viewport.fitted = wanted.volume;
    viewport.colours = null;
    if (viewport.wanted?.volume === wanted.volume) this.draw(cell);
    else this.fitSoon(cell);
  }

  private draw(cell: CellId): void {
    const { graphics } = this;
    const entry = this.viewports.get(cell);
    const volume = entry?.wanted && this.volumes.get(entry.wanted.volume);
    if (!graphics || !entry?.wanted || !volume) return;
    if (this.resizeDue) {
      this.resizeDue = false;
      graphics.resize();
    }
    const { colours } = entry.wanted;
    graphics.draw(this.viewportId(cell), entry.wanted, volume.grid, entry.colours === colours ? null : colours);
    entry.colours = colours;
  }

  private viewportId(cell: CellId): string {
    return `${this.name}-${cell}`;
  }
}

/** When the page has nothing else to do: what is on it now has been shown, and a press or a key comes first. */
const whenIdle = (): Promise<void> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => resolve(), { timeout: LONGEST_WAIT_MS });
    else setTimeout(resolve, LONGEST_WAIT_MS / 4);
  });
