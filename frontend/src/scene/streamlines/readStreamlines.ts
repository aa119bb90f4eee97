import { unpacked } from './bytes';
import { readTck } from './tck';
import { readTrk } from './trk';
import { readTrx } from './trx';
import type { Streamlines } from './tractSet';

/** Reads `.trk`, `.tck` or `.trx` by what the bytes say, whatever the file is called. */
export async function readStreamlines(packed: Uint8Array<ArrayBuffer>): Promise<Streamlines> {
  const bytes = await unpacked(packed);
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 13));
  if (start.startsWith('TRACK')) return readTrk(bytes);
  if (start.startsWith('mrtrix')) return readTck(bytes);
  if (start.startsWith('PK')) return readTrx(bytes);
  throw new Error('These are no streamlines that can be read: a .trk, .tck or .trx file was expected.');
}
