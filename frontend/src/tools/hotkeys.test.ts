import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  actionOf, chordOf, digitOf, keysInWords, keysOf, ownerOf, parseHotkeys, partsOf, refusalOf, withKey, withoutChoice,
  type HotkeyChoices, type KeyStroke,
} from './hotkeys';
import type { ToolName } from '../state/viewerStore';
import { isInteractiveTool } from '../state/interactive';
import { isMarkTool } from './markGestures';
import { TOOL_GESTURES } from './toolGestures';
import { ACTIONS, type ActionEntry } from './viewerActions';

const stroke = (key: string, more: Partial<KeyStroke> = {}): KeyStroke => ({
  key, code: '', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more,
});
const actionFor = (key: string, more: Partial<KeyStroke> = {}) => actionOf(stroke(key, more))?.action ?? null;
const entryOf = (id: string): ActionEntry => ACTIONS.find((entry) => entry.id === id) as ActionEntry;

describe('default hotkeys', () => {
  it('undoes and redoes both ways', () => {
    expect(actionFor('z')).toEqual({ type: 'undo' });
    expect(actionFor('z', { ctrlKey: true })).toEqual({ type: 'undo' });
    expect(actionFor('Z', { shiftKey: true })).toEqual({ type: 'redo' });
    expect(actionFor('Z', { shiftKey: true, metaKey: true })).toEqual({ type: 'redo' });
    expect(actionFor('y', { ctrlKey: true })).toEqual({ type: 'redo' });
  });

  it('knows digits, on layouts that shift them too', () => {
    expect(digitOf(stroke('3'))).toBe(3);
    expect(digitOf(stroke('&', { code: 'Digit1' }))).toBe(1);
    expect(digitOf(stroke('?', { code: 'Digit0', shiftKey: true }))).toBeNull();
    expect(digitOf(stroke('3', { ctrlKey: true }))).toBeNull();
  });

  it('leaves the browser its own', () => {
    expect(actionFor('r', { ctrlKey: true })).toBeNull();
    expect(actionFor('w', { ctrlKey: true })).toBeNull();
    expect(actionFor('F5')).toBeNull();
    expect(actionFor('b', { altKey: true })).toBeNull();
    expect(actionFor('Shift', { shiftKey: true })).toBeNull();
  });

  it('reaches every tool by one letter, marks with shift, those that ask the server with Ctrl', () => {
    const withKey = (tool: ToolName): RegExp => (isMarkTool(tool) ? /^Shift\+[A-Z]$/ : isInteractiveTool(tool) ? /^Ctrl\+[A-Z]$/ : /^[A-Z]$/);
    for (const tool of Object.keys(TOOL_GESTURES) as ToolName[]) expect(keysOf(entryOf(`tool.${tool}`), {}).join()).toMatch(withKey(tool));
  });

  it('edits between slices, submits, moves and asks', () => {
    expect(actionFor('i')).toEqual({ type: 'interpolate' });
    expect(actionFor('D', { shiftKey: true })).toEqual({ type: 'copySlice', direction: 1 });
    expect(actionFor('N', { shiftKey: true })).toEqual({ type: 'unlabelledSlice', direction: -1 });
    expect(actionFor('Enter', { ctrlKey: true })).toEqual({ type: 'submit' });
    expect(actionFor('?', { shiftKey: true, code: 'Slash' })).toEqual({ type: 'hotkeys' });
    expect(actionFor('Tab', { shiftKey: true })).toEqual({ type: 'labelledSlice', direction: -1 });
    expect(actionFor(' ', { shiftKey: true })).toEqual({ type: 'soloLabel' });
    expect(actionFor('ArrowUp')).toEqual({ type: 'nudge', right: 0, down: -1 });
  });

  it('gives every action an id of its own, and no key to two', () => {
    const ids = ACTIONS.map(({ id }) => id);
    const keys = ACTIONS.flatMap((entry) => entry.keys);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => refusalOf(key) !== null)).toEqual([]);
  });
});

describe('chosen hotkeys', () => {
  const entry = fc.constantFrom(...ACTIONS);
  const chord = fc.constantFrom('B', 'E', 'Shift+Z', 'Ctrl+Enter', 'Y', 'Ctrl+B', '+', 'Shift+F', ';', 'Space');

  it('take the key from the action that had it, and never give one key to two', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(entry, chord, fc.boolean()), { maxLength: 12 }), (changes) => {
        let choices: HotkeyChoices = {};
        for (const [changed, key, reset] of changes) {
          choices = reset ? withoutChoice(choices, changed) : withKey(choices, changed, key);
          if (!reset) expect(ownerOf(key, choices)?.id).toBe(changed.id);
        }
        const keys = ACTIONS.flatMap((each) => keysOf(each, choices));
        expect(new Set(keys).size).toBe(keys.length);
        expect(parseHotkeys(JSON.stringify(choices))).toEqual(choices);
      }),
    );
  });

  it('are found by the stroke, and said in the tooltip', () => {
    const choices = withKey({}, entryOf('tool.brush'), 'Shift+F');
    expect(actionOf(stroke('F', { shiftKey: true }), choices)?.id).toBe('tool.brush');
    expect(actionOf(stroke('b'), choices)).toBeNull();
    expect(keysInWords('tool.brush', choices)).toBe('Shift+F');
    expect(keysInWords('nudge.left', {})).toBe('←');
  });

  it('read a plus sign as a key', () => {
    expect(chordOf(stroke('+', { shiftKey: true, ctrlKey: true }))).toBe('Ctrl++');
    expect(partsOf('Ctrl++')).toEqual(['Ctrl', '+']);
    expect(partsOf('+')).toEqual(['+']);
  });

  it('forget what is no list of keys of an action', () => {
    expect(parseHotkeys('{"tool.brush":["Y"],"tool.nothing":["B"],"undo":"Z","redo":[1]}')).toEqual({ 'tool.brush': ['Y'] });
    expect(parseHotkeys('[broken')).toEqual({});
    expect(parseHotkeys(null)).toEqual({});
  });

  it('are refused where the browser or the labels need the key', () => {
    expect(refusalOf('3')).toMatch(/choose labels/);
    expect(refusalOf('Ctrl+W')).toMatch(/browser/);
    expect(refusalOf('Shift+W')).toBeNull();
  });
});
