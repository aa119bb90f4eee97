import type { Letter } from '../geometry/orientation';
import type { SceneCamera } from './sceneCamera';

/** A press that moves less than this picks. */
const STILL_PIXELS = 4;

/** Mouse, pen and trackpad: drag turns; with Shift or another button it pans; the wheel zooms; a press picks. Returns the disposer. */
export function followPointer(canvas: HTMLCanvasElement, controller: SceneCamera): () => void {
  let drag: { readonly id: number; readonly pan: boolean; x: number; y: number; moved: number } | null = null;
  const down = (event: PointerEvent): void => {
    if (drag) return;
    drag = { id: event.pointerId, pan: event.button !== 0 || event.shiftKey, x: event.clientX, y: event.clientY, moved: 0 };
    canvas.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    if (drag?.id !== event.pointerId) return;
    const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
    drag.moved += Math.hypot(x, y);
    Object.assign(drag, { x: event.clientX, y: event.clientY });
    if (drag.pan) controller.pan(x, y);
    else controller.turn(x, y);
  };
  const up = (event: PointerEvent): void => {
    if (drag?.id !== event.pointerId) return;
    const still = drag.moved < STILL_PIXELS && !drag.pan;
    drag = null;
    if (!still || event.type === 'pointercancel') return;
    const box = canvas.getBoundingClientRect();
    controller.pick(event.clientX - box.left, event.clientY - box.top);
  };
  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    // A pinch on a trackpad comes as a wheel with Ctrl and small steps.
    controller.zoom(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0015)));
  };
  const menu = (event: Event): void => event.preventDefault();
  const listeners = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, wheel, contextmenu: menu } as Record<string, EventListener | ((event: never) => void)>;
  for (const [name, listener] of Object.entries(listeners)) canvas.addEventListener(name, listener as EventListener, { passive: false });
  return () => {
    for (const [name, listener] of Object.entries(listeners)) canvas.removeEventListener(name, listener as EventListener);
  };
}

const LETTERS = new Set(['A', 'P', 'L', 'R', 'S', 'I']);
const TURN_PIXELS = 12;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Keys while the scene has the focus; true where the key was one of its own. */
export function pressKey(event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>, controller: SceneCamera): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const arrow = ARROWS[event.key];
  const letter = event.key.toUpperCase();
  if (arrow) (event.shiftKey ? controller.pan : controller.turn).call(controller, arrow[0] * TURN_PIXELS, arrow[1] * TURN_PIXELS);
  else if (event.key === '+' || event.key === '=') controller.zoom(1.15);
  else if (event.key === '-') controller.zoom(1 / 1.15);
  else if (event.key === 'Home') controller.reset();
  else if (letter === 'C') controller.centre();
  else if (LETTERS.has(letter)) controller.lookFrom(letter as Letter);
  else return false;
  return true;
}
