import { useHotkeys } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { fieldErrorOf, formErrorOf } from '../api/problem';
import { giveRating, tractKeys, useOwnRatings, type StudyTracking, type TractRating } from '../api/tracts';
import styles from './scene.module.css';
import type { SceneStore } from './sceneState';
import { ratedName, showToRate } from './tractFiles';

interface TractRatingsProps {
  readonly scene: SceneStore;
  readonly slug: string;
  readonly tracking: StudyTracking;
  /** Digits score and Enter saves: where they have no other meaning. */
  readonly keys?: boolean;
}

const SCORES = [1, 2, 3, 4, 5] as const;

/**
 * The tractograms that the user was given to rate, one after the other, blind: neither case nor maker is told, and labels,
 * slices and other tractograms go out of sight while one is rated.
 */
export function TractRatings({ scene, slug, tracking, keys = false }: TractRatingsProps): ReactElement | null {
  const ratings = useOwnRatings(slug);
  const at = useStore(scene, (state) => state.rated);
  const given = ratings.data ?? [];
  if (given.length === 0) return null;
  const left = given.filter(({ score }) => score === null);
  const current = given.find(({ id }) => id === at);
  const show = (rating: TractRating): void => showToRate(scene, rating);
  const stop = (): void => scene.setState({ rated: null, tracts: [], surfaces: true, planes: { axial: true, sagittal: true, coronal: false } });
  return (
    <div className={styles['stored']} role="group" aria-label="Rating">
      <div className={styles['tract']}>
        <span>{left.length > 0 ? `To rate: ${left.length} of ${given.length} tractograms` : given.length === 1 ? 'The tractogram is rated.' : `All ${given.length} tractograms are rated.`}</span>
        {!current && left[0] && <button type="button" className={styles['open']} onClick={() => left[0] && show(left[0])}>Rate blind</button>}
      </div>
      {current && (
        <RatingForm
          key={current.id}
          rating={current}
          tracking={tracking}
          slug={slug}
          keys={keys}
          onDone={() => {
            const next = left.find(({ id }) => id !== current.id);
            if (next) show(next);
            else stop();
          }}
          onStop={stop}
        />
      )}
      {given.length > left.length && (
        <label className={styles['tract']}>
          Rated
          <select value="" onChange={(event) => given.filter(({ id }) => id === event.currentTarget.value).forEach(show)}>
            <option value="">look again</option>
            {given.filter(({ score }) => score !== null).map((rating) => <option key={rating.id} value={rating.id}>{ratedName(rating)}: {rating.score}</option>)}
          </select>
        </label>
      )}
    </div>
  );
}

interface RatingFormProps {
  readonly rating: TractRating;
  readonly tracking: StudyTracking;
  readonly slug: string;
  readonly keys: boolean;
  readonly onDone: () => void;
  /** Without a score. */
  readonly onStop: () => void;
}

function RatingForm({ rating, tracking, slug, keys, onDone, onStop }: RatingFormProps): ReactElement {
  const queries = useQueryClient();
  const [score, setScore] = useState(rating.score ?? null);
  const [comment, setComment] = useState(rating.comment);
  const save = useMutation({
    mutationFn: (given: number) => giveRating(rating.id, given, comment),
    onSuccess: async () => {
      // With the last score the study's other tractograms come into sight.
      await Promise.all([tractKeys.given, tractKeys.tractograms(slug)].map((queryKey) => queries.invalidateQueries({ queryKey })));
      onDone();
    },
  });
  const send = (): void => {
    if (score !== null && !save.isPending) save.mutate(score);
  };
  useHotkeys(keys ? SCORES.map((value) => [String(value), () => setScore(value)]) : [], ['TEXTAREA', 'SELECT']);
  // On a radio button or a button Enter has its own way to the same end.
  useHotkeys(keys ? [['Enter', send]] : [], ['INPUT', 'TEXTAREA', 'SELECT', 'BUTTON', 'A']);
  const wrongScore = fieldErrorOf(save.error, 'score');
  const wrongComment = fieldErrorOf(save.error, 'comment');
  const unplaced = formErrorOf(save.error, ['score', 'comment']);
  return (
    <form
      aria-label={ratedName(rating)}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <fieldset className={styles['scores']}>
        <legend>{ratedName(rating)}. {tracking.rating_question || 'How good are these streamlines?'}</legend>
        {SCORES.map((value) => (
          <label key={value}>
            <input type="radio" name="score" value={value} checked={score === value} onChange={() => setScore(value)} />
            {value} {tracking.rating_words[value - 1]}
          </label>
        ))}
      </fieldset>
      {wrongScore !== null && <p className={styles['wrong']} role="alert">{wrongScore}</p>}
      <label className={styles['wide']}>
        Comment
        <textarea rows={2} maxLength={5000} value={comment} onChange={(event) => setComment(event.currentTarget.value)} />
      </label>
      {wrongComment !== null && <p className={styles['wrong']} role="alert">{wrongComment}</p>}
      {unplaced !== null && <p className={styles['wrong']} role="alert">{unplaced}</p>}
      <button type="submit" className={styles['open']} disabled={score === null || save.isPending}>Save and next</button>{' '}
      <button type="button" className={styles['open']} onClick={onStop}>Stop rating</button>
      {keys && <p className={styles['dim']}>1 to 5 score, Enter saves.</p>}
    </form>
  );
}
