import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import styles from './scene.module.css';
import type { SceneStore } from './sceneState';
import { lineCount, type ShownTract, type TractColouring } from './streamlines/tractSet';

/** The streamlines that are shown, and how each is coloured; of one that is rated no count of lines, which would tell it. */
export function ShownTracts({ scene }: { readonly scene: SceneStore }): ReactElement {
  const tracts = useStore(scene, (state) => state.tracts);
  const rated = useStore(scene, (state) => state.rated);
  const change = (id: string, change: Partial<ShownTract>): void =>
    scene.setState({ tracts: tracts.map((tract) => (tract.id === id ? { ...tract, ...change } : tract)) });
  return (
    <>
      {tracts.map((tract) => (
        <div key={tract.id} className={styles['tract']}>
          <label>
            <input type="checkbox" checked={tract.visible} onChange={(event) => change(tract.id, { visible: event.currentTarget.checked })} />
            {tract.name} {rated === null && <span className={styles['dim']}>{inLines(lineCount(tract.lines))}</span>}
          </label>
          <span>
            <select aria-label={`Colour of ${tract.name}`} value={valueOf(tract.colouring)} onChange={(event) => change(tract.id, { colouring: colouringOf(event.currentTarget.value) })}>
              <option value="direction">Direction</option>
              {tract.lines.lineValues['nerve'] && <option value="nerve">Nerve</option>}
              {Object.keys(tract.lines.pointValues).map((name) => <option key={name} value={`value:${name}`}>{name.toUpperCase()}</option>)}
            </select>
            {rated === null && <button type="button" className={styles['button']} aria-label={`Take ${tract.name} away`} onClick={() => scene.setState({ tracts: tracts.filter(({ id }) => id !== tract.id) })}>×</button>}
          </span>
        </div>
      ))}
    </>
  );
}

export const inLines = (count: number): string => `${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}`;
const valueOf = (colouring: TractColouring): string => (colouring.by === 'value' ? `value:${colouring.name}` : colouring.by);
const colouringOf = (value: string): TractColouring =>
  value.startsWith('value:') ? { by: 'value', name: value.slice(6) } : { by: value === 'nerve' ? 'nerve' : 'direction' };
