import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { TaskWorkspace } from './workspace';

/** What the 3-D scene gets: the opened task, whose stores say what is shown and where the crosshair is. */
export interface SceneProps {
  readonly workspace: TaskWorkspace;
}

type SceneModule = { readonly default: ComponentType<SceneProps> };

// The scene is a part of its own, loaded when a layout shows it. A build without it offers no layout that has it.
const load = Object.values(import.meta.glob<SceneModule>('../scene/Scene.tsx'))[0];

export const SceneSlot: LazyExoticComponent<ComponentType<SceneProps>> | null = load ? lazy(load) : null;
