import type { Triple } from '../../geometry/frames';
import { add, dot, norm, normalise, scale, subtract } from '../../geometry/vectors';
import { eyeOf, rightOf, viewProjection, type Camera } from '../camera';
import type { Surface } from '../surface/labelSurface';
import { GlProgram } from './glProgram';
import {
  LINE_FRAGMENT, LINE_VERTEX, SLICE_FRAGMENT, SLICE_VERTEX, SURFACE_FRAGMENT, SURFACE_VERTEX, TRACT_FRAGMENT, TRACT_VERTEX,
} from './shaders';

export type Colour = readonly [number, number, number];

/** A slice of the scan: its picture, and where its corner and its two edges lie. */
export interface SlicePicture {
  readonly corner: Triple;
  readonly u: Triple;
  readonly v: Triple;
  readonly width: number;
  readonly height: number;
  /** RGBA, u fastest. */
  readonly pixels: Uint8Array;
  readonly edge: Colour;
  readonly smooth: boolean;
}

/** Points of streamlines: x, y, z and 1 at the end of a line, else 0; and RGBA a point. */
export interface TractPoints {
  readonly points: Float32Array;
  readonly colours: Uint8Array;
}

export interface Slab {
  readonly normal: Triple;
  readonly offsetMm: number;
  readonly halfMm: number;
}

/** What is drawn of what was uploaded. */
export interface SceneShown {
  readonly camera: Camera;
  readonly surfaces: readonly { readonly key: number; readonly colour: Colour; readonly opacity: number }[];
  readonly slices: readonly string[];
  readonly sliceOpacity: number;
  readonly tracts: readonly string[];
  readonly tractWidthMm: number;
  readonly slab: Slab | null;
  /** Lines in RAS mm, two points each. */
  readonly lines: readonly { readonly points: readonly Triple[]; readonly colour: Colour }[];
  readonly reachMm: number;
}

interface Drawable {
  readonly array: WebGLVertexArrayObject;
  readonly buffers: readonly WebGLBuffer[];
  readonly texture: WebGLTexture | null;
  readonly count: number;
  readonly centre: Triple;
  readonly edge: Colour;
  readonly outline: readonly Triple[];
}

const BACKGROUND: Colour = [0.055, 0.065, 0.078];

const NO_WEBGL =
  'The 3-D scene needs WebGL 2, which this browser does not offer here. Use a current Firefox, Chrome, Edge or Safari, and switch hardware acceleration on in its settings. Slices are shown and edited without it.';

/** Draws surfaces, slices and streamlines with WebGL 2: few shaders, one buffer a thing, nothing that is not asked for. */
export class SceneRenderer {
  private readonly gl: WebGL2RenderingContext;
  private readonly programs: { readonly surface: GlProgram; readonly slice: GlProgram; readonly line: GlProgram; readonly tract: GlProgram };
  private readonly surfaces = new Map<number, Drawable>();
  private readonly slices = new Map<string, Drawable>();
  private readonly tracts = new Map<string, Drawable>();
  private readonly lineBuffer: WebGLBuffer;
  private readonly lineArray: WebGLVertexArrayObject;

