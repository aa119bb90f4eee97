/** What the bare page reads of a NIfTI file: the least that shows it right. */
export interface Scan {
  readonly shape: [number, number, number];
  /** Rows of the affine, millimetres, RAS. */
  readonly affine: readonly (readonly number[])[];
  readonly voxels: Int16Array;
}

/** A gzipped little-endian int16 NIfTI-1 file with an sform, which is what the benchmark writes. */
export async function readScan(url: string): Promise<Scan> {
  const response = await fetch(url, { cache: 'no-store' });
  if (!response.body) throw new Error(`${url} is empty`);
  const bytes = await new Response(response.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  const header = new DataView(bytes, 0, 348);
  const size = (axis: number): number => header.getInt16(40 + 2 * (axis + 1), true);
  const row = (r: number): readonly number[] => [0, 1, 2, 3].map((c) => header.getFloat32(280 + 4 * (4 * r + c), true));
  const shape: [number, number, number] = [size(0), size(1), size(2)];
  const count = shape[0] * shape[1] * shape[2];
  const voxels = new Int16Array(bytes.slice(header.getFloat32(108, true), header.getFloat32(108, true) + 2 * count));
  return { shape, affine: [row(0), row(1), row(2)], voxels };
}
