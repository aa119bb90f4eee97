import { describe, expect, it } from 'vitest';
import { volumeOf } from '../operations/testVolumes';
import { createInteractiveStore, marksOf, methodOf, type HintStroke, type InteractiveBoard } from '../state/interactive';
import { LabelSession } from '../state/labelSession';
import { createViewerStore, type ToolName } from '../state/viewerStore';
import { startHint } from './interactiveGesture';
import type { PlaneSurface, PointerPoint, ToolContext } from './toolContext';

/** A 12 x 10 x 4 scan whose axial slice 1 is on screen, 10 pixels a voxel. */
function scene(tool: ToolName, width = 1) {
  const volume = volumeOf([12, 10, 4], [1, 1, 2], new Uint8Array(480));
  const session = new LabelSession(volume.shape, volume.labels);
  const board: InteractiveBoard & { strokes: HintStroke[]; last: HintStroke | null } = {
    store: createInteractiveStore(),
    strokes: [],
    last: null,
    draw: (stroke) => (board.last = stroke),
    end: () => board.last && board.strokes.push(board.last),
  };
  board.store.setState({ width });
  const context: ToolContext = {
    store: createViewerStore({ activeLabel: 2, tool }), session, spacingMm: volume.spacingMm, image: new Uint8Array(480),
    marks: null, markVolume: null, interactive: board, moveCursor: () => {}, setView: () => {}, window: { lower: 0, upper: 1 }, setWindow: () => {},
    live: { run: () => Promise.resolve(null) },
  };
  const surface: PlaneSurface = {
    plane: volume.planes.axial, slice: 1, size: { width: 120, height: 100 }, view: { centre: { x: 5.5, y: 4.5 }, mmPerPixel: 0.1 },
    toPlane: ({ x, y }) => ({ x: x / 10, y: y / 10 }),
  };
  const drag = (...points: readonly PointerPoint[]): void => {
    const [first, ...rest] = points;
    const gesture = first && startHint(context, surface, first);
    gesture?.move(rest);
    gesture?.end();
  };
  return { board, session, drag };
}

const along = (x: number, y: number, other = false): PointerPoint => ({ x: 10 * x, y: 10 * y, other });

describe('marks of the interactive tools', () => {
  it('a scribble is the voxels under its line, in ascending order, and changes no label', () => {
    const { board, session, drag } = scene('scribble');
    drag(along(2, 3), along(5, 3));
    const [stroke] = board.strokes;
    expect(stroke?.indices.length).toBe(4);
    expect([...(stroke?.indices ?? [])]).toEqual([...(stroke?.indices ?? [])].sort((a, b) => a - b));
    expect(stroke).toMatchObject({ side: 'inside', slice: 1 });
    expect(session.canUndo).toBe(false);
  });

  it('with Ctrl or Alt a mark takes the other side, whichever is chosen', () => {
    const { board, drag } = scene('scribble');
    drag(along(2, 3, true), along(3, 3));
    board.store.setState({ side: 'outside' });
    drag(along(2, 5, true), along(3, 5));
    drag(along(2, 6), along(3, 6));
    expect(board.strokes.map(({ side }) => side)).toEqual(['outside', 'inside', 'outside']);
  });

  it('a click is one voxel, wherever the pointer goes before it is let go', () => {
    const { board, drag } = scene('click', 5);
    drag(along(4, 4), along(9, 9));
    expect(board.strokes[0]?.indices.length).toBe(1);
  });

  it('a wide scribble covers more; a locked label takes none', () => {
    const { board, session, drag } = scene('scribble', 3);
    drag(along(4, 4), along(8, 4));
    expect(board.strokes[0]?.indices.length).toBeGreaterThan(10);
    session.setLocked(2, true);
    drag(along(4, 4), along(8, 4));
    expect(board.strokes.length).toBe(1);
  });

  it('where marks lie on each other the later one counts', () => {
    const { board, drag } = scene('scribble');
    drag(along(2, 3), along(6, 3));
    drag(along(4, 3, true));
    const { inside, outside } = marksOf(board.strokes);
    expect([inside.length, outside.length]).toEqual([4, 1]);
    expect([...inside].includes(outside[0] as number)).toBe(false);
  });

  it('each tool has the method that takes its marks; none while the engine is away', () => {
    const methods = [{ name: 'graph-cut', title: 'Graph cut', takes: 'scribbles', model_version: '' }] as const;
    expect(methodOf({ methods }, 'scribble')?.name).toBe('graph-cut');
    expect(methodOf({ methods }, 'click')).toBeNull();
    expect(methodOf({ methods }, 'brush')).toBeNull();
    expect(methodOf({ methods: [] }, 'scribble')).toBeNull();
  });
});
