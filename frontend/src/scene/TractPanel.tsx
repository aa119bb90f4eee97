import { useEffect, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useOwnRatings, useTracking, useTractograms, type Tractogram } from '../api/tracts';
import { PLANE_NAMES, type PlaneName } from '../geometry/planes';
import type { Task } from '../state/task';
import styles from './scene.module.css';
import type { SceneStore } from './sceneState';
import { inLines, ShownTracts } from './ShownTracts';
import { TrackingForm } from './TrackingForm';
import { showTract } from './tractFiles';
import { TractRatings } from './TractRatings';

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
  return (
    <section className={styles['panel']} aria-label="Streamlines">
      {rated === null && <Sources scene={scene} task={task} />}
      {tracking.data && <TractRatings scene={scene} slug={slug} tracking={tracking.data} />}
      <ShownTracts scene={scene} />
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
  const tracks = tracking.data?.tractography ?? false;
  const stored = useTractograms(slug, tracks);
  // Newest first.
  const ofCase = stored.data?.filter((tractogram) => tractogram.case === task.case.id).reverse();
  const noneStored = tracks ? ofCase?.length === 0 : tracking.isSuccess;
  const toRate = useOwnRatings(slug).data?.some(({ score }) => score === null) ?? false;
  useAsked(scene, ofCase);
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
      {ofCase?.map((tractogram) => (
        <Stored key={tractogram.id} tractogram={tractogram} shown={tracts.some(({ id }) => id === tractogram.id)} onShow={() => void showTract(scene, tractogram.id, nameOf(tractogram), tractogram.trk_url)} />
      ))}
      {stored.isError && <p>The tractograms of the case could not be listed.</p>}
      {tracking.isError && <p>How this study tracks could not be read.</p>}
      {tracking.data && settings && <TrackingForm task={task} tracking={{ ...tracking.data, settings }} />}
      {noneStored && tracts.length === 0 && <p>{toRate ? 'While you have tractograms to rate, the study’s own stay out of sight.' : settings ? 'This case has no tractogram yet.' : 'This study tracks nothing itself.'} A file of yours opens here, or drop it on the scene; it stays in this browser.</p>}
    </>
  );
}

/** Shows the tractogram that the address names, once: that is how a table leads here. */
function useAsked(scene: SceneStore, stored: readonly Tractogram[] | undefined): void {
  useEffect(() => {
    const asked = stored?.find(({ id }) => id === scene.getState().asked);
    if (!asked) return;
    scene.setState({ asked: null });
    void showTract(scene, asked.id, nameOf(asked), asked.trk_url);
  }, [scene, stored]);
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
const figure = (value: number | null, digits: number): string => (value === null ? '–' : value.toFixed(digits));
