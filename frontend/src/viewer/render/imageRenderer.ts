import { Enums, init as initCornerstone, RenderingEngine, utilities, type Types } from '@cornerstonejs/core';
import { gridPointLpsMm, lpsGrid, type LpsGrid } from '../../geometry/affine';
import { voxelOnPlane, type GridPlane } from '../../geometry/planes';
import type { SliceView, ViewportSize } from '../../geometry/sliceView';
import { add, scale } from '../../geometry/vectors';
import type { ColourStop } from '../../state/colourMaps';
import type { CellId } from '../../state/layouts';
import { createImageVolume, dropImageVolume, replaceVoxels, type ImageVolume } from './cornerstoneVolume';

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

let engines = 0;

export const hasWebGl2 = (): boolean => document.createElement('canvas').getContext('webgl2') !== null;

/**
 * Draws slices of volumes in viewports with cornerstone3D. Geometry, labels and pointers are ours; cornerstone is handed
 * a camera and the colours of a window for each slice. A volume is uploaded when the first viewport shows it, and once.
 */
export class ImageRenderer {
  private readonly engine: RenderingEngine;
  private readonly volumes = new Map<string, Volume>();
  private readonly viewports = new Map<CellId, Viewport>();
  private readonly due: CellId[] = [];
  private fitting = false;
  private resizeDue = false;
  private disposed = false;

  constructor() {
    // One WebGL context for all viewports: a volume is uploaded once.
    initCornerstone({ rendering: { webGlContextCount: 1 } } as Parameters<typeof initCornerstone>[0]);
    engines += 1;
    this.engine = new RenderingEngine(`radicula-${engines}`);
  }

  /** Gives a viewport an element to be drawn in; returns the disposer. `onDrawn` is called after each drawing. */
  attach(cell: CellId, element: HTMLDivElement, onDrawn: () => void): () => void {
    const viewport: Viewport = { element, onDrawn, wanted: null, fitted: null, colours: null };
    this.viewports.set(cell, viewport);
    element.addEventListener(Enums.Events.IMAGE_RENDERED, onDrawn);
    return () => {
      element.removeEventListener(Enums.Events.IMAGE_RENDERED, onDrawn);
      if (this.viewports.get(cell) === viewport) this.viewports.delete(cell);
      if (!this.disposed && this.engine.getViewport(this.viewportId(cell))) this.engine.disableElement(this.viewportId(cell));
    };
  }

  addVolume(id: string, image: ImageVolume): void {
    if (this.volumes.has(id)) return;
    this.volumes.set(id, { id: `${this.engine.id}:${id}`, image, grid: lpsGrid(image.affine), created: false });
  }

  /** Other voxels on the same grid: another frame of a series. */
  changeVoxels(id: string, voxels: ImageVolume['voxels']): void {
    const volume = this.volumes.get(id);
    if (!volume) return;
    volume.image = { ...volume.image, voxels };
    if (volume.created) replaceVoxels(volume.id, voxels);
    for (const [cell, { fitted }] of this.viewports) if (fitted === id) this.draw(cell);
  }

