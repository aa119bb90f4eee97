import type { LabelArray } from '../commands/labelGrid';

export type VoxelArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

const ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

type Dtype = keyof typeof ARRAYS;

const isDtype = (name: string): name is Dtype => name in ARRAYS;

export function bytesPerVoxel(dtype: string): number {
  if (!isDtype(dtype)) throw new Error(`Voxels of type "${dtype}" cannot be shown.`);
  return ARRAYS[dtype].BYTES_PER_ELEMENT;
}

/** The first frame of raw little-endian voxels. */
export function decodeVoxels(buffer: ArrayBuffer, dtype: string, count: number): VoxelArray {
  const bytes = bytesPerVoxel(dtype) * count;
  if (buffer.byteLength < bytes || !isDtype(dtype)) {
    throw new Error(`The server sent ${buffer.byteLength} bytes of voxels; ${bytes} were expected.`);
  }
  return new ARRAYS[dtype](buffer, 0, count);
}

/** Voxels in the unit that one step of them stands for. */
export const dequantised = (voxels: VoxelArray, step: number): Float32Array => Float32Array.from(voxels, (value) => value * step);

/** A label map in the narrowest type that holds the study's labels. */
export function decodeLabels(buffer: ArrayBuffer, dtype: string, count: number, wide: boolean): LabelArray {
  const voxels = decodeVoxels(buffer, dtype, count);
  if (voxels instanceof Uint16Array) return voxels;
  if (voxels instanceof Uint8Array) return wide ? Uint16Array.from(voxels) : voxels;
  throw new Error(`A label map is uint8 or uint16; the server sent ${dtype}.`);
}

export const emptyLabels = (count: number, wide: boolean): LabelArray =>
  wide ? new Uint16Array(count) : new Uint8Array(count);

export const labelDtype = (labels: LabelArray): 'uint8' | 'uint16' =>
  labels instanceof Uint8Array ? 'uint8' : 'uint16';

export const sameLabels = (a: LabelArray, b: LabelArray): boolean =>
  a.length === b.length && a.every((value, n) => value === b[n]);

/** Lower and upper percentile of a strided part of a volume, from a sample: what "auto window" shows. */
export function percentiles(values: Iterable<number>, lower: number, upper: number): [number, number] | null {
  const sorted = Float64Array.from([...values].filter(Number.isFinite)).sort();
  if (sorted.length === 0) return null;
  const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number;
  const [a, b] = [at(lower), at(upper)];
  return b > a ? [a, b] : null;
}
