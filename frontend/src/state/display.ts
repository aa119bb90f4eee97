import type { ColourMapName } from './colourMaps';
import { colourMap } from './colourMaps';
import type { IntensityRange, TaskVolume } from './task';

/** How the voxels of one volume become colours. */
export interface VolumeDisplay {
  readonly window: IntensityRange;
  readonly colours: ColourMapName;
  readonly invert: boolean;
}

export interface WindowPreset {
  readonly name: string;
  readonly window: IntensityRange;
}

/** A second volume laid over the one a viewport shows. */
export interface Overlay {
  readonly opacity: number;
  /** Values at and below the lower end of the window are clear. */
  readonly clearBelow: boolean;
}

type Kind = 'fraction' | 'susceptibility' | 'diffusivity' | 'scan';

/** Roles as BIDS and the protocols write them; a map's number means the same in every subject, a scan's does not. */
const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/^(FA|fa)$/, 'fraction'],
  [/^(QSM|Chimap|chimap|SWI-QSM)$/, 'susceptibility'],
  [/^(MD|AD|RD|ADC)$/, 'diffusivity'],
];

const kindOf = (role: string): Kind => KINDS.find(([pattern]) => pattern.test(role))?.[1] ?? 'scan';

/** Is a value of this volume a quantity with a unit, so that a window can be carried to another subject as it is? */
export const isQuantity = (volume: Pick<TaskVolume, 'role'>): boolean => kindOf(volume.role) !== 'scan';

/** Symmetric about 0, so that the middle of the colours means none. */
export function symmetric({ lower, upper }: IntensityRange): IntensityRange {
  const reach = Math.max(Math.abs(lower), Math.abs(upper));
  return { lower: -reach, upper: reach };
}

type Described = Pick<TaskVolume, 'role' | 'window' | 'range'>;

/** What a volume looks like until someone changes it. */
export function defaultDisplay(volume: Described): VolumeDisplay {
  switch (kindOf(volume.role)) {
    case 'fraction':
      return { window: { lower: 0, upper: 1 }, colours: 'viridis', invert: false };
    case 'susceptibility':
      return { window: symmetric(volume.window), colours: 'grey', invert: false };
    case 'diffusivity':
      return { window: { lower: 0, upper: Math.max(volume.window.upper, Number.MIN_VALUE) }, colours: 'grey', invert: false };
    case 'scan':
      return { window: volume.window, colours: 'grey', invert: false };
  }
}

/** Windows by name. The first is where the volume starts. */
export function windowPresets(volume: Described): readonly WindowPreset[] {
  const { range, window } = volume;
  const width = window.upper - window.lower;
  const start = { name: 'Default', window: defaultDisplay(volume).window };
  const full = { name: 'Full range', window: range };
  switch (kindOf(volume.role)) {
    case 'fraction':
      return [start, { name: 'White matter, 0.2 to 0.8', window: { lower: 0.2, upper: 0.8 } }, full];
    case 'susceptibility': {
      const reach = start.window.upper;
      const half = { lower: -reach / 2, upper: reach / 2 };
      return [start, { name: 'Narrow', window: half }, { name: 'Full range', window: symmetric(range) }];
    }
    default:
      return [
        start,
        { name: 'Soft', window: { lower: window.lower - width / 4, upper: window.upper + width / 4 } },
        { name: 'Hard', window: { lower: window.lower + width / 5, upper: window.upper - width / 5 } },
        full,
      ];
  }
}

/** A changed window as the colours allow it: a diverging map stays symmetric about 0. */
export const fittingWindow = (colours: ColourMapName, window: IntensityRange): IntensityRange =>
  colourMap(colours).diverging ? symmetric(window) : window;

/**
 * A display as it is kept for the next subject. A scan's intensities have no unit, so its window is kept in parts of
 * the volume's own window; a quantity's is kept as it is.
 */
export function toKept(volume: Described, { window, colours, invert }: VolumeDisplay): VolumeDisplay {
  return { window: isQuantity(volume) ? window : rescale(window, volume.window, UNIT), colours, invert };
}

export function fromKept(volume: Described, kept: VolumeDisplay): VolumeDisplay {
  return { ...kept, window: isQuantity(volume) ? kept.window : rescale(kept.window, UNIT, volume.window) };
}

const UNIT: IntensityRange = { lower: 0, upper: 1 };

function rescale(window: IntensityRange, from: IntensityRange, to: IntensityRange): IntensityRange {
  const width = from.upper - from.lower;
  if (!(width > 0)) return to;
  const at = (value: number): number => to.lower + ((value - from.lower) / width) * (to.upper - to.lower);
  return { lower: at(window.lower), upper: at(window.upper) };
}
