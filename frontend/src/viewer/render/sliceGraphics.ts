import { Enums, init as initCornerstone, RenderingEngine, utilities, type Types } from '@cornerstonejs/core';
import { gridPointLpsMm, type LpsGrid } from '../../geometry/affine';
import { voxelOnPlane, type GridPlane } from '../../geometry/planes';
import { add, scale } from '../../geometry/vectors';
import type { ColourStop } from '../../state/colourMaps';
import { createImageVolume, dropImageVolume, replaceVoxels, type ImageVolume } from './cornerstoneVolume';
import type { SliceShown } from './imageRenderer';
import type { VoxelArray } from '../voxels';

/**
 * The graphics card's part of a viewer, by cornerstone3D: viewports, cameras and textures. A part of its own, loaded when
 * the first slice is on screen: it is as large as all the rest, and starting it takes longer than painting a slice.
 */
export class SliceGraphics {
  private readonly engine: RenderingEngine;

  constructor(name: string) {
    // One WebGL context for all viewports: a volume is uploaded once.
    initCornerstone({ rendering: { webGlContextCount: 1 } } as Parameters<typeof initCornerstone>[0]);
    this.engine = new RenderingEngine(name);
  }

  createVolume(id: string, image: ImageVolume): void {
    createImageVolume(id, image);
  }

  replaceVoxels(id: string, voxels: VoxelArray): void {
    replaceVoxels(id, voxels);
  }

  dropVolume(id: string): void {
    dropImageVolume(id);
  }

  /** Makes an element a viewport that shows a volume along a plane. */
  async fit(viewportId: string, element: HTMLDivElement, plane: GridPlane, volumeId: string): Promise<void> {
    this.engine.enableElement({
      viewportId,
      type: Enums.ViewportType.ORTHOGRAPHIC,
      element,
      defaultOptions: {
        background: [0, 0, 0],
        // As an object and from the start: setOrientation(object) is undone by the next resetCamera().
        orientation: { viewPlaneNormal: point3(plane.viewNormalLps), viewUp: point3(plane.viewUpLps) },
      },
    });
    await this.viewport(viewportId)?.setVolumes([{ volumeId }]);
  }

  /** Draws with the next animation frame; the colours only where they are others than before. */
  draw(viewportId: string, { plane, slice, view, size, smooth }: SliceShown, grid: LpsGrid, colours: readonly ColourStop[] | null): void {
    const viewport = this.viewport(viewportId);
    if (!viewport) return;
    if (colours) setColours(viewport, colours);
    viewport.setProperties({ interpolationType: smooth ? Enums.InterpolationType.LINEAR : Enums.InterpolationType.NEAREST });
    const focalPoint = gridPointLpsMm(grid, voxelOnPlane(plane, view.centre.x, view.centre.y, slice));
    const distance = distanceOf(viewport.getCamera());
    viewport.setCamera({
      viewPlaneNormal: point3(plane.viewNormalLps),
      viewUp: point3(plane.viewUpLps),
      focalPoint: point3(focalPoint),
      position: point3(add(focalPoint, scale(plane.viewNormalLps, distance))),
      parallelScale: (view.mmPerPixel * size.height) / 2,
    });
    this.engine.renderViewports([viewportId]);
  }

  /** Takes over the elements' sizes. */
  resize(): void {
    this.engine.resize(false, true);
  }

  disable(viewportId: string): void {
    if (this.viewport(viewportId)) this.engine.disableElement(viewportId);
  }

  destroy(): void {
    this.engine.destroy();
    utilities.genericMetadataProvider.clear();
  }

  private viewport(id: string): Types.IVolumeViewport | undefined {
    return this.engine.getViewport(id) as Types.IVolumeViewport | undefined;
  }
}

const point3 = (v: readonly [number, number, number]): Types.Point3 => [v[0], v[1], v[2]];

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
