import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { fieldErrorOf, formErrorOf } from '../api/problem';
import styles from './scene.module.css';
import type { SceneStore } from './sceneState';
import { giveRating, ratingsOf, showTract, type StudyTracking, type TractRating } from './tractFiles';

interface TractRatingsProps {
  readonly scene: SceneStore;
  readonly slug: string;
  readonly tracking: StudyTracking;
}

const SCORES = [1, 2, 3, 4, 5] as const;
const nameOf = ({ place }: TractRating): string => `Tractogram ${place}`;

/**
 * The tractograms that the user was given to rate, one after the other, blind: neither case nor maker is told, and labels,
 * slices and other tractograms go out of sight while one is rated.
 */
export function TractRatings({ scene, slug, tracking }: TractRatingsProps): ReactElement | null {
  const ratings = useQuery({ queryKey: ['tract-ratings', slug], queryFn: () => ratingsOf(slug) });
  const at = useStore(scene, (state) => state.rated);
  const given = ratings.data ?? [];
  if (given.length === 0) return null;
  const left = given.filter(({ score }) => score === null);
  const current = given.find(({ id }) => id === at);
  const show = (rating: TractRating): void => {
    scene.setState({ rated: rating.id, tracts: [], surfaces: false, planes: { axial: false, sagittal: false, coronal: false } });
    void showTract(scene, rating.id, nameOf(rating), rating.trk_url);
  };
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
            {given.filter(({ score }) => score !== null).map((rating) => <option key={rating.id} value={rating.id}>{nameOf(rating)}: {rating.score}</option>)}
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
  readonly onDone: () => void;
  /** Without a score. */
  readonly onStop: () => void;
}

function RatingForm({ rating, tracking, slug, onDone, onStop }: RatingFormProps): ReactElement {
  const queries = useQueryClient();
  const [score, setScore] = useState(rating.score ?? null);
  const [comment, setComment] = useState(rating.comment);
  const save = useMutation({
    mutationFn: (given: number) => giveRating(rating.id, given, comment),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['tract-ratings', slug] });
      onDone();
    },
  });
  const wrongScore = fieldErrorOf(save.error, 'score');
  const wrongComment = fieldErrorOf(save.error, 'comment');
  const unplaced = formErrorOf(save.error, ['score', 'comment']);
  return (
    <form
      aria-label={nameOf(rating)}
      onSubmit={(event) => {
        event.preventDefault();
        if (score !== null) save.mutate(score);
      }}
    >
      <fieldset className={styles['scores']}>
        <legend>{nameOf(rating)}. {tracking.rating_question || 'How good are these streamlines?'}</legend>
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
    </form>
  );
}
