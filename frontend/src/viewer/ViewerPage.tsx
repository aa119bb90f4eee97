import { Button, Progress } from '@mantine/core';
import { startTransition, Suspense, useEffect, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useStore } from 'zustand';
import { CasePanel } from '../panels/CasePanel';
import { ConflictDialog } from '../panels/ConflictDialog';
import { NoticeBar, SubmitDialog } from '../panels/Dialogs';
import { HotkeySheet } from '../panels/HotkeySheet';
import { LabelPanel } from '../panels/LabelPanel';
import panels from '../panels/panels.module.css';
import { OperationProgress } from '../panels/OperationsPanel';
import { StatusBar } from '../panels/StatusBar';
import { Toolbar } from '../panels/Toolbar';
import { ViewerContext } from '../panels/viewerHandle';
import { layoutGrid } from '../state/layouts';
import type { TaskId } from '../state/task';
import { afterFirstSlice } from './firstSlice';
import { listenToKeys } from './keyboard';
import { PlaneView } from './PlaneView';
import { SceneSlot } from './sceneSlot';
import { installTestHook } from './testHook';
import styles from './viewer.module.css';
import { createHandle } from './workspaceHandle';
import { TaskWorkspace } from './workspace';

/** The page at /tasks/:taskId. */
export default function ViewerPage(): ReactElement {
  const { taskId } = useParams();
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
  const navigate = useNavigate();
  const leave = (): void => void navigate('/work');
  return workspace ? <Viewer workspace={workspace} onLeave={leave} /> : <div className={styles['page']} />;
}

interface ViewerProps {
  readonly workspace: TaskWorkspace;
  readonly onLeave: () => void;
  /** Above the toolbar: what is looked at, where it is no task. */
  readonly banner?: ReactNode;
}

/** The viewer of an opened workspace. */
export function Viewer({ workspace, onLeave: leave, banner }: ViewerProps): ReactElement {
  const navigate = useNavigate();
  const handle = useMemo(() => createHandle(workspace), [workspace]);
  const leftOpen = useStore(workspace.store, (state) => state.leftOpen);
  const rightOpen = useStore(workspace.store, (state) => state.rightOpen);
  // Not the stage itself: it changes with every piece of the scan that comes.
  const failure = useStore(workspace.state, ({ stage }) => (stage.kind === 'failed' ? stage.message : null));
  const settled = useSettled(workspace);
  if (failure !== null) return <Failed message={failure} onLeave={leave} />;
  const toolbar = settled ? <Toolbar onLeave={leave} /> : <header className={panels['toolbar']} />;
  return (
    <ViewerContext value={handle}>
      <main className={styles['page']} data-banner={banner !== undefined || undefined}>
        <Title workspace={workspace} />
        {banner === undefined ? toolbar : <div>{banner}{toolbar}</div>}
        <div className={styles['body']}>
          {leftOpen ? settled ? <CasePanel /> : <Room side="left" /> : <span />}
          <Planes workspace={workspace} />
          {rightOpen ? settled ? <LabelPanel /> : <Room side="right" /> : <span />}
        </div>
        {settled ? (
          <StatusBar className={styles['status'] ?? ''} endClassName={styles['statusEnd'] ?? ''} swatchClassName={styles['swatch'] ?? ''} />
        ) : (
          <footer className={styles['status']} />
        )}
        <HotkeySheet />
        <SubmitDialog onSubmitted={(next) => void navigate(next === null ? '/work' : `/tasks/${next}`)} />
        <ConflictDialog />
      </main>
    </ViewerContext>
  );
}

/** So long a page without a slice is shown without its panels. */
const PATIENCE_MS = 500;

/** The viewports come first: toolbar and panels, which take longer to make than a slice, follow the first one. */
function useSettled(workspace: TaskWorkspace): boolean {
  const [settled, setSettled] = useState(() => workspace.state.getState().shown !== null);
  useEffect(() => {
    const abort = new AbortController();
    const settle = (): void => startTransition(() => setSettled(true));
    const patience = setTimeout(settle, PATIENCE_MS);
    afterFirstSlice(workspace.state, abort.signal, settle);
    return () => {
      clearTimeout(patience);
      abort.abort();
    };
  }, [workspace]);
  return settled;
}

/** As wide as the panel that comes there, so that no viewport changes its size when it does. */
const Room = ({ side }: { readonly side: 'left' | 'right' }): ReactElement => <aside className={panels['side']} data-side={side} />;

/** The page's heading for those who walk by headings; what it says stands in the case panel as well. */
function Title({ workspace }: { readonly workspace: TaskWorkspace }): ReactElement {
  const task = useStore(workspace.state, (state) => state.task);
  return <h1 className="visually-hidden">{task ? `${task.case.name}, ${task.study.name}` : 'Opening the task'}</h1>;
}

/** The viewports of the layout; one that is maximised has all the room, and the others wait as they were. */
function Planes({ workspace }: { readonly workspace: TaskWorkspace }): ReactElement {
  const layout = useStore(workspace.store, (state) => state.layout);
  const maximised = useStore(workspace.store, (state) => state.maximised);
  const cells = useStore(workspace.state, (state) => state.cells);
  const template = maximised === null ? layoutGrid(layout, cells.length) : `'${maximised}' minmax(0, 1fr) / minmax(0, 1fr)`;
  return (
    <div className={styles['planes']} style={{ gridTemplate: template }} data-layout={layout}>
      {cells.map(({ id, kind }) =>
        kind === 'plane' ? (
          <PlaneView key={id} workspace={workspace} id={id} area={id} hidden={maximised !== null && maximised !== id} />
        ) : (
          <SceneView key={id} workspace={workspace} area={id} hidden={maximised !== null && maximised !== id} />
        ),
      )}
      <LoadingVeil workspace={workspace} />
      <NoticeBar />
      <OperationProgress />
    </div>
  );
}

interface SceneViewProps {
  readonly workspace: TaskWorkspace;
  readonly area: string;
  readonly hidden: boolean;
}

function SceneView({ workspace, area, hidden }: SceneViewProps): ReactElement {
  return (
    <section className={styles['plane']} style={{ gridArea: area, display: hidden ? 'none' : undefined }} aria-label="3-D scene">
      <Suspense fallback={<div className={styles['waiting']}>Loading 3-D</div>}>
        {SceneSlot && <SceneSlot workspace={workspace} />}
      </Suspense>
    </section>
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
