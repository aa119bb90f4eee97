import type { CanvasPoint } from '../geometry/sliceView';
import { zoomAbout } from '../geometry/sliceView';
import { finishLasso } from './lassoGesture';
import { isMarkTool } from './markGestures';
import type { Gesture, PlaneSurface, PointerPoint, StartGesture, ToolContext } from './toolContext';
import { isEditTool, TOOL_GESTURES } from './toolGestures';
import { startCrosshair, startPan, startZoom } from './viewGestures';

export interface PointerHost {
  readonly element: HTMLElement;
  readonly context: ToolContext;
  /** Null while no volume is shown. */
  surface(): PlaneSurface | null;
  onHover(point: CanvasPoint | null): void;
  onStep(slices: number): void;
  onMaximise(): void;
}

const WHEEL_PIXELS_PER_SLICE = 60;

/** Only a pen says how hard it is pressed; a mouse reports one half at all times. */
function pressureOf(event: MouseEvent): number | undefined {
  return event instanceof PointerEvent && event.pointerType === 'pen' && event.pressure > 0 ? event.pressure : undefined;
}

/** Which gesture a press begins: the buttons every viewer has in common, then the chosen tool. */
export function gestureFor(event: Pick<PointerEvent, 'button' | 'shiftKey'>, context: ToolContext): StartGesture | null {
  if (event.button === 1) return startPan;
  if (event.button === 2) return startZoom;
  if (event.button !== 0) return null;
  const { tool, panning } = context.store.getState();
  if (panning) return startPan;
  // Where nothing may be painted (another volume, a read-only map) an editing tool moves the crosshair.
  if (event.shiftKey || (isEditTool(tool) && !context.session) || (isMarkTool(tool) && !context.marks)) return startCrosshair;
  return TOOL_GESTURES[tool];
}

/** Turns mouse, pen and wheel on a viewport into gestures. Returns the disposer. */
export function listenToPointer(host: PointerHost): () => void {
  const { element, context } = host;
  const abort = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (event: HTMLElementEventMap[K]) => void,
    options: AddEventListenerOptions = {},
  ): void => element.addEventListener(type, listener, { ...options, signal: abort.signal });
  const pointOf = (event: MouseEvent): PointerPoint => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top, pressure: pressureOf(event) };
  };
  let gesture: Gesture | null = null;
  let pointer = -1;

  const finish = (): void => {
    gesture?.end();
    gesture = null;
    pointer = -1;
  };

  on('pointerdown', (event) => {
    const surface = host.surface();
    if (gesture || !surface) return;
    const start = gestureFor(event, context);
    gesture = start?.(context, surface, pointOf(event)) ?? null;
    if (!gesture) return;
    pointer = event.pointerId;
    element.setPointerCapture(event.pointerId);
    host.onHover(pointOf(event));
    if (event.button === 1) event.preventDefault();
  });
  on('pointermove', (event) => {
    const at = pointOf(event);
    if (gesture && event.pointerId === pointer) {
      const coalesced = event.getCoalescedEvents().map(pointOf);
      gesture.move(coalesced.length > 0 ? coalesced : [at]);
    } else if (!gesture && event.shiftKey && event.buttons === 0) {
      const surface = host.surface();
      if (surface) startCrosshair(context, surface, at)?.end();
    }
    host.onHover(at);
  });
  on('pointerup', (event) => {
    if (event.pointerId === pointer) finish();
  });
  on('pointercancel', finish);
  on('lostpointercapture', finish);
  on('pointerleave', () => {
    if (!gesture) host.onHover(null);
  });
  on('contextmenu', (event) => event.preventDefault());
  on('dblclick', () => {
    const { tool, sketch } = context.store.getState();
    if (isMarkTool(tool)) return;
    if (!isEditTool(tool)) host.onMaximise();
    else if (sketch?.kind === 'path' && sketch.open) finishLasso(context);
  });

  let wheelRest = 0;
  on(
    'wheel',
    (event) => {
      event.preventDefault();
      const surface = host.surface();
      if (!surface || gesture) return;
      if (event.ctrlKey || event.metaKey) {
        const factor = Math.exp(-event.deltaY / 300);
        context.setView(surface.plane.name, zoomAbout(surface.plane, surface.view, surface.size, pointOf(event), factor));
        return;
      }
      // A mouse wheel's notch is one slice; a touchpad's many small deltas add up to one.
      const delta = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 100;
      if (Math.abs(delta) >= 100) wheelRest = Math.sign(delta) * WHEEL_PIXELS_PER_SLICE;
      else wheelRest += delta;
      const steps = Math.trunc(wheelRest / WHEEL_PIXELS_PER_SLICE);
      wheelRest -= steps * WHEEL_PIXELS_PER_SLICE;
      if (steps !== 0) host.onStep(steps);
    },
    { passive: false },
  );

  return () => {
    abort.abort();
    finish();
  };
}
