import { PLANE_NAMES, type PlaneName } from '../geometry/planes';
import { rasMm, type RasMm } from '../geometry/frames';
import type { WorldView } from '../geometry/worldLink';
import { isColourMapName } from './colourMaps';
import { fromKept, isQuantity, toKept, type RoleDisplay, type VolumeDisplay } from './display';
import { isLayoutName, type CellId } from './layouts';
import { sectionsFrom } from './panelSections';
import type { Task, TaskVolume, VolumeId } from './task';
import type { ToolName, ViewerState } from './viewerStore';

/** How a person works in a study: kept for its next case, and so by the roles of volumes and not by their ids. */
export type StudyMemory = Partial<
  Pick<ViewerState, 'layout' | 'overlay' | 'convention' | 'linked' | 'smooth' | 'labelOpacity' | 'outline' | 'leftOpen' | 'rightOpen' | 'foldedSections' | 'tool'>
> & {
  readonly displays?: Readonly<Record<string, VolumeDisplay>>;
  readonly cellRoles?: Readonly<Partial<Record<CellId, string>>>;
  readonly overlaidRole?: string;
};

/** Where a person was in one task. */
export type TaskMemory = Partial<Pick<ViewerState, 'places' | 'views' | 'mainPlane' | 'maximised'>> & { readonly volume?: string };

type Roles = (volume: TaskVolume) => RoleDisplay | undefined;

export function rememberStudy(state: ViewerState, task: Task, role: Roles): StudyMemory {
  const { layout, overlay, convention, linked, smooth, labelOpacity, outline, leftOpen, rightOpen, foldedSections, tool } = state;
  const roleOf = (id: VolumeId | null | undefined): string | undefined => task.volumes.find((volume) => volume.id === id)?.role;
  const displays = task.volumes.flatMap((volume) => {
    const display = state.displays[volume.id];
    return display ? [[volume.role, toKept(volume, display, isQuantity(role(volume)))] as const] : [];
  });
  const cells = Object.entries(state.cellVolumes).flatMap(([cell, id]) => (roleOf(id) === undefined ? [] : [[cell, roleOf(id)]]));
  const overlaidRole = roleOf(state.overlaid);
  return {
    layout, overlay, convention, linked, smooth, labelOpacity, outline, leftOpen, rightOpen, foldedSections, tool,
    displays: Object.fromEntries(displays),
    cellRoles: Object.fromEntries(cells) as StudyMemory['cellRoles'],
    ...(overlaidRole !== undefined && { overlaidRole }),
  };
}

/** What of it fits this case. */
export function recallStudy(memory: StudyMemory, task: Task, role: Roles, mayUse: (tool: ToolName) => boolean): Partial<ViewerState> {
  const { displays = {}, cellRoles = {}, overlaidRole, tool, ...plain } = memory;
  const withRole = (name: string | undefined): VolumeId | undefined => task.volumes.find((volume) => volume.role === name)?.id;
  const shown = task.volumes.flatMap((volume) => {
    const kept = displays[volume.role];
    return kept ? [[volume.id, fromKept(volume, kept, isQuantity(role(volume)))] as const] : [];
  });
  const cells = Object.entries(cellRoles).flatMap(([cell, name]) => {
    const id = withRole(name);
    return id === undefined ? [] : [[cell, id] as const];
  });
  return {
    ...plain,
    displays: Object.fromEntries(shown),
    cellVolumes: Object.fromEntries(cells),
    overlaid: withRole(overlaidRole) ?? null,
    ...(tool !== undefined && mayUse(tool) && { tool }),
  };
}

export const rememberTask = ({ places, views, mainPlane, maximised, volume }: ViewerState): TaskMemory => ({
  places,
  views,
  mainPlane,
  maximised,
  ...(volume !== null && { volume }),
});

/** Reads what a browser kept; whatever is not what it should be is left out. */
export function parseStudyMemory(text: string | null): StudyMemory {
  const stored = recordFrom(text);
  const overlay = recordOf(stored['overlay']);
  return {
    ...(isLayoutName(stored['layout']) && { layout: stored['layout'] }),
    ...((stored['convention'] === 'radiological' || stored['convention'] === 'neurological') && { convention: stored['convention'] }),
    ...flags(stored, ['linked', 'smooth', 'outline', 'leftOpen', 'rightOpen']),
    ...(Array.isArray(stored['foldedSections']) && { foldedSections: sectionsFrom(stored['foldedSections']) }),
    ...(isPart(stored['labelOpacity']) && { labelOpacity: stored['labelOpacity'] }),
    ...(isPart(overlay['opacity']) && { overlay: { opacity: overlay['opacity'], clearBelow: overlay['clearBelow'] !== false } }),
    ...(typeof stored['tool'] === 'string' && { tool: stored['tool'] as ToolName }),
    ...(typeof stored['overlaidRole'] === 'string' && { overlaidRole: stored['overlaidRole'] }),
    displays: entriesOf(stored['displays'], displayFrom),
    cellRoles: entriesOf(stored['cellRoles'], (role) => (typeof role === 'string' ? role : null)) as StudyMemory['cellRoles'] & object,
  };
}

export function parseTaskMemory(text: string | null): TaskMemory {
  const stored = recordFrom(text);
  const { mainPlane, maximised, volume } = stored;
  return {
    places: entriesOf(stored['places'], placeFrom),
    views: entriesOf(stored['views'], viewFrom),
    ...(PLANE_NAMES.some((name) => name === mainPlane) && { mainPlane: mainPlane as PlaneName }),
    ...(['a', 'b', 'c', 'd'].includes(String(maximised)) && { maximised: maximised as CellId }),
    ...(typeof volume === 'string' && { volume }),
  };
}

type Unknown = Readonly<Record<string, unknown>>;

const recordOf = (value: unknown): Unknown => (typeof value === 'object' && value !== null ? (value as Unknown) : {});

function recordFrom(text: string | null): Unknown {
  try {
    return recordOf(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
}

function entriesOf<T>(value: unknown, read: (part: unknown) => T | null): Readonly<Record<string, T>> {
  const pairs = Object.entries(recordOf(value)).map(([name, part]) => [name, read(part)] as const);
  return Object.fromEntries(pairs.filter((pair): pair is readonly [string, T & NonNullable<T>] => pair[1] !== null));
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isPart = (value: unknown): value is number => isNumber(value) && value >= 0 && value <= 1;

const flags = (stored: Unknown, names: readonly string[]): Readonly<Record<string, boolean>> =>
  Object.fromEntries(names.flatMap((name) => (typeof stored[name] === 'boolean' ? [[name, stored[name]]] : [])));

function displayFrom(value: unknown): VolumeDisplay | null {
  const { window, colours, invert } = recordOf(value);
  const { lower, upper } = recordOf(window);
  if (!isNumber(lower) || !isNumber(upper) || upper <= lower || !isColourMapName(colours)) return null;
  return { window: { lower, upper }, colours, invert: invert === true };
}

function placeFrom(value: unknown): RasMm | null {
  const [x, y, z] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  return isNumber(x) && isNumber(y) && isNumber(z) ? rasMm(x, y, z) : null;
}

function viewFrom(value: unknown): WorldView | null {
  const { centreMm, mmPerPixel } = recordOf(value);
  const centre = placeFrom(centreMm);
  return centre && isNumber(mmPerPixel) && mmPerPixel > 0 ? { centreMm: centre, mmPerPixel } : null;
}
