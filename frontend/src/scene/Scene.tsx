import { useEffect, useRef, useState, type DragEvent, type KeyboardEvent, type ReactElement } from 'react';
import { useSearchParams } from 'react-router';
import { useStore } from 'zustand';
import type { SceneProps } from '../viewer/sceneSlot';
import type { Camera } from './camera';
import { OrientationCube } from './OrientationCube';
import { SceneBar } from './SceneBar';
import { SceneController } from './sceneController';
import { followPointer, pressKey } from './sceneGestures';
import { installSceneProbe } from './sceneProbe';
import styles from './scene.module.css';
import { showTract } from './tractFiles';
import { TractPanel } from './TractPanel';
import { createSceneStore, type SceneStore } from './sceneState';

/** The 3-D scene of the viewer: surfaces of the labels, slices through the crosshair, streamlines. */
export default function Scene({ workspace }: SceneProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [params] = useSearchParams();
  const [scene] = useState(() => createSceneStore({ tractsOpen: params.has('tractogram'), asked: params.get('tractogram') }));
  const [controller, setController] = useState<SceneController | null>(null);
  const [camera, setCamera] = useState<Camera | null>(null);
  const cell = useStore(workspace.state, ({ cells }) => cells.find(({ kind }) => kind === 'scene')?.id ?? null);
  const task = useStore(workspace.state, (state) => state.task);
  const tractsOpen = useStore(scene, (state) => state.tractsOpen);
  const large = useStore(workspace.store, ({ maximised }) => maximised !== null && maximised === cell);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    let made: SceneController;
    try {
      made = new SceneController(workspace, scene, element, setCamera);
    } catch (error) {
      scene.setState({ problem: error instanceof Error ? error.message : 'The 3-D scene could not be started.' });
      return;
    }
    const shown = setTimeout(() => setController(made));
    const stops = [followPointer(element, made), installSceneProbe(made, scene, element)];
    return () => {
      clearTimeout(shown);
      stops.forEach((stop) => stop());
      made.dispose();
      setController(null);
    };
  }, [workspace, scene]);

  const keyDown = (event: KeyboardEvent): void => {
    if (!controller || !pressKey(event, controller)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const drop = (event: DragEvent): void => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    for (const file of event.dataTransfer.files) void showTract(scene, `file:${file.name}`, file.name, file);
  };
  return (
    <div className={styles['scene']} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <canvas
        ref={canvas}
        className={styles['canvas']}
        tabIndex={0}
        aria-label="3-D view. Arrows turn it, with Shift they move it; plus and minus zoom; A, P, L, R, S and I look from a side; Home shows everything."
        onKeyDown={keyDown}
      />
      <OrientationCube camera={camera} onFace={(side) => controller?.lookFrom(side)} />
      <Words scene={scene} />
      <div className={styles['top']}>
        <SceneBar
          scene={scene}
          controller={controller}
          large={large}
          onLarge={() => workspace.store.setState({ maximised: large ? null : cell })}
          onPicture={() => void controller?.picture().then((picture) => picture && save(picture, 'radicula-3d.png'))}
        />
        {tractsOpen && task && <TractPanel scene={scene} task={task} />}
      </div>
    </div>
  );
}

function Words({ scene }: { readonly scene: SceneStore }): ReactElement {
  const making = useStore(scene, (state) => state.making);
  const problem = useStore(scene, (state) => state.problem);
  return (
    <>
      <div className={styles['hint']} role="status">
        {making > 0 ? `Making ${making} ${making === 1 ? 'surface' : 'surfaces'}` : 'Click goes there; drag turns, Shift+drag moves'}
      </div>
      {problem !== null && (
        <button type="button" className={styles['problem']} onClick={() => scene.setState({ problem: null })} title="Press to close">
          {problem}
        </button>
      )}
    </>
  );
}

function save(picture: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(picture);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
