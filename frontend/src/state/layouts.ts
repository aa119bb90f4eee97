import { PLANE_NAMES, type PlaneName } from '../geometry/planes';
import type { VersionId, VolumeId } from './task';

/** A place for a viewport. The first is the large one, where there is a large one. */
export type CellId = 'a' | 'b' | 'c' | 'd';

export type LayoutName = 'single' | 'pair' | 'mpr' | 'mpr3d' | 'compare';

/** What a viewport shows. */
export interface PlaneCell {
  readonly id: CellId;
  readonly kind: 'plane';
  readonly plane: PlaneName;
  readonly volume: VolumeId;
  /** A label version to look at in place of the labels being worked on; it cannot be edited. */
  readonly labels: VersionId | null;
}

export interface SceneCell {
  readonly id: CellId;
  readonly kind: 'scene';
}

export type LayoutCell = PlaneCell | SceneCell;

interface LayoutEntry {
  readonly name: LayoutName;
  readonly title: string;
  /** What protocols call it. */
  readonly hung: string;
  readonly cells: number;
}

export const LAYOUTS: readonly LayoutEntry[] = [
  { name: 'single', title: 'One plane', hung: '1', cells: 1 },
  { name: 'pair', title: 'Two side by side', hung: '2x1', cells: 2 },
  { name: 'mpr', title: 'Three planes', hung: 'mpr', cells: 3 },
  { name: 'mpr3d', title: 'Three planes and 3-D', hung: '2x2-3d', cells: 4 },
  { name: 'compare', title: 'Compare', hung: 'compare', cells: 2 },
];

export const isLayoutName = (name: unknown): name is LayoutName => LAYOUTS.some((layout) => layout.name === name);

/** A viewport as the protocol hangs it. */
export interface HungViewport {
  readonly plane: PlaneName;
  readonly volume: VolumeId;
}

export interface LayoutChoice {
  readonly layout: LayoutName;
  readonly mainPlane: PlaneName;
  /** The volume that is worked on. */
  readonly current: VolumeId;
  /** All volumes of the case, in order. */
  readonly volumes: readonly VolumeId[];
  /** Volumes that someone put into a cell. */
  readonly cellVolumes: Readonly<Partial<Record<CellId, VolumeId>>>;
  /** The version shown at the right of "compare". */
  readonly compared: VersionId | null;
  /** What the protocol says of this layout; empty where it says nothing. */
  readonly hung: readonly HungViewport[];
}

/** The cells of a layout, in order. Three-plane layouts show one volume; the others may show two. */
export function cellsOf(choice: LayoutChoice): readonly LayoutCell[] {
  const { layout, mainPlane, current } = choice;
  const others = PLANE_NAMES.filter((name) => name !== mainPlane);
  const planes = [mainPlane, ...others];
  const own = (id: CellId): VolumeId => {
    const put = choice.cellVolumes[id];
    return put !== undefined && choice.volumes.includes(put) ? put : current;
  };
  const planeCell = (id: CellId, plane: PlaneName, volume: VolumeId, labels: VersionId | null = null): PlaneCell => ({
    id,
    kind: 'plane',
    plane,
    volume,
    labels,
  });
  const first = planeCell('a', mainPlane, own('a'));
  if (holdsSeveral(layout) && choice.compared === null && new Set(choice.hung.map(({ volume }) => volume)).size > 1) {
    // Turned to another plane, all of them turn.
    const turned = choice.hung[0]?.plane !== mainPlane;
    return choice.hung.slice(0, CELL_IDS.length).map(({ plane, volume }, n) => {
      const id = CELL_IDS[n] ?? 'a';
      const put = choice.cellVolumes[id];
      return planeCell(id, turned ? mainPlane : plane, put !== undefined && choice.volumes.includes(put) ? put : volume);
    });
  }
  switch (layout) {
    case 'single':
      return [planeCell('a', mainPlane, current)];
    case 'pair': {
      const volume = second(choice, first.volume);
      // One volume beside itself is seen from another side; two volumes are seen from the same one.
      return [first, planeCell('b', volume === first.volume ? (others[0] ?? mainPlane) : mainPlane, volume)];
    }
    case 'compare':
      if (choice.compared !== null) {
        return [planeCell('a', mainPlane, current), planeCell('b', mainPlane, current, choice.compared)];
      }
      return [first, planeCell('b', mainPlane, second(choice, first.volume))];
    case 'mpr':
    case 'mpr3d': {
      const ids: readonly CellId[] = ['a', 'b', 'c'];
      const three = ids.map((id, n) => planeCell(id, planes[n] ?? mainPlane, current));
      return layout === 'mpr' ? three : [...three, { id: 'd', kind: 'scene' }];
    }
  }
}

/** The volume for a second cell: the one put there, else the next one of the case, else the same. */
function second({ cellVolumes, volumes }: LayoutChoice, first: VolumeId): VolumeId {
  const put = cellVolumes.b;
  if (put !== undefined && volumes.includes(put)) return put;
  return volumes.find((volume) => volume !== first) ?? first;
}

const CELL_IDS: readonly CellId[] = ['a', 'b', 'c', 'd'];

/** May different cells show different volumes? */
export const holdsSeveral = (layout: LayoutName): boolean => layout === 'pair' || layout === 'compare';

/** Layouts that make sense for a case: comparing needs two volumes or two label maps, the fourth cell its 3-D scene. */
export function offeredLayouts(able: { readonly scene: boolean; readonly compare: boolean }): readonly LayoutName[] {
  return LAYOUTS.map(({ name }) => name).filter(
    (name) => (name !== 'mpr3d' || able.scene) && (name !== 'compare' || able.compare),
  );
}

/** CSS grid template of a layout, cells by their letters. */
export const LAYOUT_GRIDS: Readonly<Record<LayoutName, string>> = {
  single: `'a' minmax(0, 1fr) / minmax(0, 1fr)`,
  pair: `'a b' minmax(0, 1fr) / minmax(0, 1fr) minmax(0, 1fr)`,
  compare: `'a b' minmax(0, 1fr) / minmax(0, 1fr) minmax(0, 1fr)`,
  mpr: `'a b' minmax(0, 1fr) 'a c' minmax(0, 1fr) / minmax(0, 1.45fr) minmax(0, 1fr)`,
  mpr3d: `'a b' minmax(0, 1fr) 'c d' minmax(0, 1fr) / minmax(0, 1fr) minmax(0, 1fr)`,
};

/** Comparing more than two takes two rows. */
export const layoutGrid = (layout: LayoutName, cells: number): string =>
  holdsSeveral(layout) && cells > 2 ? LAYOUT_GRIDS.mpr3d : LAYOUT_GRIDS[layout];
