import { describe, expect, it } from 'vitest';
import { actionOf, HOTKEY_HELP, type KeyStroke } from './hotkeys';
import { TOOL_GESTURES } from './toolGestures';

const stroke = (key: string, more: Partial<KeyStroke> = {}): KeyStroke => ({
  key, code: '', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...more,
});

describe('hotkeys', () => {
  it('undoes and redoes both ways', () => {
    expect(actionOf(stroke('z'))).toEqual({ type: 'undo' });
    expect(actionOf(stroke('z', { ctrlKey: true }))).toEqual({ type: 'undo' });
    expect(actionOf(stroke('Z', { shiftKey: true }))).toEqual({ type: 'redo' });
    expect(actionOf(stroke('Z', { shiftKey: true, metaKey: true }))).toEqual({ type: 'redo' });
  });

  it('chooses labels by digit, on layouts that shift digits too', () => {
    expect(actionOf(stroke('3'))).toEqual({ type: 'label', key: 3 });
    expect(actionOf(stroke('&', { code: 'Digit1' }))).toEqual({ type: 'label', key: 1 });
  });

  it('leaves the browser its own', () => {
    expect(actionOf(stroke('r', { ctrlKey: true }))).toBeNull();
    expect(actionOf(stroke('w', { ctrlKey: true }))).toBeNull();
    expect(actionOf(stroke('F5'))).toBeNull();
    expect(actionOf(stroke('b', { altKey: true }))).toBeNull();
  });

  it('reaches every tool by one letter, and lists it', () => {
    const letters = { crosshair: 'x', window: 'w', brush: 'b', eraser: 'e', pencil: 'p', threshold: 't', fill: 'f', lasso: 'l', scissors: 's', grow: 'g', island: 'c' };
    for (const tool of Object.keys(TOOL_GESTURES) as (keyof typeof letters)[]) {
      expect(actionOf(stroke(letters[tool]))).toEqual({ type: 'tool', tool });
      expect(HOTKEY_HELP.some(({ keys }) => keys[0] === letters[tool].toUpperCase())).toBe(true);
    }
  });

  it('edits between slices', () => {
    expect(actionOf(stroke('i'))).toEqual({ type: 'interpolate' });
    expect(actionOf(stroke('D', { shiftKey: true }))).toEqual({ type: 'copySlice', direction: 1 });
    expect(actionOf(stroke('d'))).toEqual({ type: 'slice', direction: 1 });
    expect(actionOf(stroke('N', { shiftKey: true }))).toEqual({ type: 'unlabelledSlice', direction: -1 });
    expect(actionOf(stroke('Enter'))).toEqual({ type: 'accept' });
    expect(actionOf(stroke('Escape'))).toEqual({ type: 'cancel' });
  });

  it('submits and asks', () => {
    expect(actionOf(stroke('Enter', { ctrlKey: true }))).toEqual({ type: 'submit' });
    expect(actionOf(stroke('?', { shiftKey: true, code: 'Slash' }))).toEqual({ type: 'hotkeys' });
    expect(actionOf(stroke('Tab', { shiftKey: true }))).toEqual({ type: 'labelledSlice', direction: -1 });
  });
});
