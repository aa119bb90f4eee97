import type { SceneController } from './sceneController';
import type { SceneStore } from './sceneState';
import { lineCount } from './streamlines/tractSet';

/** What browser tests read of the scene. It changes nothing. */
export interface SceneProbe {
  /** Surfaces that are still being made. */
  readonly making: number;
  /** Triangles by label value. */
  triangles(): Record<string, number>;
  /** Streamlines by name. */
  tracts(): Record<string, number>;
  /** The page pixel where a voxel's centre is drawn. */
  pageOf(voxel: readonly [number, number, number]): { x: number; y: number } | null;
}

declare global {
  interface Window {
    __radiculaScene?: SceneProbe;
  }
}

/** Puts the probe on the window; returns the disposer. */
export function installSceneProbe(controller: SceneController, scene: SceneStore, canvas: HTMLCanvasElement): () => void {
  const probe: SceneProbe = {
    get making() {
      return scene.getState().making;
    },
    triangles: () => Object.fromEntries(controller.triangles),
    tracts: () => Object.fromEntries(scene.getState().tracts.map(({ name, lines }) => [name, lineCount(lines)])),
    pageOf(voxel) {
      const at = controller.pixelOf(voxel);
      const box = canvas.getBoundingClientRect();
      return at && { x: box.left + at.x, y: box.top + at.y };
    },
  };
  window.__radiculaScene = probe;
  return () => {
    if (window.__radiculaScene === probe) delete window.__radiculaScene;
  };
}
