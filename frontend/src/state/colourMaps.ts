import type { IntensityRange } from './task';

/** Colours of rising values. Grey for scans; the others for maps of a quantity. */
export type ColourMapName = 'grey' | 'viridis' | 'inferno' | 'hot' | 'cividis' | 'red-blue';

export interface ColourMap {
  readonly name: ColourMapName;
  readonly title: string;
  /** From the lowest to the highest value, evenly spaced, as #rrggbb. */
  readonly stops: readonly string[];
  /** Has its middle colour at a value that means "none": the window is kept symmetric about 0. */
  readonly diverging: boolean;
}

const hex = (stops: string): readonly string[] => stops.split(' ').map((stop) => `#${stop}`);

/** Stops as in matplotlib 3 at 17 evenly spaced points; 'red-blue' is its RdBu_r. */
export const COLOUR_MAPS: readonly ColourMap[] = [
  { name: 'grey', title: 'Grey', stops: hex('000000 ffffff'), diverging: false },
  {
    name: 'viridis',
    title: 'Viridis',
    stops: hex('440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c 1fa088 28ae80 3fbc73 5ec962 84d44b addc30 d8e219 fde725'),
    diverging: false,
  },
  {
    name: 'inferno',
    title: 'Inferno',
    stops: hex('000004 0b0724 210c4a 3d0965 57106e 71196e 8a226a a32c61 bc3754 d24644 e45a31 f1731d f98e09 fcac11 f9cb35 f2ea69 fcffa4'),
    diverging: false,
  },
  {
    name: 'hot',
    title: 'Hot',
    stops: hex('0b0000 350000 5f0000 890000 b30000 dd0000 ff0800 ff3200 ff5c00 ff8600 ffb000 ffda00 ffff07 ffff46 ffff85 ffffc4 ffffff'),
    diverging: false,
  },
  {
    name: 'cividis',
    title: 'Cividis',
    stops: hex('00224e 002e6a 1a386f 32436d 434e6c 535a6d 61656f 6f7073 7d7c78 8c8878 9b9476 aba072 bcae6c cdbb63 dec958 f0d846 fee838'),
    diverging: false,
  },
  {
    name: 'red-blue',
    title: 'Blue to red',
    stops: hex('053061 175290 2a71b2 3f8ec0 6bacd1 9bc9e0 c2ddec e0ecf3 f7f6f6 fbe5d8 fbccb4 f5aa89 e48066 d05548 ba2832 930e26 67001f'),
    diverging: true,
  },
];

const GREY = COLOUR_MAPS[0] as ColourMap;

/** The maps as protocols call them; `direction` is for volumes of three components, which need none. */
const PROTOCOL_NAMES: Readonly<Record<string, ColourMapName>> = { grey: 'grey', viridis: 'viridis', hot: 'hot', diverging: 'red-blue' };

export const colourMapOf = (name: string): ColourMapName => PROTOCOL_NAMES[name] ?? 'grey';

export const isColourMapName = (name: unknown): name is ColourMapName => COLOUR_MAPS.some((map) => map.name === name);

export const colourMap = (name: ColourMapName): ColourMap => COLOUR_MAPS.find((map) => map.name === name) ?? GREY;

type Rgb = readonly [number, number, number];

export interface ColourStop {
  readonly value: number;
  /** 0 to 1. */
  readonly rgb: Rgb;
}

function rgbOf(stop: string): Rgb {
  const number = Number.parseInt(stop.slice(1), 16);
  return [((number >> 16) & 255) / 255, ((number >> 8) & 255) / 255, (number & 255) / 255];
}

/** The colours of a window, lowest value first. A window of no width gets a very narrow one. */
export function colourStops(name: ColourMapName, { lower, upper }: IntensityRange, invert: boolean): readonly ColourStop[] {
  const { stops } = colourMap(name);
  const colours = invert ? [...stops].reverse() : stops;
  const width = Math.max(upper - lower, Number.EPSILON * Math.max(1, Math.abs(lower)));
  return colours.map((stop, n) => ({ value: lower + (width * n) / (colours.length - 1), rgb: rgbOf(stop) }));
}

/** 256 colours from the lowest to the highest value, as 0xAABBGGRR of ImageData with an opaque alpha. */
export function colourTable(name: ColourMapName, invert: boolean): Uint32Array {
  const stops = colourStops(name, { lower: 0, upper: 1 }, invert);
  const table = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    const place = (n / 255) * (stops.length - 1);
    const low = Math.min(Math.floor(place), stops.length - 2);
    const mix = (channel: 0 | 1 | 2): number => {
      const a = stops[low]?.rgb[channel] ?? 0;
      const b = stops[low + 1]?.rgb[channel] ?? a;
      return Math.round(255 * (a + (place - low) * (b - a)));
    };
    table[n] = ((255 << 24) | (mix(2) << 16) | (mix(1) << 8) | mix(0)) >>> 0;
  }
  return table;
}

/** For a bar on screen, lowest value at the left. */
export function colourGradient(name: ColourMapName, invert: boolean): string {
  const { stops } = colourMap(name);
  return `linear-gradient(to right, ${(invert ? [...stops].reverse() : stops).join(', ')})`;
}
