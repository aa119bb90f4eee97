import { OPERATIONS, type OperationName } from '../state/operationForm';
import { LAYOUTS, type LayoutName } from '../state/layouts';
import type { ToolName } from '../state/viewerStore';

/** Everything the keyboard, the toolbar and the panels can ask for. */
export type ViewerAction =
  | { readonly type: 'tool'; readonly tool: ToolName }
  | { readonly type: 'label'; readonly key: number }
  | { readonly type: 'nextLabel'; readonly direction: 1 | -1 }
  | { readonly type: 'brush'; readonly direction: 1 | -1 }
  | { readonly type: 'slice'; readonly direction: 1 | -1 }
  | { readonly type: 'labelledSlice'; readonly direction: 1 | -1 }
  | { readonly type: 'rotateLayout'; readonly direction: 1 | -1 }
  | { readonly type: 'layout'; readonly layout: LayoutName }
  | { readonly type: 'nextLayout'; readonly direction: 1 | -1 }
  | { readonly type: 'frame'; readonly direction: 1 | -1 }
  | { readonly type: 'differenceStep'; readonly direction: 1 | -1 }
  | { readonly type: 'link' | 'overlay' | 'invert' }
  | { readonly type: 'nudge'; readonly right: number; readonly down: number }
  | { readonly type: 'pen' }
  | { readonly type: 'penDown' }
  | { readonly type: 'keyPlane' }
  | { readonly type: 'toggle'; readonly setting: ToggledSetting }
  | { readonly type: 'paintOver' }
  | { readonly type: 'opacity'; readonly direction: 1 | -1 }
  | { readonly type: 'hideLabel' | 'soloLabel' | 'lockLabel' | 'labelCentre' }
  | { readonly type: 'undo' | 'redo' }
  | { readonly type: 'toggleLabels' }
  | { readonly type: 'toggleOutline' }
  | { readonly type: 'maximise' }
  | { readonly type: 'fit' }
  | { readonly type: 'autoWindow' | 'resetWindow' | 'rangeAtCrosshair' }
  | { readonly type: 'submit' }
  | { readonly type: 'interpolate' }
  | { readonly type: 'operation'; readonly operation: OperationName }
  | { readonly type: 'copySlice'; readonly direction: 1 | -1 }
  | { readonly type: 'propagate' | 'proposedPiece'; readonly direction: 1 | -1 }
  | { readonly type: 'proposal'; readonly act: ProposalAct }
  | { readonly type: 'unlabelledSlice'; readonly direction: 1 | -1 }
  | { readonly type: 'accept' }
  | { readonly type: 'cancel' }
  | { readonly type: 'mark'; readonly act: 'remove' | 'next' | 'previous' | 'ghosts' }
  | { readonly type: 'comment' }
  | { readonly type: 'markSide' }
  | { readonly type: 'hotkeys' };

/** Settings that a key turns on and off. */
export type ToggledSetting = 'brushSolid' | 'brushForm' | 'brushUnit' | 'intensityMask' | 'outlinePattern' | 'leftOpen' | 'rightOpen' | 'smooth' | 'differenceShown' | 'proposalOutline';

/** What is done with a proposal: with all of it, with the active label, or with the piece that is pointed at. */
export type ProposalAct = 'acceptAll' | 'acceptLabel' | 'rejectLabel' | 'acceptPiece';

export const ACTION_GROUPS = ['Tools', 'Tool settings', 'Labels', 'Operations', 'Moving', 'View', 'Task'] as const;
export type ActionGroup = (typeof ACTION_GROUPS)[number];

/** An action as the hotkey sheet lists it. The id names it in what is stored, and so stays for good. */
export interface ActionEntry {
  readonly id: string;
  readonly group: ActionGroup;
  readonly text: string;
  readonly action: ViewerAction;
  /** Chords such as `B`, `Shift+Z`, `Ctrl+Enter`; Ctrl stands for the Mac's command key too. */
  readonly keys: readonly string[];
  /** Goes on while the key is held. */
  readonly repeats?: boolean;
}

const entry = (group: ActionGroup, id: string, text: string, action: ViewerAction, ...keys: readonly string[]): ActionEntry => ({
  id, group, text, action, keys,
});
const repeating = (...args: Parameters<typeof entry>): ActionEntry => ({ ...entry(...args), repeats: true });
const tool = (name: ToolName, text: string, ...keys: readonly string[]): ActionEntry =>
  entry('Tools', `tool.${name}`, text, { type: 'tool', tool: name }, ...keys);
