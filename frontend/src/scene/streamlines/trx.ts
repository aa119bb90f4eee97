import { inflated, textAt, viewOf } from './bytes';
import type { Streamlines } from './tractSet';

/** A `.trx` file: a zip of plain arrays named `name.columns.type`, in RAS millimetres (tee-ar-ex.github.io). */
export async function readTrx(bytes: Uint8Array<ArrayBuffer>): Promise<Streamlines> {
  const files = await filesIn(bytes);
  const positions = [...files].find(([path]) => /^positions\.3\./.test(path));
  const offsets = [...files].find(([path]) => /^offsets\./.test(path));
  if (!positions || !offsets) throw new Error('This .trx file has no positions or no offsets.');
  const points = numbers(...positions);
  const count = points.length / 3;
  // Older writers leave the end of the last line out.
  const given = [...numbers(...offsets)];
  const starts = given[given.length - 1] === count && given.length > 1 ? given : [...given, count];
  const values = (folder: string): Record<string, Float32Array> =>
    Object.fromEntries([...files].flatMap(([path, content]) => {
      const found = new RegExp(`^${folder}/([^/.]+)\\.(?:1\\.)?(\\w+)$`).exec(path);
      return found ? [[found[1] as string, Float32Array.from(numbers(path, content))]] : [];
    }));
  return { points: Float32Array.from(points), starts: Uint32Array.from(starts), pointValues: values('dpv'), lineValues: values('dps'), caution: '' };
}

function numbers(path: string, content: Uint8Array): Float32Array | Float64Array {
  const type = path.slice(path.lastIndexOf('.') + 1);
  const reader = READERS[type];
  if (!reader) throw new Error(`The numbers "${type}" of this .trx file are not known here.`);
  const [width, read] = reader;
  const data = viewOf(content);
  const count = Math.floor(content.length / width);
  const out = width === 8 || type === 'uint32' || type === 'int32' ? new Float64Array(count) : new Float32Array(count);
  for (let n = 0; n < count; n++) out[n] = read(data, n * width);
  return out;
}

type Reader = readonly [width: number, read: (data: DataView, at: number) => number];

const READERS: Readonly<Record<string, Reader>> = {
  float16: [2, (data, at) => halfFloat(data.getUint16(at, true))],
  float32: [4, (data, at) => data.getFloat32(at, true)],
  float64: [8, (data, at) => data.getFloat64(at, true)],
  int8: [1, (data, at) => data.getInt8(at)],
  uint8: [1, (data, at) => data.getUint8(at)],
  int16: [2, (data, at) => data.getInt16(at, true)],
  uint16: [2, (data, at) => data.getUint16(at, true)],
  int32: [4, (data, at) => data.getInt32(at, true)],
  // In doubles: point numbers are whole far beyond what float32 holds.
  uint32: [4, (data, at) => data.getUint32(at, true)],
  int64: [8, (data, at) => Number(data.getBigInt64(at, true))],
  uint64: [8, (data, at) => Number(data.getBigUint64(at, true))],
};

export function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The files of a zip by path, read by its central directory. */
async function filesIn(bytes: Uint8Array<ArrayBuffer>): Promise<ReadonlyMap<string, Uint8Array>> {
  const data = viewOf(bytes);
  let end = bytes.length - 22;
  while (end >= 0 && data.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Error('This is no .trx file: no zip archive.');
  const files = new Map<string, Uint8Array>();
  let at = data.getUint32(end + 16, true);
  for (let left = data.getUint16(end + 10, true); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => data.getUint16(at + offset, true)) as [number, number, number];
    const name = textAt(bytes, at + 46, nameLength);
    const local = data.getUint32(at + 42, true);
    const from = local + 30 + data.getUint16(local + 26, true) + data.getUint16(local + 28, true);
    const content = bytes.slice(from, from + data.getUint32(at + 20, true));
    const method = data.getUint16(at + 10, true);
    if (method !== 0 && method !== 8) throw new Error('This .trx file is packed in a way that is not known here.');
    if (!name.endsWith('/')) files.set(name, method === 0 ? content : await inflated(content, 'deflate-raw'));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}
