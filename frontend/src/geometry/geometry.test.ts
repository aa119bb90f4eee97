import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { affineFromRowMajor, determinant, gridPointLpsMm, indexToRas, lpsGrid, rasToIndex, spacingMm } from './affine';
import { rasToLps, type Triple } from './frames';
import { axisCodes } from './orientation';
import { gridPlanes, PLANE_NAMES, voxelOnPlane } from './planes';
import { canvasToPlane, fitView, planeToCanvas, zoomAbout } from './sliceView';
import { cross, dot } from './vectors';

const SHAPE: Triple = [40, 30, 20];

function affineOf(codes: string, spacing: Triple = [1, 1, 1], origin: Triple = [0, 0, 0]) {
  const vector: Record<string, Triple> = {
    R: [1, 0, 0], L: [-1, 0, 0], A: [0, 1, 0], P: [0, -1, 0], S: [0, 0, 1], I: [0, 0, -1],
  };
  const numbers = [0, 1, 2].flatMap((row) => [
    ...[0, 1, 2].map((c) => (vector[codes[c] ?? '']?.[row] ?? NaN) * (spacing[c] ?? NaN)),
    origin[row] ?? NaN,
  ]);
  return affineFromRowMajor([...numbers, 0, 0, 0, 1]);
}

const ALL_48 = ['RAS', 'RSA', 'ARS', 'ASR', 'SRA', 'SAR'].flatMap((base) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
    [...base].map((l, n) => ((bits >> n) & 1 ? { R: 'L', A: 'P', S: 'I' }[l] : l)).join(''),
  ),
);

const positive = fc.double({ min: 0.1, max: 8, noNaN: true });
const position = fc.double({ min: -300, max: 300, noNaN: true });
const angle = fc.double({ min: -0.6, max: 0.6, noNaN: true });

/** An oblique affine: one of the 48 orientations, rotated about all three axes. */
const oblique = fc
  .tuple(fc.constantFrom(...ALL_48), fc.tuple(positive, positive, positive), fc.tuple(position, position, position), fc.tuple(angle, angle, angle))
  .map(([codes, spacing, origin, [a, b, c]]) => {
    const straight = affineOf(codes, spacing, origin);
    const turn = (v: Triple): Triple => {
      const [x, y, z] = v;
      const [x1, y1] = [x * Math.cos(a) - y * Math.sin(a), x * Math.sin(a) + y * Math.cos(a)];
      const [y2, z2] = [y1 * Math.cos(b) - z * Math.sin(b), y1 * Math.sin(b) + z * Math.cos(b)];
      return [x1 * Math.cos(c) + z2 * Math.sin(c), y2, -x1 * Math.sin(c) + z2 * Math.cos(c)];
    };
    const [p, q, r] = straight.columns;
    return { ...straight, columns: [turn(p), turn(q), turn(r)] as const };
  });

describe('affine', () => {
  it('goes to millimetres and back, on every oblique grid', () => {
    fc.assert(
      fc.property(oblique, fc.tuple(position, position, position), (affine, point) => {
        const back = rasToIndex(affine, indexToRas(affine, point));
        back.forEach((value, axis) => expect(value).toBeCloseTo(point[axis] ?? NaN, 6));
      }),
    );
  });

  it('gives the same point in LPS', () => {
    fc.assert(
      fc.property(oblique, fc.tuple(position, position, position), (affine, point) => {
        const expected = rasToLps(indexToRas(affine, point));
        gridPointLpsMm(lpsGrid(affine), point).forEach((value, axis) =>
          expect(value).toBeCloseTo(expected[axis] ?? NaN, 5),
        );
      }),
    );
  });

  it('refuses what is no affine', () => {
    expect(() => affineFromRowMajor([1, 2, 3])).toThrow(/16 finite numbers/);
    expect(() => affineFromRowMajor(Array<number>(16).fill(0))).toThrow(/singular/);
  });
});

