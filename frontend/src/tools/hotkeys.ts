import type { ToolName } from '../state/viewerStore';

/** Everything the keyboard (and the toolbar) can ask for. */
export type ViewerAction =
  | { readonly type: 'tool'; readonly tool: ToolName }
  | { readonly type: 'label'; readonly key: number }
  | { readonly type: 'brush'; readonly direction: 1 | -1 }
  | { readonly type: 'slice'; readonly direction: 1 | -1 }
  | { readonly type: 'labelledSlice'; readonly direction: 1 | -1 }
  | { readonly type: 'rotateLayout'; readonly direction: 1 | -1 }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }
  | { readonly type: 'toggleLabels' }
  | { readonly type: 'toggleOutline' }
  | { readonly type: 'maximise' }
  | { readonly type: 'fit' }
  | { readonly type: 'submit' }
  | { readonly type: 'interpolate' }
  | { readonly type: 'copySlice'; readonly direction: 1 | -1 }
  | { readonly type: 'unlabelledSlice'; readonly direction: 1 | -1 }
  | { readonly type: 'accept' }
  | { readonly type: 'cancel' }
  | { readonly type: 'hotkeys' };

/** The part of a keyboard event a hotkey depends on. */
export interface KeyStroke {
  readonly key: string;
  readonly code: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const tool = (name: ToolName): ViewerAction => ({ type: 'tool', tool: name });

const PLAIN: Readonly<Record<string, ViewerAction>> = {
  x: tool('crosshair'),
  w: tool('window'),
  b: tool('brush'),
  e: tool('eraser'),
  p: tool('pencil'),
  t: tool('threshold'),
  f: tool('fill'),
  l: tool('lasso'),
  s: tool('scissors'),
  g: tool('grow'),
  c: tool('island'),
  i: { type: 'interpolate' },
  n: { type: 'unlabelledSlice', direction: 1 },
  Enter: { type: 'accept' },
  Escape: { type: 'cancel' },
  '[': { type: 'brush', direction: -1 },
  ']': { type: 'brush', direction: 1 },
  a: { type: 'slice', direction: -1 },
  d: { type: 'slice', direction: 1 },
  q: { type: 'rotateLayout', direction: -1 },
  r: { type: 'rotateLayout', direction: 1 },
  o: { type: 'toggleOutline' },
  m: { type: 'maximise' },
  '0': { type: 'fit' },
  z: { type: 'undo' },
  ' ': { type: 'toggleLabels' },
  '?': { type: 'hotkeys' },
};

const SHIFTED: Readonly<Record<string, ViewerAction>> = {
  z: { type: 'redo' },
  a: { type: 'copySlice', direction: -1 },
  d: { type: 'copySlice', direction: 1 },
  n: { type: 'unlabelledSlice', direction: -1 },
};

/** The action of a key stroke, or null where it is none of ours (and the browser keeps it). */
export function actionOf(stroke: KeyStroke): ViewerAction | null {
  if (stroke.altKey) return null;
  const key = stroke.key.length === 1 ? stroke.key.toLowerCase() : stroke.key;
  if (stroke.ctrlKey || stroke.metaKey) {
    if (key === 'z') return { type: stroke.shiftKey ? 'redo' : 'undo' };
    if (key === 'y') return { type: 'redo' };
    if (key === 'Enter') return { type: 'submit' };
    return null;
  }
  if (key === 'Tab') return { type: 'labelledSlice', direction: stroke.shiftKey ? -1 : 1 };
  const shifted = stroke.shiftKey ? SHIFTED[key] : undefined;
  if (shifted) return shifted;
  // By its place on the keyboard too: on a French layout the digits need shift.
  const digit = /^[1-9]$/.exec(key)?.[0] ?? /^Digit([1-9])$/.exec(stroke.code)?.[1];
  if (digit && key !== '?') return { type: 'label', key: Number(digit) };
  return PLAIN[key] ?? null;
}

/** Is the person typing? Then no key is ours. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest('[role="dialog"]')) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['range', 'checkbox', 'radio', 'button', 'color'].includes(target.type);
}

export interface HotkeyHelp {
  readonly group: 'Tools' | 'Labels' | 'Moving' | 'View' | 'Task';
  readonly keys: readonly string[];
  readonly text: string;
}

export const HOTKEY_HELP: readonly HotkeyHelp[] = [
  { group: 'Tools', keys: ['B'], text: 'Brush' },
  { group: 'Tools', keys: ['E'], text: 'Eraser' },
  { group: 'Tools', keys: ['P'], text: 'Pencil, one voxel' },
  { group: 'Tools', keys: ['T'], text: 'Threshold brush: paints an intensity range' },
  { group: 'Tools', keys: ['F'], text: 'Fill in the plane' },
  { group: 'Tools', keys: ['L'], text: 'Lasso: drag, or click corners' },
  { group: 'Tools', keys: ['S'], text: 'Scissors: box, circle, sphere' },
  { group: 'Tools', keys: ['G'], text: 'Grow from a voxel' },
  { group: 'Tools', keys: ['C'], text: 'Component: relabel or remove by a click' },
  { group: 'Tools', keys: ['Enter'], text: 'Close the polygon, accept the preview' },
  { group: 'Tools', keys: ['Esc'], text: 'Give up the polygon or preview' },
  { group: 'Tools', keys: ['['], text: 'Smaller brush or tolerance' },
  { group: 'Tools', keys: [']'], text: 'Larger brush or tolerance' },
  { group: 'Tools', keys: ['X'], text: 'Crosshair' },
  { group: 'Tools', keys: ['W'], text: 'Window: drag on the image' },
  { group: 'Labels', keys: ['1', '…', '9'], text: 'Choose a label' },
  { group: 'Labels', keys: ['Space'], text: 'Hide or show labels' },
  { group: 'Labels', keys: ['O'], text: 'Outline on or off' },
  { group: 'Labels', keys: ['I'], text: 'Interpolate between the labelled slices of the plane' },
  { group: 'Labels', keys: ['Shift', 'D'], text: 'Copy the label to the next slice' },
  { group: 'Labels', keys: ['Shift', 'A'], text: 'Copy the label to the previous slice' },
  { group: 'Labels', keys: ['Z'], text: 'Undo' },
  { group: 'Labels', keys: ['Shift', 'Z'], text: 'Redo' },
  { group: 'Moving', keys: ['A'], text: 'Previous slice' },
  { group: 'Moving', keys: ['D'], text: 'Next slice' },
  { group: 'Moving', keys: ['Wheel'], text: 'Scroll through slices' },
  { group: 'Moving', keys: ['Tab'], text: 'Next slice with the label' },
  { group: 'Moving', keys: ['Shift', 'Tab'], text: 'Previous slice with the label' },
  { group: 'Moving', keys: ['N'], text: 'Next slice without the label' },
  { group: 'Moving', keys: ['Shift', 'N'], text: 'Previous slice without the label' },
  { group: 'Moving', keys: ['Shift', 'move'], text: 'Crosshair follows the pointer' },
  { group: 'View', keys: ['Right drag'], text: 'Zoom (also Ctrl + wheel)' },
  { group: 'View', keys: ['Middle drag'], text: 'Pan' },
  { group: 'View', keys: ['Q'], text: 'Rotate the planes back' },
  { group: 'View', keys: ['R'], text: 'Rotate the planes' },
  { group: 'View', keys: ['M'], text: 'Maximise the plane (also double click with X or W)' },
  { group: 'View', keys: ['0'], text: 'Fit to the window' },
  { group: 'Task', keys: ['Ctrl', 'Enter'], text: 'Submit' },
  { group: 'Task', keys: ['Esc'], text: 'To the toolbar; walk it with Tab' },
  { group: 'Task', keys: ['?'], text: 'All hotkeys' },
];
