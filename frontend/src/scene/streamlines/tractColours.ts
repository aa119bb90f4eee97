import { colourTable } from '../../state/colourMaps';
import type { Colour } from '../render/sceneRenderer';
import type { Streamlines, TractColouring } from './tractSet';

/** Points as they are drawn: x, y, z and 1 at the end of a line, else 0. */
export function pointsOf({ points, starts }: Streamlines): Float32Array {
  const count = points.length / 3;
  const out = new Float32Array(4 * count);
  for (let n = 0; n < count; n++) {
    out[4 * n] = points[3 * n] as number;
    out[4 * n + 1] = points[3 * n + 1] as number;
    out[4 * n + 2] = points[3 * n + 2] as number;
  }
  for (let line = 1; line < starts.length; line++) {
    const last = (starts[line] as number) - 1;
    if (last >= 0) out[4 * last + 3] = 1;
  }
  return out;
}

/** RGBA a point. */
export function coloursOf(lines: Streamlines, colouring: TractColouring, nerveColour: (value: number) => Colour): Uint8Array {
  const nerves = lines.lineValues['nerve'];
  if (colouring.by === 'nerve' && nerves) return byLine(lines, (line) => nerveColour(nerves[line] as number));
  if (colouring.by === 'value') {
    const values = lines.pointValues[colouring.name];
    if (values) return byValue(values);
  }
  return byDirection(lines);
}

/** Red runs to the side, green to the front or back, blue up or down (S. Pajevic and C. Pierpaoli 1999). */
function byDirection({ points, starts }: Streamlines): Uint8Array {
  const out = new Uint8Array((points.length / 3) * 4).fill(255);
  for (let line = 0; line + 1 < starts.length; line++) {
    const [first, end] = [starts[line] as number, starts[line + 1] as number];
    for (let n = first; n < end; n++) {
      const [before, after] = [3 * Math.max(n - 1, first), 3 * Math.min(n + 1, end - 1)];
      const step = [0, 1, 2].map((c) => Math.abs((points[after + c] as number) - (points[before + c] as number)));
      const length = Math.hypot(...step) || 1;
      for (let c = 0; c < 3; c++) out[4 * n + c] = Math.round((255 * (step[c] as number)) / length);
    }
  }
  return out;
}

function byLine({ points, starts }: Streamlines, colour: (line: number) => Colour): Uint8Array {
  const out = new Uint8Array((points.length / 3) * 4).fill(255);
  for (let line = 0; line + 1 < starts.length; line++) {
    const rgb = colour(line).map((part) => Math.round(255 * part));
    for (let n = starts[line] as number; n < (starts[line + 1] as number); n++) out.set(rgb, 4 * n);
  }
  return out;
}

/** What the colours of a value run over: 0 to 1 for what lies there, as FA does; else its own range. */
export function valueRange(values: Float32Array): { readonly lower: number; readonly upper: number } {
  let [lower, upper] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < lower) lower = value;
    if (value > upper) upper = value;
  }
  if (lower >= 0 && upper <= 1 && upper > 0.1) return { lower: 0, upper: 1 };
  return lower < upper ? { lower, upper } : { lower: 0, upper: 1 };
}

function byValue(values: Float32Array): Uint8Array {
  const { lower, upper } = valueRange(values);
  const table = colourTable('viridis', false);
  const words = new Uint32Array(values.length);
  values.forEach((value, n) => {
    const level = Math.round((255 * (value - lower)) / (upper - lower));
    words[n] = table[Math.min(Math.max(level || 0, 0), 255)] as number;
  });
  return new Uint8Array(words.buffer);
}
