import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowsMaximize, IconArrowsMinimize } from '@tabler/icons-react';
import { useEffect, useRef, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { indexToRas } from '../geometry/affine';
import { withAxis } from '../geometry/frames';
import type { PlaneName } from '../geometry/planes';
import { isPaintTool } from '../tools/paintGesture';
import { PlaneController } from './planeController';
import { PLANE_COLOURS } from './render/pointerPainter';
import styles from './viewer.module.css';
import type { TaskWorkspace } from './workspace';

interface PlaneViewProps {
  readonly workspace: TaskWorkspace;
  readonly name: PlaneName;
  readonly area: string;
  readonly hidden: boolean;
}

const TITLES: Record<PlaneName, string> = { axial: 'Axial', sagittal: 'Sagittal', coronal: 'Coronal' };

/** One plane: the image, the labels and pointer above it, and what a reader needs to know where they are. */
export function PlaneView({ workspace, name, area, hidden }: PlaneViewProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const image = useRef<HTMLDivElement>(null);
  const labels = useRef<HTMLCanvasElement>(null);
  const pointer = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    if (!frame.current || !image.current || !labels.current || !pointer.current) return undefined;
    const controller = new PlaneController(workspace, name, {
      frame: frame.current,
      image: image.current,
      labels: labels.current,
      pointer: pointer.current,
    });
    return () => controller.dispose();
  }, [workspace, name]);

  const painting = useStore(workspace.store, (state) => isPaintTool(state.tool)) && workspace.session !== null;
  return (
    <section
      className={styles['plane']}
      style={{ gridArea: area, display: hidden ? 'none' : undefined }}
      aria-label={`${TITLES[name]} plane`}
      data-plane={name}
    >
      <div ref={frame} className={styles['frame']} data-painting={painting || undefined}>
        <div ref={image} className={styles['layer']} />
        <canvas ref={labels} className={styles['layer']} />
        <canvas ref={pointer} className={styles['layer']} />
      </div>
      <PlaneFurniture workspace={workspace} name={name} />
    </section>
  );
}

function PlaneFurniture({ workspace, name }: Pick<PlaneViewProps, 'workspace' | 'name'>): ReactElement | null {
  const shown = useStore(workspace.state, (state) => state.shown);
  const cursor = useStore(workspace.store, (state) => state.cursor);
  const maximised = useStore(workspace.store, (state) => state.maximised === name);
  const current = workspace.current;
  if (shown === null || !current) return null;
  const plane = current.planes[name];
  const slice = cursor[plane.sliceAxis];
  const world = { axial: 2, sagittal: 0, coronal: 1 }[name] as 0 | 1 | 2;
  const mm = indexToRas(current.affine, cursor)[world];
  const letter = (['RL', 'AP', 'SI'][world] ?? '')[mm < 0 ? 1 : 0] ?? '';
  const toggle = (): void => workspace.store.setState({ maximised: maximised ? null : name });
  return (
    <>
      <div className={styles['caption']}>
        <span className={styles['captionName']} style={{ color: PLANE_COLOURS[name] }}>
          {TITLES[name]}
        </span>
        <span>
          {slice + 1}/{plane.sliceCount}
        </span>
        <span className={styles['dim']}>
          {letter} {Math.abs(mm).toFixed(1)} mm
        </span>
      </div>
      <span className={styles['letterLeft']} title={plane.letters.left === 'R' ? 'Patient right' : undefined}>
        {plane.letters.left}
      </span>
      <span className={styles['letterRight']} title={plane.letters.right === 'L' ? 'Patient left' : undefined}>
        {plane.letters.right}
      </span>
      <span className={styles['letterTop']}>{plane.letters.top}</span>
      <span className={styles['letterBottom']}>{plane.letters.bottom}</span>
      <Tooltip label={maximised ? 'Show all planes (M)' : 'Maximise (M)'} position="left">
        <ActionIcon
          className={styles['maximise']}
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={maximised ? 'Show all planes' : `Maximise the ${name} plane`}
          onClick={toggle}
        >
          {maximised ? <IconArrowsMinimize size={14} /> : <IconArrowsMaximize size={14} />}
        </ActionIcon>
      </Tooltip>
      <input
        type="range"
        className={styles['slices']}
        min={0}
        max={plane.sliceCount - 1}
        value={slice}
        aria-label={`${TITLES[name]} slice`}
        aria-valuetext={`${slice + 1} of ${plane.sliceCount}`}
        onChange={(event) =>
          workspace.moveCursor(withAxis(cursor, plane.sliceAxis, Number(event.currentTarget.value)))
        }
      />
    </>
  );
}
