import type { GridPlane } from './planes';

/** A point on a slice in fractional voxel indices along the plane's x and y array axes; whole numbers are centres. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
}

/** How one viewport looks at its plane. It is ours: the renderer is told, never asked. */
export interface SliceView {
  /** In-plane voxel position at the middle of the viewport. */
  readonly centre: PlanePoint;
  readonly mmPerPixel: number;
}

/** CSS pixels. */
export interface ViewportSize {
  readonly width: number;
  readonly height: number;
}

export interface CanvasPoint {
  readonly x: number;
  readonly y: number;
}

const FIT_MARGIN = 1.04;

/** The whole slice, centred. */
export function fitView(plane: GridPlane, size: ViewportSize): SliceView {
  const widthMm = plane.sizeX * plane.spacingXMm;
  const heightMm = plane.sizeY * plane.spacingYMm;
  const mmPerPixel = Math.max(widthMm / Math.max(size.width, 1), heightMm / Math.max(size.height, 1)) * FIT_MARGIN;
  return { centre: { x: (plane.sizeX - 1) / 2, y: (plane.sizeY - 1) / 2 }, mmPerPixel };
}

export function planeToCanvas(plane: GridPlane, view: SliceView, size: ViewportSize, point: PlanePoint): CanvasPoint {
  const { pixelsX, pixelsY } = pixelsPerVoxel(plane, view);
  return {
    x: size.width / 2 + pixelsX * (point.x - view.centre.x),
    y: size.height / 2 + pixelsY * (point.y - view.centre.y),
  };
}

export function canvasToPlane(plane: GridPlane, view: SliceView, size: ViewportSize, point: CanvasPoint): PlanePoint {
  const { pixelsX, pixelsY } = pixelsPerVoxel(plane, view);
  return {
    x: view.centre.x + (point.x - size.width / 2) / pixelsX,
    y: view.centre.y + (point.y - size.height / 2) / pixelsY,
  };
}

/** CSS pixels a voxel step takes on screen; negative where the index grows to the left or upwards. */
export function pixelsPerVoxel(plane: GridPlane, view: SliceView): { pixelsX: number; pixelsY: number } {
  return {
    pixelsX: (plane.x.sign * plane.spacingXMm) / view.mmPerPixel,
    pixelsY: (plane.y.sign * plane.spacingYMm) / view.mmPerPixel,
  };
}

/** Zooms about a canvas point, which stays over the same voxel. */
export function zoomAbout(
  plane: GridPlane,
  view: SliceView,
  size: ViewportSize,
  about: CanvasPoint,
  factor: number,
): SliceView {
  const fixed = canvasToPlane(plane, view, size, about);
  const finest = Math.min(plane.spacingXMm, plane.spacingYMm);
  const coarsest = fitView(plane, size).mmPerPixel * 4;
  const mmPerPixel = Math.min(Math.max(view.mmPerPixel / factor, finest / 200), coarsest);
  const ratio = mmPerPixel / view.mmPerPixel;
  return {
    mmPerPixel,
    centre: {
      x: fixed.x + (view.centre.x - fixed.x) * ratio,
      y: fixed.y + (view.centre.y - fixed.y) * ratio,
    },
  };
}

export function panBy(plane: GridPlane, view: SliceView, dxPixels: number, dyPixels: number): SliceView {
  const { pixelsX, pixelsY } = pixelsPerVoxel(plane, view);
  return { ...view, centre: { x: view.centre.x - dxPixels / pixelsX, y: view.centre.y - dyPixels / pixelsY } };
}

/** Brings a point into the viewport: unchanged when it is inside already, else centred on it. */
export function reveal(plane: GridPlane, view: SliceView, size: ViewportSize, point: PlanePoint): SliceView {
  const at = planeToCanvas(plane, view, size, point);
  const inside = at.x >= 0 && at.y >= 0 && at.x <= size.width && at.y <= size.height;
  return inside ? view : { ...view, centre: point };
}
