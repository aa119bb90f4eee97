import { describe, expect, it } from 'vitest';
import { sliceLayout } from '../../commands/labelGrid';
import { affineFromRowMajor } from '../../geometry/affine';
import { gridPlanes } from '../../geometry/planes';
import { fitView, planeToCanvas } from '../../geometry/sliceView';
import { visiblePart } from './visibleSlice';

const shape = [60, 70, 9] as const;
const plane = gridPlanes(affineFromRowMajor([-1, 0, 0, 30, 0, 1, 0, -20, 0, 0, 3, 5, 0, 0, 0, 1]), shape).axial;
const layout = sliceLayout(plane, shape, 4);
const size = { width: 300, height: 400 };

describe('the part of a slice that is seen', () => {
  it('is all of a slice that fits', () => {
    expect(visiblePart(layout, plane, fitView(plane, size), size)).toEqual({ x: 0, y: 0, layout });
  });

  it('is a few voxels when one of them fills the viewport, and they reach beyond its border', () => {
    const view = { centre: { x: 30, y: 12 }, mmPerPixel: 0.004 };
    const part = visiblePart(layout, plane, view, size);
    expect([part.layout.sizeX, part.layout.sizeY].every((count) => count < 9)).toBe(true);
    expect(part.layout.start).toBe(layout.start + part.x * layout.stepX + part.y * layout.stepY);
    const [first, last] = [
      planeToCanvas(plane, view, size, { x: part.x, y: part.y }),
      planeToCanvas(plane, view, size, { x: part.x + part.layout.sizeX - 1, y: part.y + part.layout.sizeY - 1 }),
    ];
    expect(Math.min(first.x, last.x)).toBeLessThan(-250);
    expect(Math.max(first.y, last.y)).toBeGreaterThan(650);
  });

  it('is none of a slice that was moved out of sight', () => {
    const { layout: none } = visiblePart(layout, plane, { centre: { x: 500, y: 12 }, mmPerPixel: 0.1 }, size);
    expect(none.sizeX).toBe(0);
  });
});