  constructor(readonly canvas: HTMLCanvasElement) {
    const gl = canvas.getContext('webgl2', { antialias: true, alpha: false });
    if (!gl) throw new Error(NO_WEBGL);
    this.gl = gl;
    this.programs = {
      surface: new GlProgram(gl, SURFACE_VERTEX, SURFACE_FRAGMENT),
      slice: new GlProgram(gl, SLICE_VERTEX, SLICE_FRAGMENT),
      line: new GlProgram(gl, LINE_VERTEX, LINE_FRAGMENT),
      tract: new GlProgram(gl, TRACT_VERTEX, TRACT_FRAGMENT),
    };
    this.lineArray = gl.createVertexArray();
    this.lineBuffer = gl.createBuffer();
    gl.bindVertexArray(this.lineArray);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.lineBuffer);
    this.attribute(0, 3, 0, 0);
  }

  setSurface(key: number, surface: Surface | null): void {
    this.drop(this.surfaces, key);
    if (!surface || surface.triangles.length === 0) return;
    const { gl } = this;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    const positions = this.buffer(gl.ARRAY_BUFFER, surface.positions);
    this.attribute(0, 3, 0, 0);
    const normals = this.buffer(gl.ARRAY_BUFFER, surface.normals);
    this.attribute(1, 3, 0, 0);
    const triangles = this.buffer(gl.ELEMENT_ARRAY_BUFFER, surface.triangles);
    this.surfaces.set(key, drawable(array, [positions, normals, triangles], surface.triangles.length, meanPoint(surface.positions)));
  }

  setSlice(key: string, slice: SlicePicture | null): void {
    this.drop(this.slices, key);
    if (!slice) return;
    const { gl } = this;
    const { corner, u, v, width, height } = slice;
    const corners = [corner, add(corner, u), add(corner, v), add(add(corner, u), v)] as const;
    const texels = [[0, 0], [1, 0], [0, 1], [1, 1]] as const;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    const buffer = this.buffer(gl.ARRAY_BUFFER, Float32Array.from(corners.flatMap((place, n) => [...place, ...(texels[n] ?? [0, 0])])));
    this.attribute(0, 3, 20, 0);
    this.attribute(1, 2, 20, 12);
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, slice.pixels);
    const filter = slice.smooth ? gl.LINEAR : gl.NEAREST;
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    const [a, b, c, d] = corners;
    this.slices.set(key, {
      ...drawable(array, [buffer], 4, scale(add(a, d), 0.5)),
      texture,
      edge: slice.edge,
      outline: [a, b, b, d, d, c, c, a],
    });
  }

  setTract(key: string, tract: TractPoints | null): void {
    this.drop(this.tracts, key);
    const count = tract ? tract.points.length / 4 - 1 : 0;
    if (!tract || count < 1) return;
    const { gl } = this;
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    const points = this.buffer(gl.ARRAY_BUFFER, tract.points);
    // One buffer read at two places: a point and the next.
    for (const [location, offset] of [[0, 0], [1, 16]] as const) {
      this.attribute(location, 4, 16, offset);
      gl.vertexAttribDivisor(location, 1);
    }
    const colours = this.buffer(gl.ARRAY_BUFFER, tract.colours);
    for (const [location, offset] of [[2, 0], [3, 4]] as const) {
      gl.enableVertexAttribArray(location);
      gl.vertexAttribPointer(location, 4, gl.UNSIGNED_BYTE, true, 4, offset);
      gl.vertexAttribDivisor(location, 1);
    }
    this.tracts.set(key, drawable(array, [points, colours], count, [0, 0, 0]));
  }

  draw(shown: SceneShown): void {
    const { gl, canvas } = this;
    if (gl.isContextLost() || canvas.width < 2 || canvas.height < 2) return;
    const { camera } = shown;
    const toClip = viewProjection(camera, canvas.width / canvas.height, shown.reachMm);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(...BACKGROUND, 1);
    gl.depthMask(true);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LEQUAL);
    gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const solid = shown.surfaces.filter(({ opacity }) => opacity >= 1);
    const clear = shown.surfaces.filter(({ opacity }) => opacity < 1 && opacity > 0);
    gl.disable(gl.BLEND);
    this.drawSurfaces(solid, shown, toClip);
    this.drawTracts(shown, toClip);
    this.drawLines(shown, toClip);
    if (shown.sliceOpacity < 1) gl.enable(gl.BLEND);
    this.drawSlices(shown, toClip);
    gl.enable(gl.BLEND);
    // See-through surfaces from the back to the front, each one's far side first.
    gl.depthMask(false);
    gl.enable(gl.CULL_FACE);
    const distance = ({ key }: { readonly key: number }): number => norm(subtract(this.surfaces.get(key)?.centre ?? [0, 0, 0], eyeOf(camera)));
    for (const surface of [...clear].sort((a, b) => distance(b) - distance(a))) {
      for (const face of [gl.FRONT, gl.BACK]) {
        gl.cullFace(face);
        this.drawSurfaces([surface], shown, toClip);
      }
    }
    gl.disable(gl.CULL_FACE);
    gl.depthMask(true);
    gl.bindVertexArray(null);
  }

  dispose(): void {
    for (const all of [this.surfaces, this.slices, this.tracts] as Map<unknown, Drawable>[]) for (const key of [...all.keys()]) this.drop(all, key);
    // Browsers keep few contexts: this one goes back at once, not when memory is next cleaned up. A canvas that stays on the
    // page would have no other.
    if (!this.canvas.isConnected) this.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  private drawSurfaces(surfaces: SceneShown['surfaces'], { camera }: SceneShown, toClip: Float32Array): void {
    const { gl } = this;
    const { surface: program } = this.programs;
    program.use();
    program.matrix('toClip', toClip);
    this.light(program, camera);
    for (const { key, colour, opacity } of surfaces) {
      const drawn = this.surfaces.get(key);
      if (!drawn) continue;
      program.vector('colour', [...colour, Math.min(opacity, 1)]);
      gl.bindVertexArray(drawn.array);
      gl.drawElements(gl.TRIANGLES, drawn.count, gl.UNSIGNED_INT, 0);
    }
  }

  private drawSlices(shown: SceneShown, toClip: Float32Array): void {
    const { gl } = this;
    const { slice: program } = this.programs;
    program.use();
    program.matrix('toClip', toClip);
    program.number('opacity', shown.sliceOpacity);
    const eye = eyeOf(shown.camera);
    const drawn = shown.slices.flatMap((key) => this.slices.get(key) ?? []);
    const away = ({ centre }: Drawable): number => norm(subtract(centre, eye));
    gl.enable(gl.POLYGON_OFFSET_FILL);
    gl.polygonOffset(1, 1);
    for (const { array, texture } of drawn.sort((a, b) => away(b) - away(a))) {
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.bindVertexArray(array);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
    gl.disable(gl.POLYGON_OFFSET_FILL);
  }

  private drawLines(shown: SceneShown, toClip: Float32Array): void {
    const { gl } = this;
    const { line: program } = this.programs;
    program.use();
    program.matrix('toClip', toClip);
    gl.bindVertexArray(this.lineArray);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.lineBuffer);
    const outlines = shown.slices.flatMap((key) => {
      const slice = this.slices.get(key);
      return slice ? [{ points: slice.outline, colour: slice.edge }] : [];
    });
    for (const { points, colour } of [...outlines, ...shown.lines]) {
      gl.bufferData(gl.ARRAY_BUFFER, Float32Array.from(points.flat()), gl.STREAM_DRAW);
      program.vector('colour', [...colour, 1]);
      gl.drawArrays(gl.LINES, 0, points.length);
    }
  }

  private drawTracts({ camera, tracts, tractWidthMm, slab }: SceneShown, toClip: Float32Array): void {
    if (tracts.length === 0) return;
    const { gl } = this;
    const { tract: program } = this.programs;
    program.use();
    program.matrix('toClip', toClip);
    this.light(program, camera);
    program.number('halfWidthMm', tractWidthMm / 2);
    program.vector('slab', slab ? [...slab.normal, slab.offsetMm] : [0, 0, 0, 0]);
    program.number('slabHalfMm', slab ? slab.halfMm : -1);
    for (const key of tracts) {
      const drawn = this.tracts.get(key);
      if (!drawn) continue;
      gl.bindVertexArray(drawn.array);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, drawn.count);
    }
  }

  private light(program: GlProgram, camera: Camera): void {
    const from = (right: number, up: number): Triple => normalise(add(camera.back, add(scale(rightOf(camera), right), scale(camera.up, up))));
    program.vector('eye', eyeOf(camera));
    program.vector('light', from(-0.45, 0.65));
    program.vector('fill', from(0.9, -0.3));
  }

  private buffer(target: number, data: Float32Array | Uint32Array | Uint8Array): WebGLBuffer {
    const buffer = this.gl.createBuffer();
    this.gl.bindBuffer(target, buffer);
    this.gl.bufferData(target, data, this.gl.STATIC_DRAW);
    return buffer;
  }

  private attribute(location: number, numbers: number, stride: number, offset: number): void {
    this.gl.enableVertexAttribArray(location);
    this.gl.vertexAttribPointer(location, numbers, this.gl.FLOAT, false, stride, offset);
  }

  private drop<Key>(from: Map<Key, Drawable>, key: Key): void {
    const drawn = from.get(key);
    if (!drawn) return;
    from.delete(key);
    this.gl.deleteVertexArray(drawn.array);
    drawn.buffers.forEach((buffer) => this.gl.deleteBuffer(buffer));
    if (drawn.texture) this.gl.deleteTexture(drawn.texture);
  }
}

const drawable = (array: WebGLVertexArrayObject, buffers: readonly WebGLBuffer[], count: number, centre: Triple): Drawable => ({
  array, buffers, count, centre, texture: null, edge: [1, 1, 1], outline: [],
});

function meanPoint(positions: Float32Array): Triple {
  const sum: [number, number, number] = [0, 0, 0];
  for (let n = 0; n < positions.length; n++) sum[n % 3] = (sum[n % 3] as number) + (positions[n] as number);
  return scale(sum, 3 / Math.max(positions.length, 1));
}

/** The plane through a place, square to a direction. */
export const slabAbout = (place: Triple, normal: Triple, thicknessMm: number): Slab => ({ normal, offsetMm: dot(normal, place), halfMm: thicknessMm / 2 });