describe('orientation', () => {
  it.each(ALL_48)('names %s', (codes) => expect(axisCodes(affineOf(codes, [0.5, 2, 7]))).toBe(codes));
});

describe('grid planes', () => {
  it.each(ALL_48)('shows %s the radiological way', (codes) => {
    const planes = gridPlanes(affineOf(codes), SHAPE);
    expect(planes.axial.letters).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
    expect(planes.coronal.letters).toEqual({ left: 'R', right: 'L', top: 'S', bottom: 'I' });
    expect(planes.sagittal.letters).toEqual({ left: 'A', right: 'P', top: 'S', bottom: 'I' });
  });

  it('steps over each array axis once and looks along it', () => {
    fc.assert(
      fc.property(oblique, (affine) => {
        const planes = gridPlanes(affine, SHAPE);
        expect(PLANE_NAMES.map((name) => planes[name].sliceAxis).sort()).toEqual([0, 1, 2]);
        for (const name of PLANE_NAMES) {
          const { viewNormalLps, viewUpLps, sliceAxis } = planes[name];
          expect(Math.abs(dot(viewNormalLps, lpsGrid(affine).axes[sliceAxis]))).toBeCloseTo(1, 9);
          expect(dot(viewNormalLps, viewUpLps)).toBeCloseTo(0, 9);
        }
      }),
    );
  });

  it('puts voxels on screen where the camera sees them', () => {
    const size = { width: 640, height: 480 };
    fc.assert(
      fc.property(oblique, fc.constantFrom(...PLANE_NAMES), (affine, name) => {
        const plane = gridPlanes(affine, SHAPE)[name];
        const view = fitView(plane, size);
        const grid = lpsGrid(affine);
        const right = cross(plane.viewUpLps, plane.viewNormalLps);
        const world = (x: number, y: number) => gridPointLpsMm(grid, voxelOnPlane(plane, x, y, 3));
        const focal = world(view.centre.x, view.centre.y);
        const point = { x: 7, y: 11 };
        const lps = world(point.x, point.y);
        const offset: Triple = [lps[0] - focal[0], lps[1] - focal[1], lps[2] - focal[2]];
        const canvas = planeToCanvas(plane, view, size, point);
        expect(canvas.x).toBeCloseTo(320 + dot(offset, right) / view.mmPerPixel, 6);
        expect(canvas.y).toBeCloseTo(240 - dot(offset, plane.viewUpLps) / view.mmPerPixel, 6);
      }),
    );
  });

  it('goes from canvas to voxel and back, and zooms about a fixed voxel', () => {
    const size = { width: 640, height: 480 };
    fc.assert(
      fc.property(oblique, fc.constantFrom(...PLANE_NAMES), fc.double({ min: 0.2, max: 6, noNaN: true }), (affine, name, factor) => {
        const plane = gridPlanes(affine, SHAPE)[name];
        const view = fitView(plane, size);
        const at = { x: 100, y: 400 };
        const point = canvasToPlane(plane, view, size, at);
        const back = planeToCanvas(plane, view, size, point);
        expect(back.x).toBeCloseTo(at.x, 6);
        expect(back.y).toBeCloseTo(at.y, 6);
        const zoomed = canvasToPlane(plane, zoomAbout(plane, view, size, at, factor), size, at);
        expect(zoomed.x).toBeCloseTo(point.x, 6);
        expect(zoomed.y).toBeCloseTo(point.y, 6);
      }),
    );
  });

  it('keeps a sheared grid voxel-true', () => {
    const affine = affineFromRowMajor([1, 0.2, 0, 0, 0, 1, 0.1, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    const { axes } = lpsGrid(affine);
    expect(dot(axes[0], axes[1])).toBeCloseTo(0, 12);
    expect(dot(axes[1], axes[2])).toBeCloseTo(0, 12);
    expect(determinant(affine)).toBeGreaterThan(0);
    expect(spacingMm(affine)[0]).toBeCloseTo(1, 12);
  });
});
