/**
 * The 256 cases of marching cubes, worked out instead of copied. A cube's corner `c` lies at (c & 1, c >> 1 & 1, c >> 2 & 1);
 * bit c of a case says that it is inside. Edge `4 * axis + n` runs along an axis from the n-th corner whose bit of that axis is 0.
 *
 * On each face the outside corners are cut off run by run, so that inside corners that meet at a diagonal stay joined: a
 * rootlet one voxel thick is one piece. What is drawn on a face follows from its four corners alone, so that the two
 * cubes that share it always fit and the surface has no holes (the ambiguity of W. E. Lorensen and H. E. Cline, 1987,
 * doi:10.1145/37401.37422).
 */

/** Corners of each face, counter-clockwise as seen from outside. */
const FACES: readonly (readonly [number, number, number, number])[] = [
  [0, 4, 6, 2],
  [1, 3, 7, 5],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 2, 3, 1],
  [4, 5, 7, 6],
];

/** The two corners of each edge, the one whose bit is 0 first. */
export const EDGE_CORNERS: readonly (readonly [number, number])[] = [0, 1, 2].flatMap((axis) =>
  [0, 1, 2, 3, 4, 5, 6, 7].filter((corner) => ((corner >> axis) & 1) === 0).map((corner) => [corner, corner | (1 << axis)] as const),
);

function edgeBetween(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return EDGE_CORNERS.findIndex(([from, to]) => from === low && to === high);
}

/** Which crossing follows which around the surface's outline on the faces of the cube. */
function successors(inside: (corner: number) => boolean): Map<number, number> {
  const next = new Map<number, number>();
  for (const face of FACES) {
    const at = (n: number): number => face[n % 4] as number;
    for (let n = 0; n < 4; n++) {
      if (!inside(at(n)) || inside(at(n + 1))) continue;
      let end = n + 1;
      while (!inside(at(end + 1))) end += 1;
      next.set(edgeBetween(at(n), at(n + 1)), edgeBetween(at(end), at(end + 1)));
    }
  }
  return next;
}

/** Triangles of one case as edge numbers, three a triangle, counter-clockwise as seen from outside of the label. */
function trianglesOf(code: number): Uint8Array {
  const next = successors((corner) => ((code >> corner) & 1) === 1);
  const triangles: number[] = [];
  while (next.size > 0) {
    const [start] = next.keys() as unknown as Iterable<number>;
    const loop: number[] = [];
    for (let edge = start; edge !== undefined && next.has(edge); ) {
      loop.push(edge);
      const following = next.get(edge);
      next.delete(edge);
      edge = following;
    }
    for (let n = 2; n < loop.length; n++) triangles.push(loop[0] as number, loop[n] as number, loop[n - 1] as number);
  }
  return Uint8Array.from(triangles);
}

export const CUBE_CASES: readonly Uint8Array[] = Array.from({ length: 256 }, (_, code) => trianglesOf(code));
