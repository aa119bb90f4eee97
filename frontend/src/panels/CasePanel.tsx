import type { ReactElement } from 'react';
import type { LabelVersion, Review, VolumeId } from '../state/task';
import { SubmittedFindings } from './AnatomyChecks';
import { VOLUME_DRAG } from './volumeDrag';
import own from './CasePanel.module.css';
import styles from './panels.module.css';
import { useHandle, useWorkspace } from './viewerHandle';

const STATES = {
  todo: 'To do',
  in_progress: 'In progress',
  submitted: 'Submitted',
  returned: 'Returned',
  accepted: 'Accepted',
  excluded: 'Excluded',
} as const;

function Fact({ term, children }: { readonly term: string; readonly children: React.ReactNode }): ReactElement {
  return (
    <div className={styles['fact']}>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const originOf = (head: LabelVersion): string =>
  head.source === 'model' ? `proposal by ${head.model_name ?? 'a model'}` : `by ${head.author ?? 'someone'}`;

/** Case, volumes, instructions and what reviewers said. */
export function CasePanel(): ReactElement | null {
  const handle = useHandle();
  const task = useWorkspace((state) => state.task);
  const shown = useWorkspace((state) => state.shown);
  if (!task) return <aside className={styles['side']} data-side="left" aria-label="Case" />;
  const volume = task.volumes.find((candidate) => candidate.id === shown);
  return (
    <aside className={styles['side']} data-side="left" aria-label="Case">
      <section className={styles['group']}>
        <h2 className={styles['heading']}>{task.case.name}</h2>
        <dl className={styles['facts']}>
          <Fact term="Study">{task.study.name}</Fact>
          <Fact term="State">{STATES[task.state]}</Fact>
          <Fact term="Read">
            {task.read} by {task.rater.name}
          </Fact>
        </dl>
      </section>
      <section className={styles['group']}>
        <h2 className={styles['heading']}>Volumes</h2>
        {task.volumes.map((entry) => (
          <button
            key={entry.id}
            type="button"
            className={own['volume']}
            aria-pressed={entry.id === shown}
            draggable={task.volumes.length > 1}
            onDragStart={(event) => event.dataTransfer.setData(VOLUME_DRAG, entry.id)}
            title={task.volumes.length > 1 ? 'Show in the active viewport, or drag onto another one' : undefined}
            onClick={() => handle.showVolume(entry.id)}
          >
            <div className={own['volumeName']}>
              {entry.role}
              {!entry.labelled && <span className={styles['dim']}>no labels</span>}
            </div>
            <div className={styles['dim']}>
              {entry.shape.join(' × ')}
              {entry.frames > 1 && ` × ${entry.frames}`} · {entry.orientation}
            </div>
          </button>
        ))}
        {volume && (
          <dl className={styles['facts']}>
            <Fact term="Voxel">{volume.spacing_mm.map((mm) => Number(mm.toFixed(2))).join(' × ')} mm</Fact>
            {volume.head && <Fact term={`Version ${volume.head.number}`}>{originOf(volume.head)}</Fact>}
          </dl>
        )}
      </section>
      <SubmittedFindings />
      {task.reviews.length > 0 && (
        <section className={styles['group']}>
          <h2 className={styles['heading']}>Reviews</h2>
          {task.reviews.map((review) => (
            <ReviewNote key={review.at + review.reviewer} review={review} />
          ))}
        </section>
      )}
      {task.instructions && (
        <section className={styles['group']}>
          <h2 className={styles['heading']}>Instructions</h2>
          <p className={own['instructions']}>{task.instructions}</p>
        </section>
      )}
    </aside>
  );
}

function ReviewNote({ review }: { readonly review: Review }): ReactElement {
  const handle = useHandle();
  const { ijk: voxel } = review;
  const at = new Date(review.at);
  return (
    <div className={own['review']}>
      <strong>{review.verdict === 'returned' ? 'Returned' : 'Accepted'}</strong>{' '}
      <span className={styles['dim']}>
        {review.reviewer}
        {Number.isNaN(at.getTime()) ? '' : `, ${at.toLocaleDateString()}`}
      </span>
      {review.comment && <p>{review.comment}</p>}
      {voxel && (
        <button type="button" className={styles['link']} onClick={() => handle.jumpToPlace(review.volume as VolumeId | null, voxel)}>
          Go to voxel {voxel.join(', ')}
        </button>
      )}
    </div>
  );
}
