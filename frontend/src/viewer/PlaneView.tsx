import { useEffect, useRef, type DragEvent, type ReactElement } from 'react';
import { useStore } from 'zustand';
import type { CellId } from '../state/layouts';
import type { VolumeId } from '../state/task';
import { isMarkTool } from '../tools/markGestures';
import { isEditTool } from '../tools/toolGestures';
import { isPaintTool } from '../tools/paintGesture';
import { PlaneController } from './planeController';
import { PlaneFurniture, PLANE_TITLES } from './PlaneFurniture';
import { VOLUME_DRAG } from '../panels/volumeDrag';
import styles from './viewer.module.css';
import type { TaskWorkspace } from './workspace';

interface PlaneViewProps {
  readonly workspace: TaskWorkspace;
  readonly id: CellId;
  readonly hidden: boolean;
  readonly area: string;
}

/** One viewport: the picture, and what a reader needs to know where they are. */
export function PlaneView({ workspace, id, hidden, area }: PlaneViewProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    if (!frame.current || !canvas.current) return undefined;
    const controller = new PlaneController(workspace, id, { frame: frame.current, canvas: canvas.current });
    return () => controller.dispose();
  }, [workspace, id]);

  const cell = useStore(workspace.state, ({ cells }) => cells.find((candidate) => candidate.id === id));
  const shown = useStore(workspace.state, (state) => state.shown);
  const tool = useStore(workspace.store, (state) => state.tool);
  const panning = useStore(workspace.store, (state) => state.panning);
  const active = useStore(workspace.store, (state) => state.activeCell === id);
  const several = useStore(workspace.state, ({ cells }) => cells.length > 1);
  const plane = cell?.kind === 'plane' ? cell.plane : 'axial';
  const editable = cell?.kind === 'plane' && cell.volume === shown && cell.labels === null && workspace.session !== null;
  const cursor = panning ? 'grab' : editable && isPaintTool(tool) ? 'none' : editable && isEditTool(tool) ? 'crosshair' : isMarkTool(tool) ? 'crosshair' : undefined;
  const onDrop = (event: DragEvent): void => {
    const volume = event.dataTransfer.getData(VOLUME_DRAG);
    if (volume === '') return;
    event.preventDefault();
    workspace.dropVolume(id, volume as VolumeId);
  };
  return (
    <section
      className={styles['plane']}
      style={{ gridArea: area, display: hidden ? 'none' : undefined }}
      aria-label={`${PLANE_TITLES[plane]} plane`}
      data-plane={plane}
      data-cell={id}
      data-active={(active && several) || undefined}
      onDragOver={(event) => event.dataTransfer.types.includes(VOLUME_DRAG) && event.preventDefault()}
      onDrop={onDrop}
    >
      <div ref={frame} className={styles['frame']} style={{ cursor }}>
        <canvas ref={canvas} className={styles['layer']} />
      </div>
      <PlaneFurniture workspace={workspace} id={id} />
    </section>
  );
}
