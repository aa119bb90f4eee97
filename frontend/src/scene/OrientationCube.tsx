import { useEffect, useRef, type MouseEvent, type ReactElement } from 'react';
import type { Letter } from '../geometry/orientation';
import type { Camera } from './camera';
import { drawCube, faceAt, HALF_EDGE } from './orientationCube';
import styles from './scene.module.css';

interface OrientationCubeProps {
  readonly camera: Camera | null;
  readonly onFace: (side: Letter) => void;
}

/** How the patient lies on screen; a press on a side looks from there. The same is on the toolbar and on keys. */
export function OrientationCube({ camera, onFace }: OrientationCubeProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current && camera) drawCube(canvas.current, camera);
  }, [camera]);
  const press = (event: MouseEvent<HTMLCanvasElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const side = camera && faceAt(camera, (event.clientX - box.left - box.width / 2) / HALF_EDGE, (event.clientY - box.top - box.height / 2) / HALF_EDGE);
    if (side) onFace(side);
  };
  return <canvas ref={canvas} className={styles['cube']} aria-hidden onClick={press} title="Press a side to look from there" />;
}
