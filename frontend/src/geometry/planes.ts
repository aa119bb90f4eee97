import { lpsGrid, spacingMm, type Affine } from './affine';
import { ijk, type Axis, type Ijk, type Shape, type Triple } from './frames';
import { axisSenses, letterOf, opposite, type AxisSense, type Letter } from './orientation';
import { cross, scale } from './vectors';

export type PlaneName = 'axial' | 'sagittal' | 'coronal';
export const PLANE_NAMES: readonly PlaneName[] = ['axial', 'sagittal', 'coronal'];
export const isPlane = (name: string): name is PlaneName => PLANE_NAMES.some((plane) => plane === name);

/** One in-plane array axis and whether its index grows with the screen direction (right, or down). */
export interface ScreenAxis {
  readonly axis: Axis;
  readonly sign: 1 | -1;
}

/** A family of true voxel slices, as drawn: which array axis is stepped through and how the other two lie on screen. */
export interface GridPlane {
  readonly name: PlaneName;
  readonly sliceAxis: Axis;
  readonly sliceCount: number;
  readonly sliceSpacingMm: number;
  /** Array axis along the screen's x (to the right) and y (downwards). */
  readonly x: ScreenAxis;
  readonly y: ScreenAxis;
  readonly spacingXMm: number;
  readonly spacingYMm: number;
  readonly sizeX: number;
  readonly sizeY: number;
  readonly letters: { readonly left: Letter; readonly right: Letter; readonly top: Letter; readonly bottom: Letter };
  /** Where the slice number grows to. */
  readonly sliceLetter: Letter;
  /** For the camera, in LPS: towards the viewer, and up on screen. */
  readonly viewNormalLps: Triple;
  readonly viewUpLps: Triple;
}

/** Which side of the screen the patient's left is on: the right one (as if seen from the feet) or the left one. */
export type Convention = 'radiological' | 'neurological';

/**
 * Radiological display: the patient's left is on the right of the screen, anterior at the top of an axial slice,
 * superior at the top of the others; a sagittal slice has anterior on the left. Neurological display mirrors the axial
 * and coronal slices.
 */
const SCREEN: Record<PlaneName, { through: Axis; right: AxisSense; down: AxisSense }> = {
  axial: { through: 2, right: { world: 0, sign: -1 }, down: { world: 1, sign: -1 } },
  sagittal: { through: 0, right: { world: 1, sign: -1 }, down: { world: 2, sign: -1 } },
  coronal: { through: 1, right: { world: 0, sign: -1 }, down: { world: 2, sign: -1 } },
};

export function gridPlane(name: PlaneName, affine: Affine, shape: Shape, convention: Convention = 'radiological'): GridPlane {
  const senses = axisSenses(affine);
  const spacing = spacingMm(affine);
  const axisAlong = (world: Axis): Axis => {
    const found = senses.findIndex((sense) => sense.world === world);
    return found as Axis;
  };
  const onScreen = (target: AxisSense): ScreenAxis => {
    const axis = axisAlong(target.world);
    return { axis, sign: senses[axis].sign === target.sign ? 1 : -1 };
  };
  const { through, right: radiological, down } = SCREEN[name];
  const right = convention === 'neurological' && radiological.world === 0 ? opposite(radiological) : radiological;
  const sliceAxis = axisAlong(through);
  const x = onScreen(right);
  const y = onScreen(down);
  const grid = lpsGrid(affine);
  const rightLps = scale(grid.axes[x.axis], x.sign);
  const upLps = scale(grid.axes[y.axis], -y.sign);
  return {
    name,
    sliceAxis,
    sliceCount: shape[sliceAxis],
    sliceSpacingMm: spacing[sliceAxis],
    x,
    y,
    spacingXMm: spacing[x.axis],
    spacingYMm: spacing[y.axis],
    sizeX: shape[x.axis],
    sizeY: shape[y.axis],
    letters: {
      left: letterOf(opposite(right)),
      right: letterOf(right),
      top: letterOf(opposite(down)),
      bottom: letterOf(down),
    },
    sliceLetter: letterOf(senses[sliceAxis]),
    viewNormalLps: cross(rightLps, upLps),
    viewUpLps: upLps,
  };
}

export const gridPlanes = (affine: Affine, shape: Shape, convention?: Convention): Record<PlaneName, GridPlane> => ({
  axial: gridPlane('axial', affine, shape, convention),
  sagittal: gridPlane('sagittal', affine, shape, convention),
  coronal: gridPlane('coronal', affine, shape, convention),
});

/** The voxel at in-plane indices (along the plane's x and y array axes) on a slice. */
export function voxelOnPlane(plane: GridPlane, indexX: number, indexY: number, slice: number): Ijk {
  const at = (axis: Axis): number => (axis === plane.x.axis ? indexX : axis === plane.y.axis ? indexY : slice);
  return ijk(at(0), at(1), at(2));
}


/** The plane to work on first: the one the scan was acquired in when its slices are thick, else the axial one. */
export function preferredPlane(planes: Record<PlaneName, GridPlane>): PlaneName {
  const thick = PLANE_NAMES.find((name) => {
    const { sliceSpacingMm, spacingXMm, spacingYMm } = planes[name];
    return sliceSpacingMm > 1.5 * Math.max(spacingXMm, spacingYMm);
  });
  return thick ?? 'axial';
}
