import { IconArrowsMaximize, IconArrowsMinimize, IconCamera, IconFocus2, IconRefresh, IconVectorSpline } from '@tabler/icons-react';
import type { CSSProperties, ReactElement, ReactNode } from 'react';
import { useStore } from 'zustand';
import type { Letter } from '../geometry/orientation';
import { PLANE_NAMES } from '../geometry/planes';
import type { SceneController } from './sceneController';
import styles from './scene.module.css';
import type { SceneStore } from './sceneState';
import { PLANE_EDGES } from './slicePictures';

export const SIDES: readonly { readonly side: Letter; readonly words: string }[] = [
  { side: 'A', words: 'the front' },
  { side: 'P', words: 'behind' },
  { side: 'L', words: 'the left' },
  { side: 'R', words: 'the right' },
  { side: 'S', words: 'above' },
  { side: 'I', words: 'below' },
];

interface SceneBarProps {
  readonly scene: SceneStore;
  readonly controller: SceneController | null;
  readonly large: boolean;
  readonly onLarge: () => void;
  readonly onPicture: () => void;
}

/** What is shown in the scene, and from where. */
export function SceneBar({ scene, controller, large, onLarge, onPicture }: SceneBarProps): ReactElement {
  const { planes, planeOpacity, surfaces, solo, tractsOpen } = useStore(scene);
  const css = (edge: readonly number[]): CSSProperties => ({ '--edge': `rgb(${edge.map((part) => Math.round(255 * part)).join(' ')})` }) as CSSProperties;
  return (
    <div className={styles['bar']} role="toolbar" aria-label="3-D scene">
      <div className={styles['group']}>
        {PLANE_NAMES.map((name) => (
          <Toggle key={name} words={`${capital(name)} slice`} on={planes[name]} style={css(PLANE_EDGES[name])} onPress={() => scene.setState({ planes: { ...planes, [name]: !planes[name] } })}>
            {capital(name).slice(0, 3)}
          </Toggle>
        ))}
        <input
          type="range" className={styles['slider']} min={0} max={1} step={0.05} value={planeOpacity}
          aria-label="Opacity of the slices" title="Opacity of the slices"
          onChange={(event) => scene.setState({ planeOpacity: Number(event.currentTarget.value) })}
        />
      </div>
      <div className={styles['group']}>
        <Toggle words="Surfaces of the labels" on={surfaces} onPress={() => scene.setState({ surfaces: !surfaces })}>Surfaces</Toggle>
        <Toggle words="Only the active label" on={solo} onPress={() => scene.setState({ solo: !solo })}>Solo</Toggle>
        <Toggle words="Streamlines" on={tractsOpen} onPress={() => scene.setState({ tractsOpen: !tractsOpen })}><IconVectorSpline size={16} aria-hidden /></Toggle>
      </div>
      <span className={styles['spacer']} />
      <div className={styles['group']}>
        {SIDES.map(({ side, words }) => (
          <Press key={side} words={`Look from ${words} (${side})`} onPress={() => controller?.lookFrom(side)}>{side}</Press>
        ))}
        <Press words="Show everything (Home)" onPress={() => controller?.reset()}><IconRefresh size={15} aria-hidden /></Press>
        <Press words="Turn about the crosshair (C)" onPress={() => controller?.centre()}><IconFocus2 size={15} aria-hidden /></Press>
      </div>
      <div className={styles['group']}>
        <Press words="Save a picture of the scene" onPress={onPicture}><IconCamera size={15} aria-hidden /></Press>
        <Press words={large ? 'Show the other viewports' : 'Make the scene large'} onPress={onLarge}>
          {large ? <IconArrowsMinimize size={15} aria-hidden /> : <IconArrowsMaximize size={15} aria-hidden />}
        </Press>
      </div>
    </div>
  );
}

interface PressProps {
  readonly words: string;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

function Press({ words, onPress, children }: PressProps): ReactElement {
  return (
    <button type="button" className={styles['button']} aria-label={words} title={words} onClick={onPress}>
      {children}
    </button>
  );
}

function Toggle({ words, on, onPress, style, children }: PressProps & { readonly on: boolean; readonly style?: CSSProperties }): ReactElement {
  const className = style ? `${styles['button']} ${styles['edge']}` : styles['button'];
  return (
    <button type="button" className={className} style={style} aria-label={words} aria-pressed={on} title={words} onClick={onPress}>
      {children}
    </button>
  );
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
