import type { CanvasPoint } from '../geometry/sliceView';
import { zoomAbout } from '../geometry/sliceView';
import { finishLasso } from './lassoGesture';
import { isMarkTool } from './markGestures';
import type { Gesture, PlaneSurface, PointerPoint, StartGesture, ToolContext } from './toolContext';
import { isEditTool, TOOL_GESTURES } from './toolGestures';
import { FINGER_SLOP_PX, movedApart, pinched, type TwoFingers } from './touch';
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

/**
 * Turns mouse, pen, fingers and wheel on a viewport into gestures. One finger uses the tool, two pan and zoom: a finger
 * begins to draw when it moves or is lifted, so that the first of two leaves no mark. Returns the disposer.
 */
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
    return { x: event.clientX - box.left, y: event.clientY - box.top, pressure: pressureOf(event), other: event.ctrlKey || event.altKey || event.metaKey };
  };
  let gesture: Gesture | null = null;
  let pointer = -1;
  /** Fingers on the viewport, in the order they came. */
  const fingers = new Map<number, PointerPoint>();
  let resting: { readonly event: PointerEvent; readonly at: PointerPoint } | null = null;
  let pinch: { readonly surface: PlaneSurface; readonly from: TwoFingers } | null = null;

  const finish = (): void => {
    gesture?.end();
    gesture = null;
    pointer = -1;
  };
  const begin = (event: PointerEvent, at: PointerPoint): void => {
    const surface = host.surface();
    if (gesture || !surface) return;
    gesture = gestureFor(event, context)?.(context, surface, at) ?? null;
    if (gesture) pointer = event.pointerId;
  };
  const beginResting = (): void => {
    if (resting) begin(resting.event, resting.at);
    resting = null;
  };
  const twoFingers = (): TwoFingers | null => {
    const [first, second] = [...fingers.values()];
    return first && second ? [first, second] : null;
  };

  const touchDown = (event: PointerEvent): void => {
    fingers.set(event.pointerId, pointOf(event));
    element.setPointerCapture(event.pointerId);
    const surface = host.surface();
    const both = twoFingers();
    // A finger that draws already goes on alone: a hand that comes down beside it is no gesture.
    if (both && surface && !gesture) {
      resting = null;
      pinch = { surface, from: both };
      host.onHover(null);
    } else if (fingers.size === 1) {
      resting = { event, at: pointOf(event) };
    }
  };
  const touchMove = (event: PointerEvent): boolean => {
    if (!fingers.has(event.pointerId)) return false;
    fingers.set(event.pointerId, pointOf(event));
    const both = twoFingers();
    if (pinch && both) {
      const { surface, from } = pinch;
      context.setView(surface.plane.name, pinched(surface, from, both));
    }
    if (resting && movedApart(resting.at, pointOf(event)) > FINGER_SLOP_PX) beginResting();
    return gesture === null;
  };
  const touchUp = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId)) return;
    // A tap is a click where the finger came down; what is left of two fingers is no drawing.
    if (resting?.event.pointerId === event.pointerId) beginResting();
    if (pinch && fingers.size < 2) pinch = null;
  };
  const leave = (event: PointerEvent): void => {
    if (fingers.delete(event.pointerId)) {
      resting = null;
      pinch = null;
    }
    if (event.pointerId === pointer) finish();
  };

  on('pointerdown', (event) => {
    if (event.pointerType === 'touch') {
      touchDown(event);
      return;
    }
    begin(event, pointOf(event));
    if (!gesture) return;
    element.setPointerCapture(event.pointerId);
    host.onHover(pointOf(event));
    if (event.button === 1) event.preventDefault();
  });
  on('pointermove', (event) => {
    if (touchMove(event)) return;
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
    touchUp(event);
    if (event.pointerId === pointer) finish();
  });
  on('pointercancel', leave);
  on('lostpointercapture', leave);
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
