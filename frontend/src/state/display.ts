import type { ColourMapName } from './colourMaps';
import type { components } from '../api/schema';
import { colourMap, colourMapOf } from './colourMaps';
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

/** What the protocol says of the volumes of a role. */
export type RoleDisplay = Readonly<components['schemas']['RoleOutput']>;

/** Symmetric about 0, so that the middle of the colours means none. */
export function symmetric({ lower, upper }: IntensityRange): IntensityRange {
  const reach = Math.max(Math.abs(lower), Math.abs(upper));
  return { lower: -reach, upper: reach };
}

/** A window as the role has it. */
export const windowOfRole = (window: IntensityRange, role: Pick<RoleDisplay, 'symmetric'> | undefined): IntensityRange =>
  role?.symmetric ? symmetric(window) : window;

type Described = Pick<TaskVolume, 'window' | 'range'>;

/** What a volume looks like until someone changes it. */
export function defaultDisplay(volume: Described, role?: RoleDisplay): VolumeDisplay {
  const first = role?.windows.find((preset) => preset.of === 'value');
  const window = first ? { lower: first.lower, upper: first.upper } : volume.window;
  return { window: windowOfRole(window, role), colours: colourMapOf(role?.colour_map ?? 'grey'), invert: false };
}

/** Windows by name: the one the volume starts with, the protocol's, and the full range. */
export function windowPresets(volume: Described, role?: RoleDisplay): readonly WindowPreset[] {
  const start = { name: 'Default', window: defaultDisplay(volume, role).window };
  const own = { name: "Volume's own", window: windowOfRole(volume.window, role) };
  const given = (role?.windows ?? []).filter(({ of }) => of === 'value').map(({ name, lower, upper }) => ({ name, window: { lower, upper } }));
  const full = { name: 'Full range', window: windowOfRole(volume.range, role) };
  return [start, ...[own, ...given, full].filter(({ window }) => !sameWindow(window, start.window))];
}

export const sameWindow = (a: IntensityRange, b: IntensityRange): boolean => a.lower === b.lower && a.upper === b.upper;

/** A changed window as the colours allow it: a diverging map stays symmetric about 0. */
export const fittingWindow = (colours: ColourMapName, window: IntensityRange): IntensityRange =>
  colourMap(colours).diverging ? symmetric(window) : window;

/**
 * A display as it is kept for the next subject. A scan's intensities have no unit, so its window is kept in parts of
 * the volume's own window; that of a quantity (its role has a unit or a sign) is kept as it is.
 */
export function toKept(volume: Described, { window, colours, invert }: VolumeDisplay, quantity: boolean): VolumeDisplay {
  return { window: quantity ? window : rescale(window, volume.window, UNIT), colours, invert };
}

export function fromKept(volume: Described, kept: VolumeDisplay, quantity: boolean): VolumeDisplay {
  return { ...kept, window: quantity ? kept.window : rescale(kept.window, UNIT, volume.window) };
}

/** Does a value mean the same in every subject? */
export const isQuantity = (role: RoleDisplay | undefined): boolean =>
  role !== undefined && (role.unit !== '' || role.signed || role.symmetric || role.derived !== '');

const UNIT: IntensityRange = { lower: 0, upper: 1 };

function rescale(window: IntensityRange, from: IntensityRange, to: IntensityRange): IntensityRange {
  const width = from.upper - from.lower;
  if (!(width > 0)) return to;
  const at = (value: number): number => to.lower + ((value - from.lower) / width) * (to.upper - to.lower);
  return { lower: at(window.lower), upper: at(window.upper) };
}