  /** Frees the textures of volumes that are no longer shown; they are uploaded again when they are. */
  keepOnly(shown: ReadonlySet<string>): void {
    for (const [id, volume] of this.volumes) {
      const inUse = shown.has(id) || [...this.viewports.values()].some(({ fitted }) => fitted === id);
      if (inUse || !volume.created) continue;
      dropImageVolume(volume.id);
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
    this.engine.destroy();
    this.volumes.forEach(({ id, created }) => created && dropImageVolume(id));
    utilities.genericMetadataProvider.clear();
  }

  /** One viewport after the other, each in a task of its own: starting the graphics takes long, and the page goes on. */
  private fitSoon(cell: CellId): void {
    if (!this.due.includes(cell)) this.due.push(cell);
    if (this.fitting) return;
    this.fitting = true;
    void this.fitAll().finally(() => (this.fitting = false));
  }

  private async fitAll(): Promise<void> {
    for (;;) {
      await afterPaint();
      const cell = this.due.shift();
      if (cell === undefined || this.disposed) return;
      await this.fit(cell);
    }
  }

  private async fit(cell: CellId): Promise<void> {
    const viewport = this.viewports.get(cell);
    const wanted = viewport?.wanted;
    const volume = wanted && this.volumes.get(wanted.volume);
    if (!viewport || !wanted || !volume || viewport.fitted === wanted.volume) return;
    if (!volume.created) {
      createImageVolume(volume.id, volume.image);
      volume.created = true;
    }
    const viewportId = this.viewportId(cell);
    this.engine.enableElement({
      viewportId,
      type: Enums.ViewportType.ORTHOGRAPHIC,
      element: viewport.element,
      defaultOptions: {
        background: [0, 0, 0],
        // As an object and from the start: setOrientation(object) is undone by the next resetCamera().
        orientation: { viewPlaneNormal: point3(wanted.plane.viewNormalLps), viewUp: point3(wanted.plane.viewUpLps) },
      },
    });
    await (this.engine.getViewport(viewportId) as Types.IVolumeViewport).setVolumes([{ volumeId: volume.id }]);
    if (this.disposed || this.viewports.get(cell) !== viewport) return;
    viewport.fitted = wanted.volume;
    viewport.colours = null;
    if (viewport.wanted?.volume === wanted.volume) this.draw(cell);
    else this.fitSoon(cell);
  }

  private draw(cell: CellId): void {
    const entry = this.viewports.get(cell);
    const viewport = this.engine.getViewport(this.viewportId(cell)) as Types.IVolumeViewport | undefined;
    const volume = entry?.wanted && this.volumes.get(entry.wanted.volume);
    if (!entry?.wanted || !viewport || !volume) return;
    if (this.resizeDue) {
      this.resizeDue = false;
      this.engine.resize(false, true);
    }
    const { plane, slice, view, size, colours, smooth } = entry.wanted;
    if (entry.colours !== colours) {
      setColours(viewport, colours);
      entry.colours = colours;
    }
    viewport.setProperties({ interpolationType: smooth ? Enums.InterpolationType.LINEAR : Enums.InterpolationType.NEAREST });
    const focalPoint = gridPointLpsMm(volume.grid, voxelOnPlane(plane, view.centre.x, view.centre.y, slice));
    const distance = distanceOf(viewport.getCamera());
    viewport.setCamera({
      viewPlaneNormal: point3(plane.viewNormalLps),
      viewUp: point3(plane.viewUpLps),
      focalPoint: point3(focalPoint),
      position: point3(add(focalPoint, scale(plane.viewNormalLps, distance))),
      parallelScale: (view.mmPerPixel * size.height) / 2,
    });
    this.engine.renderViewports([this.viewportId(cell)]);
  }

  private viewportId(cell: CellId): string {
    return `${this.engine.id}-${cell}`;
  }
}

const point3 = (v: readonly [number, number, number]): Types.Point3 => [v[0], v[1], v[2]];

/** Until the browser has shown what is on the page now; a hidden page paints nothing, and is not waited for. */
const afterPaint = (): Promise<void> =>
  new Promise((resolve) => {
    if (document.visibilityState === 'hidden') setTimeout(resolve);
    else requestAnimationFrame(() => setTimeout(resolve));
  });

/** Window, colours and inversion in one: the transfer function is what the graphics card looks values up in. */
function setColours(viewport: Types.IVolumeViewport, colours: readonly ColourStop[]): void {
  const actor = viewport.getDefaultActor()?.actor as Types.VolumeActor | undefined;
  const transfer = actor?.getProperty().getRGBTransferFunction(0);
  if (!transfer) return;
  transfer.removeAllPoints();
  for (const { value, rgb } of colours) transfer.addRGBPoint(value, rgb[0], rgb[1], rgb[2]);
}

function distanceOf({ position, focalPoint }: Types.ICamera): number {
  if (!position || !focalPoint) return 1000;
  return Math.hypot(position[0] - focalPoint[0], position[1] - focalPoint[1], position[2] - focalPoint[2]) || 1000;
}
