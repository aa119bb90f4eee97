import { describe, expect, it } from 'vitest';
import type { CanvasPoint } from '../geometry/sliceView';
import { runOperation } from '../operations/operationRequest';
import { volumeOf } from '../operations/testVolumes';
import { LabelSession } from '../state/labelSession';
import { createViewerStore, type ToolName, type ViewerState } from '../state/viewerStore';
import { acceptGrow, followGrow } from './growGesture';
import { TOOL_GESTURES } from './toolGestures';
import type { PlaneSurface, ToolContext } from './toolContext';

/** A 12 x 10 x 4 scan whose axial slice 1 is on screen, 10 pixels a voxel; the image grows along i. */
function scene(settings: Partial<ViewerState>) {
  const volume = volumeOf([12, 10, 4], [1, 1, 2], new Uint8Array(480));
  const session = new LabelSession(volume.shape, volume.labels);
  const store = createViewerStore({ activeLabel: 2, ...settings });
  const plane = volume.planes.axial;
  const context: ToolContext = {
    store, session, spacingMm: volume.spacingMm, image: Array.from(volume.labels, (_, n) => n % 12),
    marks: null, interactive: null, markVolume: null, moveCursor: () => {}, setView: () => {}, window: { lower: 0, upper: 1 }, setWindow: () => {},
    live: { run: (labels, image, request) => Promise.resolve(runOperation(labels, request, () => {}, image)) },
  };
  const surface: PlaneSurface = {
    plane, slice: 1, size: { width: 120, height: 100 }, view: { centre: { x: 5.5, y: 4.5 }, mmPerPixel: 0.1 },
    toPlane: ({ x, y }) => ({ x: x / 10, y: y / 10 }),
  };
  const drag = (tool: ToolName, ...points: readonly (readonly [number, number])[]): void => {
    store.setState({ tool });
    const [first, ...rest] = points.map(([x, y]): CanvasPoint => ({ x: 10 * x, y: 10 * y }));
    const gesture = TOOL_GESTURES[tool](context, surface, first as CanvasPoint);
    for (const point of rest) gesture?.move([point]);
    gesture?.end();
  };
  return { session, store, context, drag };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const namesOf = (steps: readonly { readonly name: string }[]): string[] => steps.map(({ name }) => name);

describe('editing gestures', () => {
  it('a lasso is one step, named, that undo takes back', () => {
    const { session, drag, store } = scene({});
    drag('lasso', [1.5, 1.5], [6.5, 1.5], [6.5, 4.5], [1.5, 4.5]);
    expect(session.count(2)).toBe(5 * 3);
    expect(namesOf(session.steps)).toEqual(['Lasso fill inside, label 2']);
    expect(store.getState().sketch).toBeNull();
    session.undo();
    expect(session.count(2)).toBe(0);
    expect(namesOf(session.undoneSteps)).toEqual(['Lasso fill inside, label 2']);
  });

  it('clicks set corners; a click on the first one closes them', () => {
    const { session, drag, store } = scene({});
    drag('lasso', [1.5, 1.5]);
    drag('lasso', [6.5, 1.5]);
    drag('lasso', [6.5, 4.5]);
    expect(session.count(2)).toBe(0);
    expect(store.getState().sketch).toMatchObject({ open: true, points: { length: 3 } });
    drag('lasso', [1.6, 1.6]);
    expect(session.count(2)).toBeGreaterThan(4);
    expect(store.getState().sketch).toBeNull();
  });

  it('scissors cut a box through all slices, and a slip of the hand cuts nothing', () => {
    const { session, drag } = scene({ cutAct: 'fill', cutDepth: 'all' });
    drag('scissors', [2, 2], [4, 3]);
    expect(session.count(2)).toBe(3 * 2 * 4);
    drag('scissors', [8, 8], [8.1, 8.1]);
    expect(session.steps.length).toBe(1);
  });

  it('Escape in the middle of a drag leaves nothing', () => {
    const { session, store, context } = scene({ tool: 'lasso' });
    const gesture = TOOL_GESTURES.lasso(context, { ...surfaceOf(context) }, { x: 10, y: 10 });
    gesture?.move([{ x: 60, y: 10 }, { x: 60, y: 60 }]);
    store.setState({ sketch: null });
    gesture?.move([{ x: 10, y: 60 }]);
    gesture?.end();
    expect(namesOf(session.steps)).toEqual([]);
  });

  it('fill says that it ran to the border, and spares locked labels', () => {
    const { session, store, drag } = scene({});
    session.setLocked(2, true);
    drag('fill', [3, 3]);
    expect(namesOf(session.steps)).toEqual([]);
    expect(store.getState().notice?.text).toContain('locked');
    session.setLocked(2, false);
    drag('fill', [3, 3]);
    expect(session.count(2)).toBe(120);
    expect(store.getState().notice?.text).toContain('border');
  });

  it('growing previews, follows the tolerance, and writes on accept', async () => {
    const { session, store, context, drag } = scene({ growTolerance: 1, growReachMm: 50 });
    const stop = followGrow(context);
    drag('grow', [5, 5]);
    await settled();
    expect(store.getState().preview?.indices.length).toBe(3 * 10);
    expect(session.count(2)).toBe(0);
    store.setState({ growTolerance: 2 });
    await settled();
    expect(store.getState().preview?.indices.length).toBe(5 * 10);
    store.setState({ growSolid: true });
    await settled();
    expect(store.getState().preview?.indices.length).toBe(5 * 10 * 4);
    await acceptGrow(context);
    expect(session.count(2)).toBe(200);
    expect(store.getState().preview).toBeNull();
    stop();
  });

  it('what a growing preview shows is written at once, and worked out anew where labels changed under it', async () => {
    const { session, store, context, drag } = scene({ growTolerance: 1, growReachMm: 50, paintOver: 'background' });
    const stop = followGrow(context);
    drag('grow', [5, 5]);
    await settled();
    void acceptGrow(context);
    expect(session.count(2)).toBe(3 * 10);
    session.undo();
    drag('grow', [5, 5]);
    await settled();
    store.setState({ activeLabel: 3, paintOver: 'everything' });
    session.apply({ indices: Uint32Array.of(125), values: Uint16Array.of(4) }, 'A voxel beside');
    store.setState({ activeLabel: 2, paintOver: 'background' });
    await acceptGrow(context);
    await settled();
    expect([session.count(2), session.count(4)]).toEqual([3 * 10 - 1, 1]);
    stop();
  });

  it('a click relabels a component, a locked one stays', () => {
    const { session, store, drag } = scene({ cutAct: 'fill' });
    drag('scissors', [2, 2], [4, 3]);
    store.setState({ activeLabel: 3 });
    drag('island', [3, 3]);
    expect([session.count(2), session.count(3)]).toEqual([0, 6]);
    session.setLocked(3, true);
    store.setState({ islandAct: 'remove' });
    drag('island', [3, 3]);
    expect(session.count(3)).toBe(6);
    expect(store.getState().notice?.text).toContain('Label 3 is locked');
  });

  it('a click accepts the proposed component under it as one step, and says where nothing was proposed', () => {
    const proposal = new Uint8Array(480);
    for (const [i, j] of [[2, 2], [3, 2], [8, 7]] as const) proposal[i + 12 * (j + 10 * 1)] = 3;
    const { session, store, drag } = scene({ proposal, islandAct: 'accept' });
    drag('island', [3, 2]);
    expect(session.count(3)).toBe(2);
    expect(namesOf(session.steps)).toEqual(['Accept a proposed component, label 3']);
    drag('island', [6, 6]);
    expect(store.getState().notice?.text).toContain('Nothing was proposed here');
    session.undo();
    expect(session.count(3)).toBe(0);
    session.setLocked(3, true);
    drag('island', [8, 7]);
    expect(session.count(3)).toBe(0);
  });

  it('the threshold brush paints its range alone', () => {
    const { session, drag } = scene({ brushRange: { lower: 4, upper: 6 }, brushMm: 40 });
    drag('threshold', [5, 5]);
    expect(session.count(2)).toBe(3 * 10);
  });

  it('the intensity mask holds for brush, scissors and lasso alike', () => {
    const { session, drag } = scene({ intensityMask: true, brushRange: { lower: 3, upper: 4 }, cutAct: 'fill' });
    drag('scissors', [0, 0], [11, 9]);
    expect(session.count(2)).toBe(2 * 10);
    session.undo();
    drag('lasso', [0.5, 0.5], [9.5, 0.5], [9.5, 3.5], [0.5, 3.5]);
    expect(session.count(2)).toBe(2 * 3);
    session.undo();
    drag('pencil', [0, 5], [11, 5]);
    expect(session.count(2)).toBe(2);
  });

  it('a pen pressed harder paints wider, a mouse and the pencil always the same', () => {
    const width = (tool: ToolName, pressure: number | undefined, penPressure = true): number => {
      const { session, context, store } = scene({ brushMm: 4, penPressure });
      store.setState({ tool });
      TOOL_GESTURES[tool](context, surfaceOf(context), { x: 50, y: 50, pressure })?.end();
      return session.count(2);
    };
    expect(width('brush', 0.5)).toBe(width('brush', undefined));
    expect(width('brush', 0.1)).toBeLessThan(width('brush', 0.5));
    expect(width('brush', 1)).toBeGreaterThan(width('brush', 0.5));
    expect(width('brush', 1, false)).toBe(width('brush', undefined));
    expect(width('pencil', 1)).toBe(1);
  });
});

function surfaceOf({ spacingMm }: ToolContext): PlaneSurface {
  const volume = volumeOf([12, 10, 4], spacingMm ?? [1, 1, 1], new Uint8Array(480));
  return {
    plane: volume.planes.axial, slice: 1, size: { width: 120, height: 100 }, view: { centre: { x: 5.5, y: 4.5 }, mmPerPixel: 0.1 },
    toPlane: ({ x, y }) => ({ x: x / 10, y: y / 10 }),
  };
}
