import { describe, expect, it } from 'vitest';
import { colourStops, colourTable } from './colourMaps';
import { defaultDisplay, fromKept, symmetric, toKept, windowPresets } from './display';
import { cellsOf, LAYOUT_GRIDS, LAYOUTS, offeredLayouts, type LayoutChoice } from './layouts';
import type { VersionId, VolumeId } from './task';

const [t2, fa, qsm] = ['t2', 'fa', 'qsm'].map((name) => name as VolumeId) as [VolumeId, VolumeId, VolumeId];
const choice = (more: Partial<LayoutChoice>): LayoutChoice => ({
  layout: 'mpr',
  mainPlane: 'axial',
  current: t2,
  volumes: [t2, fa, qsm],
  cellVolumes: {},
  compared: null,
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
  const described = (role: string, lower: number, upper: number) => ({ role, window: { lower, upper }, range: { lower: lower * 2, upper: upper * 2 } });

  it('start with what the quantity asks for', () => {
    expect(defaultDisplay(described('T2w', 10, 400))).toEqual({ window: { lower: 10, upper: 400 }, colours: 'grey', invert: false });
    expect(defaultDisplay(described('FA', 0.1, 0.9))).toEqual({ window: { lower: 0, upper: 1 }, colours: 'viridis', invert: false });
    expect(defaultDisplay(described('QSM', -0.05, 0.12)).window).toEqual({ lower: -0.12, upper: 0.12 });
    expect(windowPresets(described('QSM', -0.05, 0.12)).every(({ window }) => window.lower === -window.upper)).toBe(true);
  });

  it('carry a scan window by its own window and a quantity as it is', () => {
    const [one, other] = [described('T2w', 0, 1000), described('T2w', 100, 300)];
    const kept = toKept(one, { window: { lower: 250, upper: 500 }, colours: 'grey', invert: true });
    expect(fromKept(other, kept)).toEqual({ window: { lower: 150, upper: 200 }, colours: 'grey', invert: true });
    const map = described('FA', 0, 0.8);
    const display = { window: { lower: 0.2, upper: 0.6 }, colours: 'hot', invert: false } as const;
    expect(fromKept(described('FA', 0, 0.5), toKept(map, display))).toEqual(display);
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
