import { roundIjk, clampToShape, continuousIjk, type Shape } from '../geometry/frames';
import { voxelOnPlane, type GridPlane } from '../geometry/planes';
import { panBy, zoomAbout, type CanvasPoint } from '../geometry/sliceView';
import type { StartGesture } from './toolContext';

const shapeOf = (plane: GridPlane): Shape => {
  const { 0: i, 1: j, 2: k } = voxelOnPlane(plane, plane.sizeX, plane.sizeY, plane.sliceCount);
  return [i, j, k];
};

/** The crosshair follows the pointer. */
export const startCrosshair: StartGesture = (context, surface, at) => {
  const { plane, slice } = surface;
  const shape = shapeOf(plane);
  const jump = (point: CanvasPoint): void => {
    const { x, y } = surface.toPlane(point);
    const [i, j, k] = voxelOnPlane(plane, x, y, slice);
    context.moveCursor(clampToShape(roundIjk(continuousIjk(i, j, k)), shape));
  };
  jump(at);
  return {
    move: (points) => {
      const last = points.at(-1);
      if (last) jump(last);
    },
    end: () => {},
  };
};

export const startPan: StartGesture = (context, { plane, view }, at) => ({
  move: (points) => {
    const last = points.at(-1);
    if (last) context.setView(plane.name, panBy(plane, view, last.x - at.x, last.y - at.y));
  },
  end: () => {},
});

/** Dragging up zooms in, about the point where the drag began. */
export const startZoom: StartGesture = (context, { plane, view, size }, at) => ({
  move: (points) => {
    const last = points.at(-1);
    if (last) context.setView(plane.name, zoomAbout(plane, view, size, at, Math.exp((at.y - last.y) / 150)));
  },
  end: () => {},
});

/** To the right widens the window, downwards raises its level (darker), as in OHIF. */
export const startWindow: StartGesture = (context, { size }, at) => {
  const { lower, upper } = context.window;
  const width = upper - lower;
  const centre = (upper + lower) / 2;
  const reach = Math.max(size.width, 200);
  return {
    move: (points) => {
      const last = points.at(-1);
      if (!last) return;
      const wider = Math.max(width * Math.exp((2 * (last.x - at.x)) / reach), 1e-6);
      const level = centre + ((last.y - at.y) / reach) * width * 1.5;
      context.setWindow({ lower: level - wider / 2, upper: level + wider / 2 });
    },
    end: () => {},
  };
};
