import { describe, expect, it } from 'vitest';
import { colourStops, colourTable } from './colourMaps';
import { defaultDisplay, fromKept, isQuantity, symmetric, toKept, windowOfRole, windowPresets, type RoleDisplay } from './display';
import { cellsOf, LAYOUT_GRIDS, LAYOUTS, offeredLayouts, type LayoutChoice } from './layouts';
import type { Task, VersionId, VolumeId } from './task';
import { parseStudyMemory, parseTaskMemory, recallStudy, rememberStudy, rememberTask } from './viewerMemory';
import { createViewerStore } from './viewerStore';
import { rasMm } from '../geometry/frames';

const [t2, fa, qsm] = ['t2', 'fa', 'qsm'].map((name) => name as VolumeId) as [VolumeId, VolumeId, VolumeId];
const choice = (more: Partial<LayoutChoice>): LayoutChoice => ({
  layout: 'mpr',
  mainPlane: 'axial',
  current: t2,
  volumes: [t2, fa, qsm],
  cellVolumes: {},
  compared: null,
  hung: [],
  ...more,
});
const summary = (given: Partial<LayoutChoice>): string[] =>
  cellsOf(choice(given)).map((cell) => (cell.kind === 'scene' ? `${cell.id} scene` : `${cell.id} ${cell.plane} ${cell.volume}${cell.labels ?? ''}`));

describe('layouts', () => {
  it('fill their cells', () => {
    expect(summary({ layout: 'single', mainPlane: 'coronal' })).toEqual(['a coronal t2']);
    expect(summary({ layout: 'mpr', mainPlane: 'sagittal' })).toEqual(['a sagittal t2', 'b axial t2', 'c coronal t2']);
    expect(summary({ layout: 'mpr3d' })).toEqual(['a axial t2', 'b sagittal t2', 'c coronal t2', 'd scene']);
    expect(summary({ layout: 'pair' })).toEqual(['a axial t2', 'b axial fa']);
    expect(summary({ layout: 'pair', volumes: [t2] })).toEqual(['a axial t2', 'b sagittal t2']);
    expect(summary({ layout: 'compare', compared: 'v1' as VersionId })).toEqual(['a axial t2', 'b axial t2v1']);
  });

  it('keep the volumes that were put into cells, and forget those of another case', () => {
    expect(summary({ layout: 'pair', cellVolumes: { a: fa, b: qsm } })).toEqual(['a axial fa', 'b axial qsm']);
    expect(summary({ layout: 'pair', cellVolumes: { b: 'elsewhere' as VolumeId } })).toEqual(['a axial t2', 'b axial fa']);
  });

  it('have a place on the grid for each cell', () => {
    for (const { name, cells } of LAYOUTS) {
      expect(cellsOf(choice({ layout: name }))).toHaveLength(cells);
      for (const { id } of cellsOf(choice({ layout: name }))) expect(LAYOUT_GRIDS[name]).toMatch(new RegExp(`['\\s]${id}['\\s]`));
    }
  });

  it('are offered where they can be filled', () => {
    expect(offeredLayouts({ scene: false, compare: false })).toEqual(['single', 'pair', 'mpr']);
    expect(offeredLayouts({ scene: true, compare: true })).toEqual(['single', 'pair', 'mpr', 'mpr3d', 'compare']);
  });
});

describe('displays', () => {
  const described = (lower: number, upper: number) => ({ window: { lower, upper }, range: { lower: lower * 2, upper: upper * 2 } });
  const role = (more: Partial<RoleDisplay>): RoleDisplay => ({
    name: 'T2w', required: true, labelled: true, frames: 'one', derived: '', unit: '', signed: false, symmetric: false,
    colour_map: 'grey', window_percentiles: [1, 99], windows: [], ...more,
  });
  const fa = role({ name: 'FA', derived: 'FA', colour_map: 'viridis', windows: [{ name: 'FA', lower: 0, upper: 1, of: 'value' }] });
  const qsm = role({ name: 'QSM', unit: 'ppm', signed: true, symmetric: true });

  it('start with what the protocol asks for', () => {
    expect(defaultDisplay(described(10, 400))).toEqual({ window: { lower: 10, upper: 400 }, colours: 'grey', invert: false });
    expect(defaultDisplay(described(0.1, 0.9), fa)).toEqual({ window: { lower: 0, upper: 1 }, colours: 'viridis', invert: false });
    expect(defaultDisplay(described(-0.05, 0.12), qsm).window).toEqual({ lower: -0.12, upper: 0.12 });
    expect(windowPresets(described(-0.05, 0.12), qsm).map(({ window }) => window.lower + window.upper)).toEqual([0, 0]);
    expect(windowPresets(described(0.1, 0.9), fa).map(({ name }) => name)).toEqual(['Default', "Volume's own", 'Full range']);
  });

  it('carry a scan window by its own window and a quantity as it is', () => {
    const [one, other] = [described(0, 1000), described(100, 300)];
    const kept = toKept(one, { window: { lower: 250, upper: 500 }, colours: 'grey', invert: true }, false);
    expect(fromKept(other, kept, isQuantity(role({})))).toEqual({ window: { lower: 150, upper: 200 }, colours: 'grey', invert: true });
    const display = { window: { lower: 0.2, upper: 0.6 }, colours: 'hot', invert: false } as const;
    expect(fromKept(described(0, 0.5), toKept(described(0, 0.8), display, isQuantity(fa)), true)).toEqual(display);
    // From a slice, by percentiles.
    expect(windowOfRole({ lower: -0.02, upper: 0.09 }, qsm)).toEqual({ lower: -0.09, upper: 0.09 });
    expect(windowOfRole({ lower: 0.1, upper: 0.9 }, fa)).toEqual({ lower: 0.1, upper: 0.9 });
    expect(symmetric({ lower: -3, upper: 2 })).toEqual({ lower: -3, upper: 3 });
  });
});