const nudge = (id: string, text: string, right: number, down: number, key: string): ActionEntry =>
  repeating('Moving', `nudge.${id}`, text, { type: 'nudge', right, down }, key);

export const ACTIONS: readonly ActionEntry[] = [
  tool('brush', 'Brush', 'B'),
  tool('eraser', 'Eraser', 'E'),
  tool('pencil', 'Pencil, one voxel', 'P'),
  tool('threshold', 'Threshold brush: paints an intensity range', 'T'),
  tool('fill', 'Fill in the plane', 'F'),
  tool('lasso', 'Lasso: drag, or click corners', 'L'),
  tool('scissors', 'Scissors: box, circle, sphere', 'S'),
  tool('grow', 'Grow from a voxel', 'G'),
  tool('island', 'Component: relabel or remove by a click', 'C'),
  tool('scribble', 'Scribble: mark inside and outside, get a region', 'Ctrl+B'),
  tool('click', 'Click: mark inside and outside, the model answers', 'Ctrl+K'),
  tool('crosshair', 'Crosshair', 'X'),
  tool('window', 'Window: drag on the image', 'W'),
  tool('length', 'Length: drag from end to end', 'Shift+M'),
  tool('angle', 'Angle: drag an arm to its vertex, then the other', 'Shift+G'),
  tool('ellipse', 'Ellipse: area and intensities', 'Shift+H'),
  tool('rectangle', 'Rectangle: area and intensities', 'Shift+K'),
  tool('point', 'Point: a landmark with a name', 'Shift+J'),
  entry('Tools', 'mark.remove', 'Delete the selected mark', { type: 'mark', act: 'remove' }, 'Delete', 'Backspace'),
  entry('Tools', 'accept', 'Close the polygon, accept the preview', { type: 'accept' }, 'Enter'),
  entry('Tools', 'cancel', 'Give up the polygon or preview; else to the toolbar', { type: 'cancel' }, 'Escape'),
  repeating('Tool settings', 'brush.smaller', 'Smaller brush or tolerance', { type: 'brush', direction: -1 }, '['),
  repeating('Tool settings', 'brush.larger', 'Larger brush or tolerance', { type: 'brush', direction: 1 }, ']'),
  entry('Tool settings', 'mark.side', 'Marks of scribble and click lie inside or outside', { type: 'markSide' }, '\\'),
  entry('Tool settings', 'brush.solid', 'Brush in 2-D or 3-D', { type: 'toggle', setting: 'brushSolid' }, 'Shift+B'),
  entry('Tool settings', 'brush.form', 'Brush round or square', { type: 'toggle', setting: 'brushForm' }, 'Shift+S'),
  entry('Tool settings', 'brush.unit', 'Brush in mm or voxels', { type: 'toggle', setting: 'brushUnit' }, 'Shift+U'),
  entry('Tool settings', 'paint-over', 'Paint over everything, background, the label under the crosshair', { type: 'paintOver' }, 'Shift+O'),
  entry('Tool settings', 'intensity-mask', 'Write only in an intensity range', { type: 'toggle', setting: 'intensityMask' }, 'Shift+T'),
  entry('Tool settings', 'range-at-crosshair', 'Intensity range from the crosshair', { type: 'rangeAtCrosshair' }, 'Shift+C'),
  repeating('Labels', 'label.next', 'Next label of the list', { type: 'nextLabel', direction: 1 }, 'PageDown'),
  repeating('Labels', 'label.previous', 'Previous label of the list', { type: 'nextLabel', direction: -1 }, 'PageUp'),
  entry('Labels', 'label.centre', 'To the centre of the label', { type: 'labelCentre' }, 'J'),
  entry('Labels', 'label.solo', 'Show this label alone', { type: 'soloLabel' }, 'Shift+Space'),
  entry('Labels', 'label.hide', 'Hide or show this label', { type: 'hideLabel' }, 'H'),
  entry('Labels', 'label.lock', 'Lock or unlock this label', { type: 'lockLabel' }, 'Shift+L'),
  entry('Labels', 'labels', 'Hide or show all labels', { type: 'toggleLabels' }, 'Space'),
  entry('Labels', 'outline', 'Outline on or off', { type: 'toggleOutline' }, 'O'),
  entry('Labels', 'pattern', 'Outline with a pattern for each label', { type: 'toggle', setting: 'outlinePattern' }, 'Shift+P'),
  repeating('Labels', 'opacity.less', 'Labels more see-through', { type: 'opacity', direction: -1 }, '-'),
  repeating('Labels', 'opacity.more', 'Labels less see-through', { type: 'opacity', direction: 1 }, '='),
  repeating('Labels', 'undo', 'Undo', { type: 'undo' }, 'Z', 'Ctrl+Z'),
  repeating('Labels', 'redo', 'Redo', { type: 'redo' }, 'Shift+Z', 'Ctrl+Shift+Z', 'Ctrl+Y'),
  entry('Operations', 'interpolate', 'Interpolate between the labelled slices of the plane', { type: 'interpolate' }, 'I'),
  entry('Operations', 'copy.next', 'Copy the label to the next slice', { type: 'copySlice', direction: 1 }, 'Shift+D'),
  entry('Operations', 'copy.previous', 'Copy the label to the previous slice', { type: 'copySlice', direction: -1 }, 'Shift+A'),
  entry('Operations', 'propagate.next', 'Propagate the label to the next slice, adapted to the image', { type: 'propagate', direction: 1 }, 'Ctrl+G'),
  entry('Operations', 'propagate.previous', 'Propagate the label to the previous slice', { type: 'propagate', direction: -1 }, 'Ctrl+Shift+G'),
  entry('Operations', 'proposal.outline', 'Outline of the proposal on or off', { type: 'toggle', setting: 'proposalOutline' }, 'Ctrl+O'),
  entry('Operations', 'proposal.accept', 'Accept the whole proposal', { type: 'proposal', act: 'acceptAll' }),
  entry('Operations', 'proposal.accept.label', 'Accept the proposal of the active label', { type: 'proposal', act: 'acceptLabel' }),
  entry('Operations', 'proposal.reject.label', 'Reject the proposal of the active label', { type: 'proposal', act: 'rejectLabel' }),
  entry('Operations', 'proposal.piece.next', 'Next component of the proposal that the map lacks; Enter accepts it', { type: 'proposedPiece', direction: 1 }, 'Ctrl+J'),
  entry('Operations', 'proposal.piece.previous', 'Previous component of the proposal', { type: 'proposedPiece', direction: -1 }, 'Ctrl+Shift+J'),
  ...OPERATIONS.filter(({ operation }) => operation !== 'interpolate').map(({ operation, words }) =>
    entry('Operations', `operation.${operation}`, `${words}, as set in the panel`, { type: 'operation', operation }),
  ),
  repeating('Moving', 'slice.previous', 'Previous slice', { type: 'slice', direction: -1 }, 'A'),
  repeating('Moving', 'slice.next', 'Next slice', { type: 'slice', direction: 1 }, 'D'),
  repeating('Moving', 'labelled.next', 'Next slice with the label', { type: 'labelledSlice', direction: 1 }, 'Tab'),
  repeating('Moving', 'labelled.previous', 'Previous slice with the label', { type: 'labelledSlice', direction: -1 }, 'Shift+Tab'),
  entry('Moving', 'unlabelled.next', 'Next slice without the label', { type: 'unlabelledSlice', direction: 1 }, 'N'),
  entry('Moving', 'unlabelled.previous', 'Previous slice without the label', { type: 'unlabelledSlice', direction: -1 }, 'Shift+N'),
  nudge('left', 'Crosshair one voxel left', -1, 0, 'ArrowLeft'),
  nudge('right', 'Crosshair one voxel right', 1, 0, 'ArrowRight'),
  nudge('up', 'Crosshair one voxel up', 0, -1, 'ArrowUp'),
  nudge('down', 'Crosshair one voxel down', 0, 1, 'ArrowDown'),
  nudge('left.far', 'Crosshair five voxels left', -5, 0, 'Shift+ArrowLeft'),
  nudge('right.far', 'Crosshair five voxels right', 5, 0, 'Shift+ArrowRight'),
  nudge('up.far', 'Crosshair five voxels up', 0, -5, 'Shift+ArrowUp'),
  nudge('down.far', 'Crosshair five voxels down', 0, 5, 'Shift+ArrowDown'),
  entry('Moving', 'mark.next', 'To the next mark', { type: 'mark', act: 'next' }, ';'),
  entry('Moving', 'mark.previous', 'To the previous mark', { type: 'mark', act: 'previous' }, ':'),
  entry('Moving', 'pen', 'Use the tool at the crosshair: tap to click, hold and move to drag', { type: 'pen' }, 'V'),
  entry('Moving', 'pen.down', 'The same without holding: down, and up again', { type: 'penDown' }, 'Shift+V'),
  entry('Moving', 'plane', 'Keys move in the next plane', { type: 'keyPlane' }, 'K'),
  entry('View', 'rotate.back', 'Rotate the planes back', { type: 'rotateLayout', direction: -1 }, 'Q'),
  entry('View', 'rotate', 'Rotate the planes', { type: 'rotateLayout', direction: 1 }, 'R'),
  entry('View', 'layout.next', 'Next layout', { type: 'nextLayout', direction: 1 }, 'Y'),
  entry('View', 'layout.previous', 'Previous layout', { type: 'nextLayout', direction: -1 }, 'Shift+Y'),
  ...LAYOUTS.map(({ name, title }) => entry('View', `layout.${name}`, `Layout: ${title.toLowerCase()}`, { type: 'layout', layout: name })),
  repeating('Moving', 'difference.next', 'Next difference of two label maps, the largest first', { type: 'differenceStep', direction: 1 }, 'Ctrl+ArrowDown'),
  repeating('Moving', 'difference.previous', 'Previous difference of two label maps', { type: 'differenceStep', direction: -1 }, 'Ctrl+ArrowUp'),
  entry('View', 'difference', 'Hatch what differs between two label maps', { type: 'toggle', setting: 'differenceShown' }, '|'),
  entry('View', 'link', 'Link the viewports, or let each volume go its own way', { type: 'link' }, 'U'),
  repeating('View', 'frame.previous', 'Previous frame of a 4-D volume', { type: 'frame', direction: -1 }, ','),
  repeating('View', 'frame.next', 'Next frame of a 4-D volume', { type: 'frame', direction: 1 }, '.'),
  entry('View', 'overlay', 'Second volume over the first, on or off', { type: 'overlay' }, 'Shift+F'),
  entry('View', 'invert', 'Invert the colours', { type: 'invert' }, 'Shift+X'),
  entry('View', 'maximise', 'Maximise the viewport (also double click with Crosshair or Window)', { type: 'maximise' }, 'M'),
  entry('View', 'fit', 'Fit to the window', { type: 'fit' }, '0'),
  entry('View', 'window.auto', 'Window from the slice of the active viewport', { type: 'autoWindow' }, 'Shift+W'),
  entry('View', 'window.reset', "The volume's own window", { type: 'resetWindow' }, 'Shift+R'),
  entry('View', 'smooth', 'Smooth image or voxels', { type: 'toggle', setting: 'smooth' }, 'Shift+I'),
  entry('View', 'mark.ghosts', 'Marks faintly on neighbouring slices', { type: 'mark', act: 'ghosts' }, "'"),
  entry('View', 'panel.left', 'Show or hide the case panel', { type: 'toggle', setting: 'leftOpen' }, 'Shift+Q'),
  entry('View', 'panel.right', 'Show or hide the label panel', { type: 'toggle', setting: 'rightOpen' }, 'Shift+E'),
  entry('Task', 'submit', 'Submit', { type: 'submit' }, 'Ctrl+Enter'),
  entry('Task', 'comment', 'Comment at the crosshair', { type: 'comment' }, '/'),
  entry('Task', 'hotkeys', 'All hotkeys', { type: 'hotkeys' }, '?'),
];

/** What the mouse and the number keys do: listed, and not to be changed. */
export const FIXED_KEYS: readonly { readonly group: ActionGroup; readonly keys: readonly string[]; readonly text: string }[] = [
  { group: 'Labels', keys: ['1', '…', '9'], text: 'Choose a label; two digits in a row for 10 and more' },
  { group: 'Moving', keys: ['Wheel'], text: 'Scroll through slices' },
  { group: 'Moving', keys: ['Shift', 'move'], text: 'Crosshair follows the pointer' },
  { group: 'View', keys: ['Right drag'], text: 'Zoom (also Ctrl + wheel)' },
  { group: 'View', keys: ['Middle drag'], text: 'Pan (also hold Space and drag)' },
  { group: 'View', keys: ['Two fingers'], text: 'Pan and zoom on a touch screen; one finger uses the tool' },
];
