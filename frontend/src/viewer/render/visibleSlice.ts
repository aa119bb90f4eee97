import type { LabelArray, SliceLayout } from '../../commands/labelGrid';
import type { GridPlane } from '../../geometry/planes';
import { canvasToPlane, type SliceView, type ViewportSize } from '../../geometry/sliceView';

/** A part of a slice: its first voxel, and where it lies in the array. */
export interface SlicePart {
  readonly x: number;
  readonly y: number;
  readonly layout: SliceLayout;
}

/** Beyond the viewport's border, so that neither a voxel's rim nor its smoothing is cut where it can be seen. */
const MARGIN_VOXELS = 2;

/**
 * The voxels of a slice that a viewport can show. Far zoomed in, a whole slice is wider than the 32,767 pixels up to which
 * browsers draw truly; nothing but what is seen is drawn then.
 */
export function visiblePart(layout: SliceLayout, plane: GridPlane, view: SliceView, size: ViewportSize): SlicePart {
  const corners = [canvasToPlane(plane, view, size, { x: 0, y: 0 }), canvasToPlane(plane, view, size, { x: size.width, y: size.height })];
  const range = (along: 'x' | 'y', count: number): readonly [number, number] => {
    const ends = corners.map((corner) => corner[along]);
    const first = Math.min(Math.max(Math.floor(Math.min(...ends)) - MARGIN_VOXELS, 0), count);
    return [first, Math.max(Math.min(Math.ceil(Math.max(...ends)) + MARGIN_VOXELS + 1, count) - first, 0)];
  };
  const [x, sizeX] = range('x', layout.sizeX);
  const [y, sizeY] = range('y', layout.sizeY);
  return { x, y, layout: { ...layout, start: layout.start + x * layout.stepX + y * layout.stepY, sizeX, sizeY } };
}

/**
 * The part of it that holds all its labels, with a voxel around them where there is one: what one paints is a small part
 * of a slice, and its rim is drawn as it would be in the whole. Null where there are none.
 */
export function labelledPart(labels: LabelArray, { x, y, layout }: SlicePart): SlicePart | null {
  const { start, stepX, stepY, sizeX, sizeY } = layout;
  let [left, right, top, bottom] = [sizeX, -1, sizeY, -1];
  for (let row = 0; row < sizeY; row++) {
    const first = start + row * stepY;
    let column = 0;
    while (column < sizeX && labels[first + column * stepX] === 0) column += 1;
    if (column === sizeX) continue;
    if (column < left) left = column;
    let last = sizeX - 1;
    while (last > right && labels[first + last * stepX] === 0) last -= 1;
    if (last > right) right = last;
    if (row < top) top = row;
    bottom = row;
  }
  if (bottom < 0) return null;
  [left, top] = [Math.max(left - 1, 0), Math.max(top - 1, 0)];
  const [columns, rows] = [Math.min(right + 2, sizeX) - left, Math.min(bottom + 2, sizeY) - top];
  return { x: x + left, y: y + top, layout: { ...layout, start: start + left * stepX + top * stepY, sizeX: columns, sizeY: rows } };
}
