import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowsMaximize, IconArrowsMinimize } from '@tabler/icons-react';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { indexToRas } from '../geometry/affine';
import { withAxis } from '../geometry/frames';
import type { GridPlane, PlaneName } from '../geometry/planes';
import { colourGradient } from '../state/colourMaps';
import type { VolumeDisplay } from '../state/display';
import { holdsSeveral, type CellId, type PlaneCell } from '../state/layouts';
import type { LabelVersion, VersionId, VolumeId } from '../state/task';
import { PLANE_COLOURS } from './render/pointerPainter';
import type { OpenVolume } from './openVolume';
import { unitOf } from './pointedValues';
import styles from './viewer.module.css';
import type { TaskWorkspace } from './workspace';

interface FurnitureProps {
  readonly workspace: TaskWorkspace;
  readonly id: CellId;
}

export const PLANE_TITLES: Record<PlaneName, string> = { axial: 'Axial', sagittal: 'Sagittal', coronal: 'Coronal' };

/** Everything around the image of a viewport: what it shows, where it is cut, which side is which. */
export function PlaneFurniture({ workspace, id }: FurnitureProps): ReactElement | null {
  const cell = useStore(workspace.state, ({ cells }) => cells.find((candidate) => candidate.id === id));
  useStore(workspace.state, (state) => state.arrivals);
  const shown = useStore(workspace.state, (state) => state.shown !== null);
  if (cell?.kind !== 'plane') return null;
  const open = workspace.opened(cell.volume);
  if (!open) return shown ? <div className={styles['waiting']}>Loading {nameOf(workspace, cell.volume)}</div> : null;
  return <Furniture workspace={workspace} cell={cell} open={open} />;
}

interface OpenProps {
  readonly workspace: TaskWorkspace;
  readonly cell: PlaneCell;
  readonly open: OpenVolume;
}

function Furniture({ workspace, cell, open }: OpenProps): ReactElement {
  const plane = open.planes[cell.plane];
  const convention = useStore(workspace.store, (state) => state.convention);
  return (
    <>
      <Caption workspace={workspace} cell={cell} open={open} />
      <Letters plane={plane} />
      <span className={styles['convention']} title="Which way round the patient is shown; a setting under Display">
        {convention === 'radiological' ? 'Radiological' : 'Neurological'}
      </span>
      <Bars workspace={workspace} open={open} />
      <Maximise workspace={workspace} cell={cell} />
      <SliceSlider workspace={workspace} cell={cell} open={open} />
    </>
  );
}

function Caption({ workspace, cell, open }: OpenProps): ReactElement {
  useStore(workspace.store, (state) => state.places);
  useStore(workspace.store, (state) => state.linked);
  const layout = useStore(workspace.store, (state) => state.layout);
  const plane = open.planes[cell.plane];
  const voxel = workspace.viewports.voxelOf(open);
  const world = { axial: 2, sagittal: 0, coronal: 1 }[cell.plane] as 0 | 1 | 2;
  const mm = indexToRas(open.affine, voxel)[world];
  const letter = (['RL', 'AP', 'SI'][world] ?? '')[mm < 0 ? 1 : 0] ?? '';
  return (
    <div className={styles['caption']}>
      {holdsSeveral(layout) && <CellContent workspace={workspace} cell={cell} />}
      <span className={styles['captionName']} style={{ color: PLANE_COLOURS[cell.plane] }}>
        {PLANE_TITLES[cell.plane]}
      </span>
      <span>
        {voxel[plane.sliceAxis] + 1}/{plane.sliceCount}
      </span>
      <span className={styles['dim']}>
        {letter} {Math.abs(mm).toFixed(1)} mm
      </span>
    </div>
  );
}

/** Which volume, or which label version, a viewport of a side-by-side layout shows. */
function CellContent({ workspace, cell }: Omit<OpenProps, 'open'>): ReactElement {
  const task = useStore(workspace.state, (state) => state.task);
  const versions = useStore(workspace.state, (state) => state.versions);
  const layout = useStore(workspace.store, (state) => state.layout);
  const offersVersions = layout === 'compare' && cell.id === 'b' && versions.length > 0;
  const choose = (value: string): void => {
    const [kind, chosen] = [value.slice(0, 2), value.slice(2)];
    if (kind === 'l:') void workspace.compareWith(chosen as VersionId);
    else workspace.putVolume(cell.id, chosen as VolumeId);
  };
  return (
    <select
      className={styles['content']}
      aria-label={`Shown in the ${cell.id === 'a' ? 'first' : 'second'} viewport`}
      value={cell.labels === null ? `v:${cell.volume}` : `l:${cell.labels}`}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      <optgroup label="Volumes">
        {task?.volumes.map((volume) => (
          <option key={volume.id} value={`v:${volume.id}`}>
            {nameOf(workspace, volume.id)}
          </option>
        ))}
      </optgroup>
      {offersVersions && (
        <optgroup label="Label versions, to look at">
          {versions.map((version) => (
            <option key={version.id} value={`l:${version.id}`}>
              {versionText(version)}
            </option>
          ))}
        </optgroup>
      )}
    </select>
  );
}