describe('colour maps', () => {
  it('span the window, ends included, and turn round when inverted', () => {
    const stops = colourStops('viridis', { lower: -2, upper: 6 }, false);
    expect([stops[0]?.value, stops.at(-1)?.value]).toEqual([-2, 6]);
    const inverted = colourStops('viridis', { lower: -2, upper: 6 }, true);
    expect(inverted[0]?.rgb).toEqual(stops.at(-1)?.rgb);
    expect(colourStops('grey', { lower: 5, upper: 5 }, false)[1]?.value).toBeGreaterThan(5);
  });

  it('make a table of opaque colours whose ends are those of the map', () => {
    const grey = colourTable('grey', false);
    expect([grey[0], grey[128], grey[255]]).toEqual([0xff000000, 0xff808080, 0xffffffff]);
    expect(colourTable('grey', true)[0]).toBe(0xffffffff);
    // viridis begins at #440154 and ends at #fde725; ImageData is 0xAABBGGRR.
    const viridis = colourTable('viridis', false);
    expect([viridis[0], viridis[255]]).toEqual([0xff540144, 0xff25e7fd]);
  });
});

describe('what is found again', () => {
  const volume = (id: string, role: string, upper: number) => ({ id, role, window: { lower: 0, upper }, range: { lower: 0, upper } });
  const task = (...volumes: readonly ReturnType<typeof volume>[]) => ({ volumes }) as unknown as Task;
  const first = task(volume('1', 'T2w', 1000), volume('2', 'FA', 1));
  const next = task(volume('8', 'FA', 0.9), volume('9', 'T2w', 500));
  const roles = (): undefined => undefined;
  const state = createViewerStore({
    layout: 'pair',
    displays: { '1': { window: { lower: 100, upper: 600 }, colours: 'hot', invert: true } },
    cellVolumes: { a: '2' as VolumeId, b: '1' as VolumeId },
    overlaid: '2' as VolumeId,
    places: { linked: rasMm(1, -2, 3.5) },
    views: { 'linked/axial': { centreMm: rasMm(4, 5, 6), mmPerPixel: 0.25 } },
    tool: 'pencil',
    linked: false,
    foldedSections: ['marks', 'history'],
  }).getState();

  it('is by role in the next case, and survives being written and read', () => {
    const memory = parseStudyMemory(JSON.stringify(rememberStudy(state, first, roles)));
    const found = recallStudy(memory, next, roles, (tool) => tool !== 'pencil');
    expect(found).toMatchObject({ layout: 'pair', linked: false, foldedSections: ['marks', 'history'], overlaid: '8', cellVolumes: { a: '8', b: '9' } });
    expect(found.displays).toEqual({ '9': { window: { lower: 50, upper: 300 }, colours: 'hot', invert: true } });
    expect(found).not.toHaveProperty('tool');
    expect(recallStudy(memory, first, roles, () => true).tool).toBe('pencil');
    expect(parseTaskMemory(JSON.stringify(rememberTask(state)))).toMatchObject({ places: state.places, views: state.views, mainPlane: 'axial' });
  });

  it('leaves out what is broken', () => {
    for (const text of [null, '', 'no json', '3', '[]', '{"layout":"9x9","displays":{"T2w":{"window":{"lower":5,"upper":1}}},"labelOpacity":7}']) {
      expect(parseStudyMemory(text)).toEqual({ displays: {}, cellRoles: {} });
    }
    expect(parseTaskMemory('{"places":{"linked":[1,2,"x"]},"views":{"linked/axial":{"mmPerPixel":0}},"maximised":"z"}')).toEqual({ places: {}, views: {} });
  });
});
