import { labelCentre } from '../commands/labelCentre';
import { spacingMm } from '../geometry/affine';
import { labelForDigits, type TypedDigit } from '../state/labelKeys';
import type { Task } from '../state/task';
import type { ViewerAction } from '../tools/viewerActions';
import { labelAt, type OpenVolume } from './openVolume';
import type { TaskWorkspace } from './workspace';

/** The digit typed last, of each workspace. */
const typed = new WeakMap<TaskWorkspace, TypedDigit>();

/** What concerns the labels: which one is active, and how they are shown. */
export function performOnLabel(workspace: TaskWorkspace, action: ViewerAction): void {
  const { store } = workspace;
  const state = store.getState();
  const labels = workspace.state.getState().task?.labels ?? [];
  switch (action.type) {
    case 'label': {
      const now = performance.now();
      const label = labelForDigits(labels, action.key, now, typed.get(workspace) ?? null);
      typed.set(workspace, { digit: action.key, atMs: now });
      if (label) store.setState({ activeLabel: label.value });
      return;
    }
    case 'nextLabel': {
      const at = labels.findIndex(({ value }) => value === state.activeLabel);
      const next = labels[(at + action.direction + labels.length) % labels.length];
      if (next) store.setState({ activeLabel: next.value });
      return;
    }
    case 'labelCentre':
      if (workspace.current?.session?.count(state.activeLabel) === 0) {
        store.setState({ notice: { text: `${labelName(workspace, state.activeLabel)} is not painted yet.`, tone: 'info' } });
      } else jumpToLabel(workspace, state.activeLabel);
      return;
    case 'lockLabel':
      workspace.session?.setLocked(state.activeLabel, !workspace.session.locked.has(state.activeLabel));
      return;
    case 'hideLabel': {
      const hidden = new Set(state.hiddenLabels);
      if (!hidden.delete(state.activeLabel)) hidden.add(state.activeLabel);
      store.setState({ hiddenLabels: hidden });
      return;
    }
    case 'soloLabel': {
      const others = labels.map(({ value }) => value).filter((value) => value !== state.activeLabel);
      const alone = others.every((value) => state.hiddenLabels.has(value)) && !state.hiddenLabels.has(state.activeLabel);
      store.setState({ hiddenLabels: new Set(alone ? [] : others), labelsVisible: true });
      return;
    }
    case 'toggleLabels':
      store.setState({ labelsVisible: !state.labelsVisible });
      return;
    case 'toggleOutline':
      store.setState({ outline: !state.outline });
      return;
    case 'opacity':
      store.setState({ labelOpacity: Math.min(1, Math.max(0, Math.round(20 * state.labelOpacity + action.direction) / 20)) });
      return;
    case 'paintOver': {
      const current = workspace.current;
      const here = current ? labelAt(current, state.cursor) : 0;
      const next = state.paintOver === 'everything' ? 'background' : state.paintOver === 'background' && here > 0 ? here : 'everything';
      const name = labels.find(({ value }) => value === next)?.name ?? next;
      store.setState({ paintOver: next, notice: { text: `Tools paint over ${next === 'background' ? 'background only' : name}.`, tone: 'info' } });
      return;
    }
  }
}

export const labelName = (workspace: TaskWorkspace, value: number): string =>
  workspace.state.getState().task?.labels.find((label) => label.value === value)?.name ?? `Label ${value}`;

/** Jumps to the middle of a label, if there is any of it. */
export function jumpToLabel(workspace: TaskWorkspace, value: number): void {
  const { session } = workspace.current ?? {};
  const { spacingMm } = workspace;
  const voxel = session && spacingMm && labelCentre(session.labels, session.shape, spacingMm, value, session.tally.bounds(value));
  if (voxel) workspace.jumpTo(voxel);
}

/** Work begins at what is labelled already. */
export function goToFirstLabel(workspace: TaskWorkspace, task: Task, { session, affine }: OpenVolume): void {
  const label = task.labels.find(({ value }) => (session?.count(value) ?? 0) > 0);
  if (!label || !session) return;
  const voxel = labelCentre(session.labels, session.shape, spacingMm(affine), label.value, session.tally.bounds(label.value));
  if (voxel) workspace.jumpTo(voxel);
}
