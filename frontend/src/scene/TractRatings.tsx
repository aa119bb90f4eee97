import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
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
  const [at, setAt] = useState<string | null>(null);
  const given = ratings.data ?? [];
  if (given.length === 0) return null;
  const left = given.filter(({ score }) => score === null);
  const current = given.find(({ id }) => id === at);
  const show = (rating: TractRating): void => {
    setAt(rating.id);
    scene.setState({ tracts: [], surfaces: false, planes: { axial: false, sagittal: false, coronal: false } });
    void showTract(scene, rating.id, nameOf(rating), rating.trk_url);
  };
  return (
    <div className={styles['stored']} role="group" aria-label="Rating">
      <div className={styles['tract']}>
        <span>{left.length === 0 ? `All ${given.length} tractograms are rated.` : `${left.length} of ${given.length} tractograms to rate`}</span>
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
            else {
              setAt(null);
              scene.setState({ tracts: [], surfaces: true, planes: { axial: true, sagittal: true, coronal: false } });
            }
          }}
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
}

function RatingForm({ rating, tracking, slug, onDone }: RatingFormProps): ReactElement {
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
      <button type="submit" className={styles['open']} disabled={score === null || save.isPending}>Save and next</button>
    </form>
  );
}
