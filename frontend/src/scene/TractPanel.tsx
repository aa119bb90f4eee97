import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useStore } from 'zustand';
import { PLANE_NAMES, type PlaneName } from '../geometry/planes';
import type { Task } from '../state/task';
import styles from './scene.module.css';
import type { SceneStore } from './sceneState';
import { lineCount, type ShownTract, type TractColouring } from './streamlines/tractSet';
import { TrackingForm } from './TrackingForm';
import { showTract, tractogramsOf, type Tractogram } from './tractFiles';
import { TractRatings } from './TractRatings';
import { useTracking } from './useTracking';

interface TractPanelProps {
  readonly scene: SceneStore;
  readonly task: Task;
}

/** The case's tractograms with their figures, and how streamlines are shown. */
export function TractPanel({ scene, task }: TractPanelProps): ReactElement {
  const tracts = useStore(scene, (state) => state.tracts);
  const { slab, slabMm, tractWidthMm, rated } = useStore(scene);
  const { slug } = task.study;
  const tracking = useTracking(slug);
  const { settings } = tracking.data ?? {};
  const change = (id: string, change: Partial<ShownTract>): void =>
    scene.setState({ tracts: tracts.map((tract) => (tract.id === id ? { ...tract, ...change } : tract)) });
  return (
    <section className={styles['panel']} aria-label="Streamlines">
      {rated === null && <Sources scene={scene} task={task} />}
      {tracking.data && settings && <TractRatings scene={scene} slug={slug} tracking={tracking.data} />}
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
      {tracts.length > 0 && (
        <div className={styles['settings']}>
          <label>
            <span>Slab</span>
            <select aria-label="Slab" value={slab ?? ''} onChange={(event) => scene.setState({ slab: (event.currentTarget.value || null) as PlaneName | null })}>
              <option value="">none</option>
              {PLANE_NAMES.map((name) => <option key={name} value={name}>{name}</option>)}
            </select>
          </label>
          {slab && <Range words="Slab thickness" value={slabMm} unit="mm" low={1} high={60} step={1} onChange={(mm) => scene.setState({ slabMm: mm })} />}
          <Range words="Line width" value={tractWidthMm} unit="mm" low={0.1} high={2} step={0.1} onChange={(mm) => scene.setState({ tractWidthMm: mm })} />
        </div>
      )}
    </section>
  );
}

/** Where streamlines come from: files of one's own, what the site has of the case, a tracking of one of its masks. */
function Sources({ scene, task }: TractPanelProps): ReactElement {
  const tracts = useStore(scene, (state) => state.tracts);
  const { slug } = task.study;
  const tracking = useTracking(slug);
  const { settings } = tracking.data ?? {};
  const stored = useQuery({ queryKey: ['tractograms', slug, task.case.id], queryFn: () => tractogramsOf(slug, task.case.id), enabled: Boolean(settings) });
  const noneStored = settings ? stored.data?.length === 0 : tracking.isSuccess;
  return (
    <>
      <label className={styles['open']}>
        Open .trk, .tck, .trx
        <input
          type="file" className="visually-hidden" accept=".trk,.tck,.trx,.gz" multiple
          onChange={(event) => {
            for (const file of event.currentTarget.files ?? []) void showTract(scene, `file:${file.name}`, file.name, file);
            event.currentTarget.value = '';
          }}
        />
      </label>
      {stored.data?.map((tractogram) => (
        <Stored key={tractogram.id} tractogram={tractogram} shown={tracts.some(({ id }) => id === tractogram.id)} onShow={() => void showTract(scene, tractogram.id, nameOf(tractogram), tractogram.trk_url)} />
      ))}
      {stored.isError && <p>The tractograms of the case could not be listed.</p>}
      {tracking.isError && <p>How this study tracks could not be read.</p>}
      {tracking.data && settings && <TrackingForm task={task} tracking={{ ...tracking.data, settings }} />}
      {noneStored && tracts.length === 0 && <p>{settings ? 'This case has no tractogram yet.' : 'This study tracks nothing itself.'} A file of yours opens here, or drop it on the scene; it stays in this browser.</p>}
    </>
  );
}

function Stored({ tractogram, shown, onShow }: { readonly tractogram: Tractogram; readonly shown: boolean; readonly onShow: () => void }): ReactElement {
  const seconds = Object.entries(tractogram.seconds);
  return (
    <details className={styles['stored']}>
      <summary>
        <span>{nameOf(tractogram)} <span className={styles['dim']}>{inLines(tractogram.streamlines)}</span></span> <button type="button" className={styles['open']} disabled={shown} onClick={onShow}>{shown ? 'Shown' : 'Show'}</button>
      </summary>
      <table>
        <thead><tr><th>Nerve</th><th>FA</th><th>Lines</th><th>mm</th></tr></thead>
        <tbody>
          {tractogram.nerves.map((nerve) => (
            <tr key={nerve.value}>
              <th scope="row">{nerve.name}</th>
              <td>{figure(nerve.fa_tract, 3)}</td>
              <td>{nerve.count}</td>
              <td>{figure(nerve.length_mm, 1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles['dim']}>{seconds.map(([stage, spent]) => `${stage} ${spent.toFixed(1)} s`).join(', ')}</p>
    </details>
  );
}

interface RangeProps {
  readonly words: string;
  readonly unit: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
}

const Range = ({ words, unit, value, low, high, step, onChange }: RangeProps): ReactElement => (
  <label>
    <span>{words}</span>
    <input type="range" className={styles['slider']} aria-label={words} min={low} max={high} step={step} value={value} onChange={(event) => onChange(Number(event.currentTarget.value))} />
    <span className={styles['dim']}>
      {value} {unit}
    </span>
  </label>
);

const nameOf = ({ arm, created_at }: Tractogram): string => `${arm}, ${created_at.slice(0, 10)}`;
const inLines = (count: number): string => `${count.toLocaleString('en')} ${count === 1 ? 'line' : 'lines'}`;
const figure = (value: number | null, digits: number): string => (value === null ? '–' : value.toFixed(digits));
const valueOf = (colouring: TractColouring): string => (colouring.by === 'value' ? `value:${colouring.name}` : colouring.by);
const colouringOf = (value: string): TractColouring =>
  value.startsWith('value:') ? { by: 'value', name: value.slice(6) } : { by: value === 'nerve' ? 'nerve' : 'direction' };
