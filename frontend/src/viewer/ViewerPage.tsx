import { Button, Progress } from '@mantine/core';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useStore } from 'zustand';
import { PLANE_NAMES, type PlaneName } from '../geometry/planes';
import { CasePanel } from '../panels/CasePanel';
import { ConflictDialog, NoticeBar, SubmitDialog } from '../panels/Dialogs';
import { HotkeySheet } from '../panels/HotkeySheet';
import { LabelPanel } from '../panels/LabelPanel';
import { OperationProgress } from '../panels/OperationsPanel';
import { StatusBar } from '../panels/StatusBar';
import { Toolbar } from '../panels/Toolbar';
import { ViewerContext } from '../panels/viewerHandle';
import type { TaskId } from '../state/task';
import { listenToKeys } from './keyboard';
import { PlaneView } from './PlaneView';
import { hasWebGl2 } from './render/imageRenderer';
import { installTestHook } from './testHook';
import styles from './viewer.module.css';
import { createHandle } from './workspaceHandle';
import { TaskWorkspace } from './workspace';

/** The page at /tasks/:taskId. */
export default function ViewerPage(): ReactElement {
  const { taskId } = useParams();
  const [drawable] = useState(hasWebGl2);
  if (!drawable) return <NoWebGl />;
  return <TaskPage key={taskId} taskId={(taskId ?? '') as TaskId} />;
}

function TaskPage({ taskId }: { readonly taskId: TaskId }): ReactElement {
  const [workspace, setWorkspace] = useState<TaskWorkspace | null>(null);
  useEffect(() => {
    const opened = new TaskWorkspace(taskId);
    const removeHook = installTestHook(opened);
    const stopKeys = listenToKeys(opened);
    const shown = setTimeout(() => setWorkspace(opened));
    void opened.start();
    return () => {
      clearTimeout(shown);
      stopKeys();
      removeHook();
      opened.dispose();
      setWorkspace(null);
    };
  }, [taskId]);
  return workspace ? <Viewer workspace={workspace} /> : <div className={styles['page']} />;
}

function Viewer({ workspace }: { readonly workspace: TaskWorkspace }): ReactElement {
  const navigate = useNavigate();
  const handle = useMemo(() => createHandle(workspace), [workspace]);
  const leftOpen = useStore(workspace.store, (state) => state.leftOpen);
  const rightOpen = useStore(workspace.store, (state) => state.rightOpen);
  const stage = useStore(workspace.state, (state) => state.stage);
  const leave = (): void => void navigate('/work');
  if (stage.kind === 'failed') return <Failed message={stage.message} onLeave={leave} />;
  return (
    <ViewerContext value={handle}>
      <main className={styles['page']}>
        <Toolbar onLeave={leave} />
        <div className={styles['body']}>
          {leftOpen ? <CasePanel /> : <span />}
          <Planes workspace={workspace} />
          {rightOpen ? <LabelPanel /> : <span />}
        </div>
        <StatusBar
          className={styles['status'] ?? ''}
          endClassName={styles['statusEnd'] ?? ''}
          swatchClassName={styles['swatch'] ?? ''}
        />
        <HotkeySheet />
        <SubmitDialog onSubmitted={(next) => void navigate(next === null ? '/work' : `/tasks/${next}`)} />
        <ConflictDialog />
      </main>
    </ViewerContext>
  );
}

const SMALL_AREAS = ['upper', 'lower'] as const;

function Planes({ workspace }: { readonly workspace: TaskWorkspace }): ReactElement {
  const mainPlane = useStore(workspace.store, (state) => state.mainPlane);
  const maximised = useStore(workspace.store, (state) => state.maximised);
  const large = maximised ?? mainPlane;
  const small = PLANE_NAMES.filter((name) => name !== large);
  const areaOf = (name: PlaneName): string =>
    name === large ? 'main' : (SMALL_AREAS[small.indexOf(name)] ?? 'lower');
  return (
    <div className={styles['planes']} data-single={maximised !== null || undefined}>
      {PLANE_NAMES.map((name) => (
        <PlaneView
          key={name}
          workspace={workspace}
          name={name}
          area={areaOf(name)}
          hidden={maximised !== null && maximised !== name}
        />
      ))}
      <LoadingVeil workspace={workspace} />
      <NoticeBar />
      <OperationProgress />
    </div>
  );
}

/** The shape of the page while the scan is on its way; it lifts with the image, before the labels are there. */
function LoadingVeil({ workspace }: { readonly workspace: TaskWorkspace }): ReactElement | null {
  const stage = useStore(workspace.state, (state) => state.stage);
  if (stage.kind !== 'task' && stage.kind !== 'image') return null;
  const percent = stage.kind === 'image' ? Math.round(stage.fraction * 100) : 0;
  return (
    <div className={styles['veil']} role="status">
      <div className={styles['veilText']}>
        <Progress value={percent} size="sm" mb={8} aria-label="Loading the scan" />
        {stage.kind === 'image' ? `Loading the scan, ${percent}%` : 'Opening the task'}
      </div>
    </div>
  );
}

function Failed({ message, onLeave }: { readonly message: string; readonly onLeave: () => void }): ReactElement {
  return (
    <div className={styles['message']} role="alert">
      <div className={styles['messageText']}>
        <h1>This task cannot be opened now</h1>
        <p>{message} Nothing of your work is lost.</p>
        <Button mr="sm" onClick={() => window.location.reload()}>
          Try again
        </Button>
        <Button variant="default" onClick={onLeave}>
          Back to my work
        </Button>
      </div>
    </div>
  );
}

function NoWebGl(): ReactElement {
  return (
    <div className={styles['message']} role="alert">
      <div className={styles['messageText']}>
        <h1>This browser cannot draw the scan</h1>
        <p>
          The viewer needs WebGL 2, which this browser does not offer here. Use a current Firefox, Chrome, Edge or Safari,
          and switch hardware acceleration on in its settings. The rest of Radicula works without it.
        </p>
        <Button component="a" href="/work">
          Back to my work
        </Button>
      </div>
    </div>
  );
}
