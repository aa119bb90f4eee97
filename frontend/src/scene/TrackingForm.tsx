import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent, type ReactElement } from 'react';
import { jobCancel, jobGet } from '../api/client';
import { isLive, jobInterval } from '../api/polling';
import { fieldErrorOf, formErrorOf, messageOf } from '../api/problem';
import { trackJob } from '../api/trackedJobs';
import { startTracking, tractKeys, type StudyTracking, type TrackingSettings } from '../api/tracts';
import type { LabelVersion, Task, TaskVolume, VersionId } from '../state/task';
import styles from './scene.module.css';

type SettingName = keyof TrackingSettings;

/** The parameters with the limits that the server holds them to. */
const FIELDS: readonly { readonly name: SettingName; readonly words: string; readonly unit: string; readonly low: number; readonly high: number; readonly step: number }[] = [
  { name: 'fa_stop', words: 'Stop below FA', unit: '', low: 0, high: 1, step: 0.01 },
  { name: 'angle_deg', words: 'Largest angle', unit: '°', low: 1, high: 90, step: 1 },
  { name: 'step_mm', words: 'Step', unit: 'mm', low: 0.05, high: 5, step: 0.05 },
  { name: 'seeds_per_voxel', words: 'Seeds a voxel', unit: '', low: 1, high: 1000, step: 1 },
  { name: 'min_length_mm', words: 'Shortest', unit: 'mm', low: 0, high: 1000, step: 1 },
  { name: 'max_length_mm', words: 'Longest', unit: 'mm', low: 1, high: 2000, step: 1 },
  { name: 'within_mm', words: 'Outside the mask', unit: 'mm', low: 0, high: 1000, step: 1 },
  { name: 'smoothing_mm', words: 'Smoothing', unit: 'mm', low: 0, high: 20, step: 0.5 },
  { name: 'seed', words: 'Random seed', unit: '', low: 0, high: 2 ** 31 - 2, step: 1 },
];
const FIELD_NAMES = FIELDS.map(({ name }) => `settings.${name}`);

/** A mask that can be tracked from. */
interface Mask {
  readonly id: VersionId;
  readonly words: string;
}

/** The label maps of a task: the rater's, what was handed in, what a model proposed. */
export function masksOf(volumes: readonly TaskVolume[]): readonly Mask[] {
  const named = (version: LabelVersion | null, what: string, { name }: TaskVolume): Mask[] =>
    version && Object.keys(version.counts).length > 0 ? [{ id: version.id, words: `${what} on ${name}, version ${version.number}` }] : [];
  const all = volumes.flatMap((volume) => [
    ...named(volume.submitted, 'Submitted', volume),
    ...named(volume.head, 'Saved', volume),
    ...named(volume.proposal, volume.proposal?.model_name ? `Proposal by ${volume.proposal.model_name}` : 'Proposal', volume),
  ]);
  return all.filter((mask, n) => all.findIndex(({ id }) => id === mask.id) === n);
}

interface TrackingFormProps {
  readonly task: Task;
  readonly tracking: StudyTracking & { readonly settings: TrackingSettings };
}

