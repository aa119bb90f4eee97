import { describe, expect, it } from 'vitest';
import type { Triple } from '../geometry/frames';
import { dot, norm, subtract } from '../geometry/vectors';
import { eyeOf, fromSide, overview, panned, pixelOf, rayAt, rightOf, turned, viewProjection, zoomed } from './camera';

const camera = overview({ low: [-20, -30, 10], high: [40, 50, 90] }, 1.5);
const size = [600, 400] as const;

describe('the camera', () => {
  it('draws a place at the pixel whose ray goes through it', () => {
    const place: Triple = [12, -3, 61];
    const { x, y } = pixelOf(camera, place, ...size);
    const ray = rayAt(camera, x, y, ...size);
    const offset = subtract(place, ray.origin);
    expect(dot(offset, ray.direction)).toBeCloseTo(norm(offset), 9);
    const matrix = viewProjection(camera, 1.5, 200);
    const clip = [0, 1, 2, 3].map((row) => [...place, 1].reduce((sum, at, c) => sum + at * (matrix[4 * c + row] as number), 0));
    expect(((clip[0] as number) / (clip[3] as number) + 1) * 300).toBeCloseTo(x, 2);
    expect((1 - (clip[1] as number) / (clip[3] as number)) * 200).toBeCloseTo(y, 2);
    expect(Math.abs((clip[2] as number) / (clip[3] as number))).toBeLessThan(1);
  });

  it('sees the patient from a side, head up', () => {
    expect(rightOf(fromSide(camera, 'A'))).toEqual([-1, 0, 0]); // the patient's left is on the right of the screen
    expect(rightOf(fromSide(camera, 'L'))[1]).toBe(-1);
    expect(eyeOf(fromSide(camera, 'S'))[2]).toBeGreaterThan(90);
  });

  it('stays orthonormal however it is turned, and what is near follows the hand', () => {
    let turning = camera;
    for (let n = 0; n < 500; n++) turning = turned(turning, 0.07, 0.031);
    expect(dot(turning.up, turning.back)).toBeCloseTo(0, 9);
    expect(norm(turning.up)).toBeCloseTo(1, 9);
    const front = subtract(eyeOf(camera), subtract(eyeOf(camera), camera.target).map((at) => at * 0.9) as unknown as Triple);
    const [before, after] = [pixelOf(camera, front, ...size), pixelOf(turned(camera, 0.1, 0.1), front, ...size)];
    expect(after.x).toBeGreaterThan(before.x);
    expect(after.y).toBeGreaterThan(before.y);
  });

  it('moves the picture by as many pixels as the pointer', () => {
    const target = camera.target;
    const { x, y } = pixelOf(panned(camera, 30, -12, size[1]), target, ...size);
    expect([x, y].map(Math.round)).toEqual([330, 188]);
    expect(zoomed(camera, 2).distanceMm).toBeCloseTo(camera.distanceMm / 2);
  });
});
