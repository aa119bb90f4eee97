import type { Triple } from '../geometry/frames';
import type { Letter } from '../geometry/orientation';
import { dot } from '../geometry/vectors';
import { rightOf, type Camera } from './camera';

interface Face {
  readonly letter: Letter;
  readonly normal: Triple;
  /** To the right of the letter and up along it, as it is read from outside with the head up. */
  readonly right: Triple;
  readonly up: Triple;
}

const FACES: readonly Face[] = [
  { letter: 'R', normal: [1, 0, 0], right: [0, 1, 0], up: [0, 0, 1] },
  { letter: 'L', normal: [-1, 0, 0], right: [0, -1, 0], up: [0, 0, 1] },
  { letter: 'A', normal: [0, 1, 0], right: [-1, 0, 0], up: [0, 0, 1] },
  { letter: 'P', normal: [0, -1, 0], right: [1, 0, 0], up: [0, 0, 1] },
  { letter: 'S', normal: [0, 0, 1], right: [1, 0, 0], up: [0, 1, 0] },
  { letter: 'I', normal: [0, 0, -1], right: [-1, 0, 0], up: [0, 1, 0] },
];

export interface SeenFace {
  readonly letter: Letter;
  /** Of its middle, its right and its up edge, on a screen whose y grows downwards; the cube's half edge is 1. */
  readonly middle: readonly [number, number];
  readonly right: readonly [number, number];
  readonly up: readonly [number, number];
  /** How far it faces the eye, 0 to 1. */
  readonly facing: number;
}

/** The faces of the cube that the eye sees, as they lie on screen. */
export function seenFaces(camera: Pick<Camera, 'back' | 'up'>): readonly SeenFace[] {
  const across = rightOf(camera);
  const onScreen = (vector: Triple): readonly [number, number] => [dot(vector, across), -dot(vector, camera.up)];
  return FACES.flatMap(({ letter, normal, right, up }) => {
    const facing = dot(normal, camera.back);
    return facing > 0.02 ? [{ letter, facing, middle: onScreen(normal), right: onScreen(right), up: onScreen(up) }] : [];
  });
}

/** The face at a place on screen, in half edges from the cube's middle; null beside the cube. */
export function faceAt(camera: Pick<Camera, 'back' | 'up'>, x: number, y: number): Letter | null {
  const found = seenFaces(camera).find(({ middle, right, up }) => {
    const det = right[0] * up[1] - right[1] * up[0];
    const [dx, dy] = [x - middle[0], y - middle[1]];
    const [a, b] = [(dx * up[1] - dy * up[0]) / det, (right[0] * dy - right[1] * dx) / det];
    return Math.abs(a) <= 1 && Math.abs(b) <= 1;
  });
  return found?.letter ?? null;
}

/** Half an edge in CSS pixels; the cube's furthest corner still lies in the canvas. */
export const HALF_EDGE = 19;

export function drawCube(canvas: HTMLCanvasElement, camera: Pick<Camera, 'back' | 'up'>): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const ratio = window.devicePixelRatio || 1;
  const size = canvas.clientWidth;
  if (canvas.width !== size * ratio) canvas.width = canvas.height = size * ratio;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const scale = ratio * HALF_EDGE;
  for (const { letter, middle, right, up, facing } of seenFaces(camera)) {
    context.setTransform(right[0] * scale, right[1] * scale, -up[0] * scale, -up[1] * scale, canvas.width / 2 + middle[0] * scale, canvas.height / 2 + middle[1] * scale);
    const shade = Math.round(34 + 34 * facing);
    context.fillStyle = `rgb(${shade} ${shade + 6} ${shade + 12} / 0.92)`;
    context.strokeStyle = 'rgb(120 130 140 / 0.7)';
    context.lineWidth = 0.05;
    context.beginPath();
    context.rect(-1, -1, 2, 2);
    context.fill();
    context.stroke();
    context.fillStyle = `rgb(230 232 235 / ${0.3 + 0.7 * facing})`;
    context.font = '600 1.15px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(letter, 0, 0.06);
  }
}
