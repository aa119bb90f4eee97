import { Enums, init as initCornerstone, RenderingEngine, setVolumesForViewports, utilities, type Types } from '@cornerstonejs/core';
import { gridPointLpsMm, lpsGrid, type LpsGrid } from '../../geometry/affine';
import { gridPlanes, PLANE_NAMES, voxelOnPlane, type GridPlane, type PlaneName } from '../../geometry/planes';
import type { SliceView, ViewportSize } from '../../geometry/sliceView';
import { add, scale } from '../../geometry/vectors';
import type { IntensityRange } from '../../state/task';
import { createImageVolume, dropImageVolume, type ImageVolume } from './cornerstoneVolume';

/** What a viewport is to show. The renderer keeps no state of its own beyond what it was told last. */
export interface SliceShown {
  readonly slice: number;
  readonly view: SliceView;
  readonly size: ViewportSize;
  readonly window: IntensityRange;
  readonly smooth: boolean;
}

let engines = 0;

export const hasWebGl2 = (): boolean => document.createElement('canvas').getContext('webgl2') !== null;

/**
 * Draws the image of one volume in up to three viewports with cornerstone3D. Geometry, labels and pointers are ours;
 * cornerstone is handed a camera and a window for each slice.
 */
export class ImageRenderer {
  private readonly engine: RenderingEngine;
  private readonly elements = new Map<PlaneName, HTMLDivElement>();
  private shown: { id: string; grid: LpsGrid; planes: Record<PlaneName, GridPlane> } | null = null;
  private ready = new Set<PlaneName>();
  private disposed = false;
  private allAttached: () => void = () => {};
  private readonly attached = new Promise<void>((resolve) => (this.allAttached = resolve));

  constructor() {
    // One WebGL context for the three planes: the volume is uploaded once.
    initCornerstone({ rendering: { webGlContextCount: 1 } } as Parameters<typeof initCornerstone>[0]);
    engines += 1;
    this.engine = new RenderingEngine(`radicula-${engines}`);
  }

  /** Gives a plane an element to be drawn in; returns the disposer. */
  attach(plane: PlaneName, element: HTMLDivElement): () => void {
    this.elements.set(plane, element);
    if (this.elements.size === PLANE_NAMES.length) this.allAttached();
    return () => {
      this.elements.delete(plane);
      this.ready.delete(plane);
      if (!this.disposed && this.engine.getViewport(this.viewportId(plane))) {
        this.engine.disableElement(this.viewportId(plane));
      }
    };
  }

  /** Shows another volume in all attached elements; the one before is freed. */
  async setVolume(id: string, image: ImageVolume): Promise<void> {
    await this.attached;
    if (this.disposed) return;
    const before = this.shown;
    const volumeId = `${this.engine.id}:${id}`;
    const planes = gridPlanes(image.affine, image.shape);
    this.ready = new Set();
    createImageVolume(volumeId, image);
    const names = PLANE_NAMES.filter((name) => this.elements.has(name));
    this.engine.setViewports(
      names.map((name) => ({
        viewportId: this.viewportId(name),
        type: Enums.ViewportType.ORTHOGRAPHIC,
        element: this.elements.get(name) as HTMLDivElement,
        defaultOptions: {
          background: [0, 0, 0] as Types.Point3,
          // As an object and from the start: setOrientation(object) is undone by the next resetCamera().
          orientation: {
            viewPlaneNormal: point3(planes[name].viewNormalLps),
            viewUp: point3(planes[name].viewUpLps),
          },
        },
      })),
    );
    await setVolumesForViewports(this.engine, [{ volumeId }], names.map((name) => this.viewportId(name)));
    if (before) dropImageVolume(before.id);
    if (this.disposed) {
      dropImageVolume(volumeId);
      return;
    }
    this.shown = { id: volumeId, grid: lpsGrid(image.affine), planes };
    this.ready = new Set(names);
  }

  /** Points a plane's camera; drawn with the next animation frame. */
  show(name: PlaneName, { slice, view, size, window, smooth }: SliceShown): void {
    const viewport = this.viewport(name);
    if (!viewport || !this.shown || size.width < 2 || size.height < 2) return;
    const plane = this.shown.planes[name];
    const focalPoint = gridPointLpsMm(this.shown.grid, voxelOnPlane(plane, view.centre.x, view.centre.y, slice));
    const camera = viewport.getCamera();
    const distance = distanceOf(camera);
    viewport.setProperties({
      voiRange: window,
      interpolationType: smooth ? Enums.InterpolationType.LINEAR : Enums.InterpolationType.NEAREST,
    });
    viewport.setCamera({
      viewPlaneNormal: point3(plane.viewNormalLps),
      viewUp: point3(plane.viewUpLps),
      focalPoint: point3(focalPoint),
      position: point3(add(focalPoint, scale(plane.viewNormalLps, distance))),
      parallelScale: (view.mmPerPixel * size.height) / 2,
    });
    this.engine.renderViewports([this.viewportId(name)]);
  }

  /** Takes over the elements' sizes. Call `show` after it. */
  resize(): void {
    if (!this.disposed && this.ready.size > 0) this.engine.resize(false, true);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.engine.destroy();
    if (this.shown) dropImageVolume(this.shown.id);
    utilities.genericMetadataProvider.clear();
  }

  private viewport(name: PlaneName): Types.IVolumeViewport | null {
    if (this.disposed || !this.ready.has(name)) return null;
    return (this.engine.getViewport(this.viewportId(name)) as Types.IVolumeViewport | undefined) ?? null;
  }

  private viewportId(name: PlaneName): string {
    return `${this.engine.id}-${name}`;
  }
}

const point3 = (v: readonly [number, number, number]): Types.Point3 => [v[0], v[1], v[2]];

function distanceOf({ position, focalPoint }: Types.ICamera): number {
  if (!position || !focalPoint) return 1000;
  return Math.hypot(position[0] - focalPoint[0], position[1] - focalPoint[1], position[2] - focalPoint[2]) || 1000;
}
