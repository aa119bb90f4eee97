import { viewOf } from './bytes';
import type { Streamlines } from './tractSet';

/** MRtrix `.tck`: RAS millimetres, a triple of NaN behind each line, of infinities behind the last. */
export function readTck(bytes: Uint8Array): Streamlines {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 65536));
  if (!head.startsWith('mrtrix tracks')) throw new Error('This is no .tck file: it does not begin with "mrtrix tracks".');
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(head)?.[1]?.trim() ?? '';
  const type = /^Float(32|64)(LE|BE)$/i.exec(field('datatype'));
  const from = Number(field('file').split(/\s+/)[1]);
  if (!type || !Number.isInteger(from)) throw new Error(`The header of this .tck file is not understood: datatype "${field('datatype')}", file "${field('file')}".`);
  const data = viewOf(bytes);
  const width = type[1] === '64' ? 8 : 4;
  const little = type[2]?.toUpperCase() === 'LE';
  const read = (at: number): number => (width === 8 ? data.getFloat64(at, little) : data.getFloat32(at, little));
  const points = new Float32Array(Math.floor((bytes.length - from) / width));
  const starts = [0];
  let count = 0;
  for (let at = from; at + 3 * width <= bytes.length; at += 3 * width) {
    const x = read(at);
    if (Number.isFinite(x)) {
      points[count++] = x;
      points[count++] = read(at + width);
      points[count++] = read(at + 2 * width);
      continue;
    }
    if (count / 3 > (starts[starts.length - 1] as number)) starts.push(count / 3);
    if (!Number.isNaN(x)) break;
  }
  if (count / 3 > (starts[starts.length - 1] as number)) starts.push(count / 3);
  return { points: points.slice(0, count), starts: Uint32Array.from(starts), pointValues: {}, lineValues: {}, caution: '' };
}