const versionText = ({ number, source, model_name: model, author }: LabelVersion): string =>
  `${source === 'model' ? `Proposal by ${model ?? 'a model'}` : `By ${author || 'someone'}`}, version ${number}`;

/** The role, and the file's own name where several volumes have the role. */
function nameOf(workspace: TaskWorkspace, id: VolumeId): string {
  const volumes = workspace.state.getState().task?.volumes ?? [];
  const volume = volumes.find((candidate) => candidate.id === id);
  if (!volume) return '';
  return volumes.filter(({ role }) => role === volume.role).length > 1 ? volume.name : volume.role;
}

function Letters({ plane }: { readonly plane: GridPlane }): ReactElement {
  const { left, right, top, bottom } = plane.letters;
  return (
    <>
      <span className={styles['letterLeft']}>{left}</span>
      <span className={styles['letterRight']}>{right}</span>
      <span className={styles['letterTop']}>{top}</span>
      <span className={styles['letterBottom']}>{bottom}</span>
    </>
  );
}

/** Colour bars of the volume and of what is laid over it, where they are not plain grey. */
function Bars({ workspace, open }: Omit<OpenProps, 'cell'>): ReactElement | null {
  const overlaid = useStore(workspace.store, (state) => state.overlaid);
  const opacity = useStore(workspace.store, (state) => state.overlay.opacity);
  useStore(workspace.store, (state) => state.displays);
  const over = overlaid === null || opacity === 0 ? null : workspace.opened(overlaid);
  const shown = [open, ...(over && over !== open ? [over] : [])];
  const bars = shown.map((one) => ({ one, display: workspace.viewports.displayOf(one.volume) }));
  const worth = bars.filter(({ one, display }) => one === over || one.volume.components === 3 || display.colours !== 'grey' || display.invert);
  if (worth.length === 0) return null;
  return (
    <div className={styles['bars']}>
      {worth.map(({ one, display }) =>
        one.volume.components === 3 ? (
          <DirectionKey key={one.volume.id} name={nameOf(workspace, one.volume.id)} />
        ) : (
          <ColourBar
            key={one.volume.id}
            name={nameOf(workspace, one.volume.id)}
            unit={unitOf(workspace.state.getState().task, one.volume)}
            display={display}
          />
        ),
      )}
    </div>
  );
}

const DIRECTIONS = [
  ['R–L', '#ff5050'],
  ['A–P', '#40d040'],
  ['S–I', '#6c8cff'],
] as const;

/** Which way a colour of a map of directions runs. */
const DirectionKey = ({ name }: { readonly name: string }): ReactElement => (
  <div className={styles['bar']} data-testid="direction-key">
    <span>{name}</span>
    <span className={styles['directions']}>
      {DIRECTIONS.map(([words, colour]) => (
        <span key={words} style={{ color: colour }}>
          {words}
        </span>
      ))}
    </span>
  </div>
);

const short = (value: number): string => String(Number(value.toPrecision(3)));

function ColourBar({ name, unit, display }: { readonly name: string; readonly unit: string; readonly display: VolumeDisplay }): ReactElement {
  const { window, colours, invert } = display;
  return (
    <div className={styles['bar']} data-testid="colour-bar">
      <span>{unit === '' ? name : `${name}, ${unit}`}</span>
      <span className={styles['barColours']} style={{ background: colourGradient(colours, invert) }} />
      <span className={styles['barEnds']}>
        <span>{short(window.lower)}</span>
        <span>{short(window.upper)}</span>
      </span>
    </div>
  );
}

function Maximise({ workspace, cell }: Omit<OpenProps, 'open'>): ReactElement | null {
  const maximised = useStore(workspace.store, (state) => state.maximised === cell.id);
  const alone = useStore(workspace.state, ({ cells }) => cells.length === 1);
  if (alone) return null;
  return (
    <Tooltip label={maximised ? 'Show all viewports (M)' : 'Maximise (M)'} position="left">
      <ActionIcon
        className={styles['maximise']}
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={maximised ? 'Show all planes' : `Maximise the ${cell.plane} plane`}
        onClick={() => workspace.store.setState({ maximised: maximised ? null : cell.id })}
      >
        {maximised ? <IconArrowsMinimize size={14} /> : <IconArrowsMaximize size={14} />}
      </ActionIcon>
    </Tooltip>
  );
}

function SliceSlider({ workspace, cell, open }: OpenProps): ReactElement {
  useStore(workspace.store, (state) => state.places);
  useStore(workspace.store, (state) => state.linked);
  const plane = open.planes[cell.plane];
  const voxel = workspace.viewports.voxelOf(open);
  const slice = voxel[plane.sliceAxis];
  return (
    <input
      type="range"
      className={styles['slices']}
      min={0}
      max={plane.sliceCount - 1}
      value={slice}
      aria-label={`${PLANE_TITLES[cell.plane]} slice`}
      aria-valuetext={`${slice + 1} of ${plane.sliceCount}`}
      onChange={(event) =>
        workspace.viewports.moveTo(open, withAxis(voxel, plane.sliceAxis, Number(event.currentTarget.value)))
      }
    />
  );
}
