import type { Letter } from '../geometry/orientation';
import type { Triple } from '../geometry/frames';
import { add, cross, dot, normalise, scale, subtract } from '../geometry/vectors';
import type { Ray } from './surface/picking';

/** Where the eye is. All in RAS millimetres. */
export interface Camera {
  /** What it looks at and turns about. */
  readonly target: Triple;
  /** Towards the eye, and up on screen; orthonormal. */
  readonly back: Triple;
  readonly up: Triple;
  /** From the target to the eye. */
  readonly distanceMm: number;
}

export interface Box {
  readonly low: Triple;
  readonly high: Triple;
}

/** A narrow angle: little foreshortening, as in an anatomical drawing. */
const VERTICAL_ANGLE = (24 * Math.PI) / 180;
const TAN = Math.tan(VERTICAL_ANGLE / 2);

export const rightOf = ({ up, back }: Pick<Camera, 'up' | 'back'>): Triple => cross(up, back);

const SIDES: Readonly<Record<Letter, { readonly back: Triple; readonly up: Triple }>> = {
  R: { back: [1, 0, 0], up: [0, 0, 1] },
  L: { back: [-1, 0, 0], up: [0, 0, 1] },
  A: { back: [0, 1, 0], up: [0, 0, 1] },
  P: { back: [0, -1, 0], up: [0, 0, 1] },
  S: { back: [0, 0, 1], up: [0, 1, 0] },
  I: { back: [0, 0, -1], up: [0, 1, 0] },
};

/** The patient as seen from one of the six sides. */
export const fromSide = (camera: Camera, side: Letter): Camera => ({ ...camera, ...SIDES[side] });

/** The whole box in view, from the front, a little from the left and from above. */
export function overview({ low, high }: Box, aspect: number): Camera {
  const back = normalise([-0.55, 0.75, 0.38]);
  const right = normalise(cross([0, 0, 1], back));
  const radius = Math.max(Math.hypot(...subtract(high, low)) / 2, 1);
  return { target: scale(add(low, high), 0.5), back, up: cross(back, right), distanceMm: (radius * 0.75) / (TAN * Math.min(1, aspect)) };
}

/** Turns the eye about the target, as if the patient were turned by hand: angles in radians to the right and downwards. */
export function turned(camera: Camera, right: number, down: number): Camera {
  const across = rightOf(camera);
  const about = (vector: Triple, axis: Triple, angle: number): Triple =>
    add(add(scale(vector, Math.cos(angle)), scale(cross(axis, vector), Math.sin(angle))), scale(axis, dot(axis, vector) * (1 - Math.cos(angle))));
  const back = normalise(about(about(camera.back, camera.up, -right), across, -down));
  const up = about(camera.up, across, -down);
  return { ...camera, back, up: normalise(subtract(up, scale(back, dot(up, back)))) };
}

export const zoomed = (camera: Camera, factor: number): Camera => ({
  ...camera,
  distanceMm: Math.min(Math.max(camera.distanceMm / factor, 1), 1e5),
});

export const mmPerPixel = ({ distanceMm }: Camera, height: number): number => (2 * TAN * distanceMm) / height;

/** The picture follows the pointer by so many pixels. */
export function panned(camera: Camera, x: number, y: number, height: number): Camera {
  const mm = mmPerPixel(camera, height);
  return { ...camera, target: add(camera.target, add(scale(rightOf(camera), -x * mm), scale(camera.up, y * mm))) };
}

export const eyeOf = ({ target, back, distanceMm }: Camera): Triple => add(target, scale(back, distanceMm));

/** The line of sight through a pixel. */
export function rayAt(camera: Camera, x: number, y: number, width: number, height: number): Ray {
  const across = scale(rightOf(camera), (2 * x / width - 1) * TAN * (width / height));
  const upward = scale(camera.up, (1 - (2 * y) / height) * TAN);
  return { origin: eyeOf(camera), direction: normalise(add(subtract(across, camera.back), upward)) };
}

/** The pixel of a place. */
export function pixelOf(camera: Camera, place: Triple, width: number, height: number): { readonly x: number; readonly y: number } {
  const offset = subtract(place, eyeOf(camera));
  const depth = -dot(offset, camera.back);
  const half = height / 2 / (TAN * depth);
  return { x: width / 2 + dot(offset, rightOf(camera)) * half, y: height / 2 - dot(offset, camera.up) * half };
}

/** From RAS millimetres to clip space, column by column. */
export function viewProjection(camera: Camera, aspect: number, reachMm: number): Float32Array {
  const eye = eyeOf(camera);
  const rows = [rightOf(camera), camera.up, camera.back] as const;
  const near = Math.max(camera.distanceMm - reachMm, camera.distanceMm * 0.005, 0.1);
  const far = camera.distanceMm + reachMm;
  const [sx, sy] = [1 / (TAN * aspect), 1 / TAN];
  const [a, b] = [-(far + near) / (far - near), (-2 * far * near) / (far - near)];
  const out = new Float32Array(16);
  for (let c = 0; c < 3; c++) out.set([sx * (rows[0][c] as number), sy * (rows[1][c] as number), a * (rows[2][c] as number), -(rows[2][c] as number)], 4 * c);
  const [x, y, z] = rows.map((row) => -dot(row, eye)) as [number, number, number];
  out.set([sx * x, sy * y, a * z + b, -z], 12);
  return out;
}
