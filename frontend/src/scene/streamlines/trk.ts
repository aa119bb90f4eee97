import { affineFromRowMajor, indexToRas, type Affine } from '../../geometry/affine';
import { AXES, type Triple } from '../../geometry/frames';
import { axisCodes } from '../../geometry/orientation';
import { textAt, viewOf } from './bytes';
import type { Streamlines } from './tractSet';

const HEADER_BYTES = 1000;
const OPPOSITES: Readonly<Record<string, string>> = { R: 'L', L: 'R', A: 'P', P: 'A', S: 'I', I: 'S' };

/**
 * TrackVis `.trk`, versions 1 and 2 (trackvis.org/docs/?subsect=fileformat). Its points are millimetres from the corner of the
 * first voxel along the axes of `voxel_order`; they are brought to RAS mm as nibabel does, axes that run the
 * other way included. A file that records no `vox_to_ras`
 * is taken as if it were the identity, and says so.
 */
export function readTrk(bytes: Uint8Array): Streamlines {
  const data = viewOf(bytes);
  if (bytes.length < HEADER_BYTES || textAt(bytes, 0, 5) !== 'TRACK') throw new Error('This is no .trk file: it does not begin with TRACK.');
  const little = data.getInt32(996, true) === HEADER_BYTES;
  if (!little && data.getInt32(996, false) !== HEADER_BYTES) throw new Error('This .trk file has a header of another size than 1000 bytes.');
  const toRas = pointToRas(bytes, data, little);
  const scalars = data.getInt16(36, little);
  const properties = data.getInt16(238, little);
  const { starts, offsets } = linesIn(data, little, scalars, properties);
  const count = starts[starts.length - 1] ?? 0;
  const points = new Float32Array(3 * count);
  const pointValues = columns(bytes, 38, scalars);
  const lineValues = columns(bytes, 240, properties);
  for (const column of pointValues) column.values = new Float32Array(count);
  for (const column of lineValues) column.values = new Float32Array(offsets.length);
  offsets.forEach((offset, line) => {
    let at = offset;
    const next = (): number => {
      const value = data.getFloat32(at, little);
      at += 4;
      return value;
    };
    for (let n = starts[line] as number; n < (starts[line + 1] as number); n++) {
      points.set(toRas([next(), next(), next()]), 3 * n);
      for (let s = 0; s < scalars; s++) (pointValues[s] as Column).values[n] = next();
    }
    for (let p = 0; p < properties; p++) (lineValues[p] as Column).values[line] = next();
  });
  const recorded = data.getFloat32(440 + 60, little) !== 0;
  return {
    points,
    starts,
    pointValues: byName(pointValues),
    lineValues: byName(lineValues),
    caution: recorded ? '' : 'The file does not say where its voxels lie in the patient; the identity was taken.',
  };
}

interface Column {
  readonly name: string;
  values: Float32Array;
}

/** The names of values; nibabel writes the number of columns of one name behind a zero, of which the first keeps the name. */
function columns(bytes: Uint8Array, from: number, count: number): Column[] {
  const names: string[] = [];
  for (let n = 0; names.length < count; n++) {
    const field = from + 20 * n;
    const name = n < 10 ? textAt(bytes, field, 20) : '';
    const width = n < 10 && name.length < 19 ? Number(textAt(bytes, field + name.length + 1, 19 - name.length)) || 1 : 1;
    for (let c = 0; c < width && names.length < count; c++) names.push(c === 0 ? name || `value ${names.length + 1}` : `${name} ${c + 1}`);
  }
  return names.map((name) => ({ name, values: new Float32Array(0) }));
}

const byName = (all: readonly Column[]): Record<string, Float32Array> => Object.fromEntries(all.map(({ name, values }) => [name, values]));

/** Where each line's points begin, counted in points and in bytes. The header's own count may be 0: not known. */
function linesIn(data: DataView, little: boolean, scalars: number, properties: number): { starts: Uint32Array; offsets: readonly number[] } {
  const starts = [0];
  const offsets: number[] = [];
  let at = HEADER_BYTES;
  while (at + 4 <= data.byteLength) {
    const length = data.getInt32(at, little);
    const end = at + 4 + 4 * (length * (3 + scalars) + properties);
    if (length < 0 || end > data.byteLength) throw new Error(`This .trk file ends within streamline ${offsets.length + 1}: it is cut short.`);
    offsets.push(at + 4);
    starts.push((starts[starts.length - 1] as number) + length);
    at = end;
  }
  return { starts: Uint32Array.from(starts), offsets };
}

function pointToRas(bytes: Uint8Array, data: DataView, little: boolean): (point: Triple) => Triple {
  const at = (offset: number, n: number): number => data.getFloat32(offset + 4 * n, little);
  const size: Triple = [at(12, 0) || 1, at(12, 1) || 1, at(12, 2) || 1];
  const recorded = at(440, 15) !== 0;
  const affine: Affine = recorded
    ? affineFromRowMajor(Array.from({ length: 16 }, (_, n) => at(440, n)))
    : affineFromRowMajor([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
  const own = axisCodes(affine);
  const order = textAt(bytes, 948, 4).trim().toUpperCase() || own;
  const shape: Triple = [data.getInt16(6, little), data.getInt16(8, little), data.getInt16(10, little)];
  // For each axis of the affine: which of the file's axes it is, and whether it runs the other way.
  const axes = AXES.map((axis) => {
    const letter = own[axis] ?? '';
    const same = order.indexOf(letter);
    const from = same >= 0 ? same : order.indexOf(OPPOSITES[letter] ?? '');
    if (from < 0) throw new Error(`The axes "${order}" of this .trk file are none.`);
    return { from, flip: same < 0 };
  });
  return (point) => {
    const index = axes.map(({ from, flip }) => {
      const voxel = (point[from] as number) / (size[from] as number) - 0.5;
      return flip ? (shape[from] as number) - 1 - voxel : voxel;
    });
    return indexToRas(affine, index as unknown as Triple);
  };
}