/** Tracks the nerves of a mask of this case, with all parameters in sight. */
export function TrackingForm({ task, tracking }: TrackingFormProps): ReactElement {
  const masks = masksOf(task.volumes);
  const [mask, setMask] = useState<VersionId | null>(null);
  const [wanted, setWanted] = useState<Partial<Record<SettingName, string>>>({});
  const settings = Object.fromEntries(FIELDS.map(({ name }) => [name, Number(wanted[name] ?? tracking.settings[name])])) as unknown as TrackingSettings;
  const chosen = masks.find(({ id }) => id === mask) ?? masks[0];
  const wrong = (name: SettingName): string | null => outOfRange(name, wanted[name]) ?? fieldErrorOf(start.error, `settings.${name}`);
  const start = useMutation({
    mutationFn: (version: VersionId) => startTracking(task.study.slug, version, settings),
    onSuccess: ({ id }) => trackJob(id),
  });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (chosen && FIELDS.every(({ name }) => outOfRange(name, wanted[name]) === null)) start.mutate(chosen.id);
  };
  if (!tracking.may_track) return <p className={styles['dim']}>A study lead or model engineer starts a tracking.</p>;
  if (!chosen) return <p className={styles['dim']}>Draw the nerves, or have them proposed: tracking starts from a saved mask.</p>;
  const unplaced = formErrorOf(start.error, FIELD_NAMES);
  return (
    <details className={styles['stored']}>
      <summary>Track from a mask</summary>
      <form className={styles['form']} onSubmit={send} noValidate aria-label="Tracking">
        <label className={styles['wide']}>
          Mask
          <select value={chosen.id} onChange={(event) => setMask(event.currentTarget.value as VersionId)}>
            {masks.map(({ id, words }) => <option key={id} value={id}>{words}</option>)}
          </select>
        </label>
        {FIELDS.map(({ name, words, unit, low, high, step }) => (
          <label key={name}>
            {words}{unit && `, ${unit}`}
            <input
              type="number" min={low} max={high} step={step} value={wanted[name] ?? tracking.settings[name]}
              aria-invalid={wrong(name) !== null} aria-describedby={wrong(name) === null ? undefined : `tracking-${name}`}
              onChange={(event) => setWanted({ ...wanted, [name]: event.currentTarget.value })}
            />
            {wrong(name) !== null && <span className={styles['wrong']} id={`tracking-${name}`} role="alert">{wrong(name)}</span>}
          </label>
        ))}
        {unplaced !== null && <p className={styles['wrong']} role="alert">{unplaced}</p>}
        <span className={styles['wide']}>
          <button type="submit" className={styles['open']} disabled={start.isPending}>Track</button>{' '}
          {Object.keys(wanted).length > 0 && <button type="button" className={styles['open']} onClick={() => setWanted({})}>The protocol’s own</button>}
        </span>
      </form>
      {start.data && <TrackingJob id={start.data.id} slug={task.study.slug} />}
    </details>
  );
}

function outOfRange(name: SettingName, text: string | undefined): string | null {
  const field = FIELDS.find((candidate) => candidate.name === name);
  if (!field || text === undefined) return null;
  const value = Number(text);
  return text.trim() !== '' && value >= field.low && value <= field.high ? null : `From ${field.low} to ${field.high}.`;
}

/** How far the tracking is, and a way out of it; when it is done the list of tractograms is read again. */
function TrackingJob({ id, slug }: { readonly id: string; readonly slug: string }): ReactElement | null {
  const queries = useQueryClient();
  const job = useQuery({ queryKey: ['job', id], queryFn: () => jobGet(id), refetchInterval: (query) => jobInterval(query.state.data) || (query.state.data ? false : 1000) });
  const cancel = useMutation({ mutationFn: () => jobCancel(id) });
  const state = job.data?.state;
  useEffect(() => {
    if (state === 'done') void queries.invalidateQueries({ queryKey: tractKeys.tractograms(slug) });
  }, [queries, slug, state]);
  if (!job.data) return null;
  const { progress, message, error } = job.data;
  return (
    <div role="status" className={styles['tract']}>
      {isLive(job.data.state) ? (
        <>
          <span>{state === 'queued' ? 'Waiting for a worker' : `${message || 'Tracking'}, ${Math.round(100 * progress)} %`}</span>
          <button type="button" className={styles['open']} disabled={cancel.isPending} onClick={() => cancel.mutate()}>Cancel</button>
        </>
      ) : (
        <span className={state === 'failed' ? styles['wrong'] : undefined}>{state === 'done' ? 'Done: the tractogram is in the list.' : state === 'failed' ? error : 'Cancelled.'}</span>
      )}
      {cancel.error && <span className={styles['wrong']} role="alert">{messageOf(cancel.error)}</span>}
    </div>
  );
}
