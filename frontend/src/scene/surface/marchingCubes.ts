import type { Shape } from '../../geometry/frames';
import { CUBE_CASES, EDGE_CORNERS } from './cubeCases';

/** A surface of triangles; three numbers a point, three indices a triangle, counter-clockwise as seen from outside. */
export interface Mesh {
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
}

/** Numbers that grow, without an object for each. */
class Growing<A extends Float32Array | Uint32Array> {
  length = 0;

  constructor(
    private array: A,
    private readonly make: (size: number) => A,
  ) {}

  push(a: number, b: number, c: number): void {
    if (this.length + 3 > this.array.length) {
      const larger = this.make(this.array.length * 2);
      larger.set(this.array);
      this.array = larger;
    }
    this.array[this.length++] = a;
    this.array[this.length++] = b;
    this.array[this.length++] = c;
  }

  taken(): A {
    return this.array.slice(0, this.length) as A;
  }
}

/**
 * The surface of a mask (1 inside, 0 outside; i fastest), in its own voxel indices: crossings lie half way between voxel
 * centres. The mask must have a border of zeros, so that the surface is closed.
 */
export function marchingCubes(mask: Uint8Array, [si, sj, sk]: Shape): Mesh {
  const positions = new Growing<Float32Array>(new Float32Array(3072), (size) => new Float32Array(size));
  const triangles = new Growing<Uint32Array>(new Uint32Array(3072), (size) => new Uint32Array(size));
  const slice = si * sj;
  // Points on the edges of two neighbouring slices: by slice parity and axis; 0 where there is none yet.
  const seen = [0, 1].map(() => [new Uint32Array(slice), new Uint32Array(slice), new Uint32Array(slice)]);
  const steps = Array.from({ length: 8 }, (_, corner) => (corner & 1) + si * ((corner >> 1) & 1) + slice * ((corner >> 2) & 1));

  const point = (edge: number, i: number, j: number, k: number): number => {
    const corner = EDGE_CORNERS[edge]?.[0] ?? 0;
    const axis = edge >> 2;
    const [x, y, z] = [i + (corner & 1), j + ((corner >> 1) & 1), k + ((corner >> 2) & 1)];
    const known = seen[z & 1]?.[axis] as Uint32Array;
    const place = x + si * y;
    if (known[place] === 0) {
      positions.push(x + (axis === 0 ? 0.5 : 0), y + (axis === 1 ? 0.5 : 0), z + (axis === 2 ? 0.5 : 0));
      known[place] = positions.length / 3;
    }
    return (known[place] as number) - 1;
  };

  for (let k = 0; k < sk - 1; k++) {
    seen[(k + 1) & 1]?.forEach((known) => known.fill(0));
    for (let j = 0; j < sj - 1; j++) {
      for (let i = 0; i < si - 1; i++) {
        const base = i + si * j + slice * k;
        let code = 0;
        for (let corner = 0; corner < 8; corner++) code |= (mask[base + (steps[corner] as number)] as number) << corner;
        if (code === 0 || code === 255) continue;
        const edges = CUBE_CASES[code] as Uint8Array;
        for (let n = 0; n < edges.length; n += 3) {
          triangles.push(point(edges[n] as number, i, j, k), point(edges[n + 1] as number, i, j, k), point(edges[n + 2] as number, i, j, k));
        }
      }
    }
  }
  return { positions: positions.taken(), triangles: triangles.taken() };
}
