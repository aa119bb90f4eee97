import { affineFromRowMajor } from '../geometry/affine';
import { gridPlanes, preferredPlane } from '../geometry/planes';
import { isLayoutName, type LayoutName } from '../state/layouts';
import type { Task, TaskVolume, VolumeId } from '../state/task';
import { parseStudyMemory, parseTaskMemory, recallStudy, rememberStudy, rememberTask } from '../state/viewerMemory';
import type { ViewerState, ViewerStore } from '../state/viewerStore';
import { isEditTool, TOOL_GESTURES } from '../tools/toolGestures';
import { firstLayout, roleOf } from './hanging';
import { SceneSlot } from './sceneSlot';
import { UNCERTAINTY } from './uncertaintyMaps';

const TASKS_KEPT = 60;
const PLACE = 'radicula.place.';
const LATER_MS = 300;
/** Narrower than this (a laptop at 200 %) the image needs the case panel's room until it is asked for. */
const WIDE_ENOUGH_PX = 900;

/**
 * Hangs a case as it was left, else as the protocol says. What a person finds again after a reload and in the next case is
 * kept in this browser; where it keeps nothing (a private window, a full disk) the protocol's defaults come back.
 */
export function hangCase(store: ViewerStore, task: Task, first: TaskVolume): { readonly volume: VolumeId; readonly placed: boolean } {
  const layout = firstLayout(task);
  const mainPlane = preferredPlane(gridPlanes(affineFromRowMajor(first.affine), first.shape));
  const { volume, ...recalled } = recall(task);
  // A page that shows no case panel by itself has closed it before.
  const leftOpen = store.getState().leftOpen && window.innerWidth >= WIDE_ENOUGH_PX;
  store.setState({ leftOpen, ...(layout && { layout }), convention: task.hanging.convention, mainPlane, ...recalled, ...askedLayout() });
  return { volume: volume ?? first.id, placed: Object.keys(recalled.places ?? {}).length > 0 };
}

/** The layout that the address names: a link into the 3-D scene says so. */
function askedLayout(): { readonly layout?: LayoutName } {
  const layout = new URLSearchParams(window.location.search).get('layout');
  return isLayoutName(layout) && (layout !== 'mpr3d' || SceneSlot !== null) ? { layout } : {};
}

function recall(task: Task): Partial<ViewerState> {
  const mayUse = (tool: string): boolean => tool in TOOL_GESTURES && (task.may.edit || !isEditTool(tool as keyof typeof TOOL_GESTURES));
  const study = recallStudy(parseStudyMemory(read(studyKey(task))), task, (volume) => roleOf(task, volume), mayUse);
  const { volume, ...place } = parseTaskMemory(read(PLACE + task.id));
  const shown = task.volumes.find(({ id }) => id === volume)?.id ?? null;
  const layout = study.layout === 'mpr3d' && SceneSlot === null ? 'mpr' : study.layout;
  return { ...study, ...(layout && { layout }), ...place, volume: shown };
}

/** Is something remembered of uncertainty maps, which are no volumes of the case itself? Then they are hung with it. */
export function remembersMaps(task: Task): boolean {
  const { displays = {}, cellRoles = {}, overlaidRole } = parseStudyMemory(read(studyKey(task)));
  const { volume } = parseTaskMemory(read(PLACE + task.id));
  const roles = [...Object.keys(displays), ...Object.values(cellRoles), overlaidRole];
  return roles.includes(UNCERTAINTY) || (volume !== undefined && !task.volumes.some(({ id }) => id === volume));
}

/** Keeps it from now on. Returns the disposer, which writes what is still to be written. */
export function keepView(store: ViewerStore, current: () => Task): () => void {
  let due: ReturnType<typeof setTimeout> | null = null;
  const keep = (): void => {
    if (due === null) return;
    clearTimeout(due);
    due = null;
    const [state, task] = [store.getState(), current()];
    write(studyKey(task), JSON.stringify(rememberStudy(state, task, (volume) => roleOf(task, volume))));
    write(PLACE + task.id, JSON.stringify({ ...rememberTask(state), at: Date.now() }));
  };
  const stop = store.subscribe((now, before) => {
    if (due === null && KEPT.some((name) => now[name] !== before[name])) due = setTimeout(keep, LATER_MS);
  });
  window.addEventListener('pagehide', keep);
  forgetOldTasks();
  return () => {
    window.removeEventListener('pagehide', keep);
    stop();
    keep();
  };
}

const KEPT = [
  'layout', 'overlay', 'overlaid', 'convention', 'linked', 'smooth', 'labelOpacity', 'outline', 'leftOpen', 'rightOpen', 'foldedSections', 'tool',
  'displays', 'cellVolumes', 'places', 'views', 'mainPlane', 'maximised', 'volume',
] as const;

const studyKey = (task: Task): string => `radicula.view.${task.study.slug}`;

/** The places of the tasks seen last are enough. */
function forgetOldTasks(): void {
  try {
    const kept = Object.keys(localStorage).filter((key) => key.startsWith(PLACE));
    if (kept.length <= TASKS_KEPT) return;
    const ageOf = (key: string): number => Number((JSON.parse(read(key) ?? '{}') as { at?: number }).at ?? 0);
    const oldest = kept.sort((a, b) => ageOf(a) - ageOf(b)).slice(0, kept.length - TASKS_KEPT);
    oldest.forEach((key) => localStorage.removeItem(key));
  } catch {
    // Nothing is kept here.
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Full or forbidden: it lasts until the page is left.
  }
}
