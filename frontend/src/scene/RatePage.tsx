import { useDocumentTitle } from '@mantine/hooks';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { Link, useParams } from 'react-router';
import { useStore } from 'zustand';
import { messageOf } from '../api/problem';
import { useStudy } from '../api/queries';
import { useOwnRatings, useTracking } from '../api/tracts';
import { rgbOf, UNKNOWN_COLOUR } from '../viewer/render/labelStyle';
import type { Camera } from './camera';
import { OrientationCube } from './OrientationCube';
import pageStyles from './ratePage.module.css';
import type { Colour } from './render/sceneRenderer';
import { SIDES } from './SceneBar';
import { followPointer, pressKey } from './sceneGestures';
import styles from './scene.module.css';
import { createSceneStore, type SceneStore } from './sceneState';
import { ShownTracts } from './ShownTracts';
import { showToRate } from './tractFiles';
import { TractRatings } from './TractRatings';
import { TractView } from './tractView';

/** The page on which a study's tractograms are rated: streamlines alone, in an order drawn by chance. It needs no task. */
export default function RatePage(): ReactElement {
  const { slug = '' } = useParams();
  const study = useStudy(slug);
  const tracking = useTracking(slug);
  const ratings = useOwnRatings(slug);
  const [scene] = useState(() => createSceneStore());
  useDocumentTitle('Rate tractograms · Radicula');
  useFirstToRate(scene, slug);
  const error = study.error ?? tracking.error ?? ratings.error;
  return (
    <main className={pageStyles['page']}>
      <header className={pageStyles['bar']}>
        <h1>Rate tractograms</h1>
        <span className={styles['dim']}>{study.data?.name}</span>
        <nav className={pageStyles['links']} aria-label="Back">
          <Link to="/work">My work</Link>
          <Link to={`/studies/${slug}/tractography`}>Tractography</Link>
        </nav>
      </header>
      <div className={pageStyles['body']}>
        {study.data && <Stage scene={scene} labels={study.data.labels} />}
        <aside className={pageStyles['side']} aria-label="Rating">
          {error && <p className={styles['wrong']} role="alert">{messageOf(error)}</p>}
          {tracking.data && <TractRatings scene={scene} slug={slug} tracking={tracking.data} keys />}
          {ratings.data?.length === 0 && <p>There is nothing for you to rate in this study. A study lead gives tractograms out on its page Tractography.</p>}
          <ShownTracts scene={scene} />
        </aside>
      </div>
    </main>
  );
}

/** The page opens with the first one that has no score. */
function useFirstToRate(scene: SceneStore, slug: string): void {
  const { data } = useOwnRatings(slug);
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || data === undefined) return;
    begun.current = true;
    const first = data.find(({ score }) => score === null);
    if (first) showToRate(scene, first);
  }, [scene, data]);
}

interface StageProps {
  readonly scene: SceneStore;
  readonly labels: readonly { readonly value: number; readonly colour: string }[];
}

/** Streamlines on black, turned by mouse and keys as in the viewer. */
function Stage({ scene, labels }: StageProps): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [view, setView] = useState<TractView | null>(null);
  const [camera, setCamera] = useState<Camera | null>(null);
  const problem = useStore(scene, (state) => state.problem);
  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const colour = (value: number): Colour => {
      const [r, g, b] = rgbOf(labels.find((label) => label.value === value)?.colour ?? UNKNOWN_COLOUR);
      return [r / 255, g / 255, b / 255];
    };
    let made: TractView;
    try {
      made = new TractView(scene, colour, element, setCamera);
    } catch (error) {
      scene.setState({ problem: messageOf(error) });
      return;
    }
    const shown = setTimeout(() => setView(made));
    const stop = followPointer(element, made);
    return () => {
      clearTimeout(shown);
      stop();
      made.dispose();
      setView(null);
    };
  }, [scene, labels]);
  const keyDown = (event: KeyboardEvent): void => {
    if (view && pressKey(event, view)) event.preventDefault();
  };
  return (
    <section className={pageStyles['stage']} aria-label="Streamlines">
      <canvas
        ref={canvas}
        className={styles['canvas']}
        tabIndex={0}
        aria-label="3-D view. Arrows turn it, with Shift they move it; plus and minus zoom; A, P, L, R, S and I look from a side; Home shows everything."
        onKeyDown={keyDown}
      />
      <OrientationCube camera={camera} onFace={(side) => view?.lookFrom(side)} />
      <div className={pageStyles['sides']} role="toolbar" aria-label="3-D view">
        {SIDES.map(({ side, words }) => (
          <button key={side} type="button" className={styles['button']} aria-label={`Look from ${words} (${side})`} title={`Look from ${words} (${side})`} onClick={() => view?.lookFrom(side)}>{side}</button>
        ))}
        <button type="button" className={styles['button']} aria-label="Show everything (Home)" title="Show everything (Home)" onClick={() => view?.reset()}>All</button>
      </div>
      <div className={styles['hint']}>Drag turns, Shift+drag moves, the wheel zooms</div>
      {problem !== null && <button type="button" className={styles['problem']} onClick={() => scene.setState({ problem: null })} title="Press to close">{problem}</button>}
    </section>
  );
}
