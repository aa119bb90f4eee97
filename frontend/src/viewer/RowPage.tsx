import { Button, Switch, Text, Tooltip } from '@mantine/core';
import { IconArrowLeft, IconArrowRight } from '@tabler/icons-react';
import { useDocumentTitle } from '@mantine/hooks';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { useStore } from 'zustand';
import { useFirstRows } from '../api/queries';
import { voxelCount } from '../commands/labelGrid';
import { ijk } from '../geometry/frames';
import { countOf, disagreementOf, ONLY_FIRST, ONLY_SECOND, type Disagreement } from '../operations/disagreement';
import { filterParams, filtersFrom, rowAddress } from '../pages/results/filters';
import { headerOf, measureOf, MAIN, worstFirst } from '../pages/results/measures';
import { fixed } from '../pages/parts/numbers';
import { isTyping } from '../tools/hotkeys';
import { RowApi } from './rowApi';
import styles from './row.module.css';
import { type Opened, useLookedAt } from './useLookedAt';
import { Viewer } from './ViewerPage';

/** No label has these colours, so that a mark is not taken for a label. */
export const COLOURS = { 1: '#ffffff', 2: '#000000', 4: '#9aa3ad' } as const;
const WORST = 200;

/** The page of a row of an analysis: two label maps side by side, and where they differ. Nothing can be changed here. */
export default function RowPage(): ReactElement {
  const { slug = '', analysisId = '', number = '' } = useParams();
  return <Row key={`${analysisId}-${number}`} slug={slug} analysis={analysisId} number={Number(number)} />;
}

interface RowProps {
  readonly slug: string;
  readonly analysis: string;
  readonly number: number;
}

function Row({ slug, analysis, number }: RowProps): ReactElement {
  const opened = useLookedAt(`${analysis}-${number}`, () => new RowApi({ slug, analysis, number }));
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const leave = (): void => {
    const query = new URLSearchParams(filterParams(filtersFrom(params))).toString();
    void navigate(`/studies/${slug}/results/${analysis}${query === '' ? '' : `?${query}`}`);
  };
  if (!opened) return <div className={styles['empty']} />;
  const bar = <RowBar opened={opened} slug={slug} analysis={analysis} number={number} />;
  return <Viewer workspace={opened.workspace} onLeave={leave} banner={bar} />;
}

/** Fetches where the two maps differ, points at it, and goes to the slice that differs most. */
export function useDisagreement({ workspace, api }: Opened<RowApi>, on: boolean): Disagreement | null {
  const ready = useStore(workspace.state, (state) => state.stage.kind === 'ready');
  const [found, setFound] = useState<Disagreement | null>(null);
  useEffect(() => {
    const { row, current } = { row: api.row, current: workspace.current };
    if (!ready || !row || !current) return undefined;
    const stop = new AbortController();
    const { shape } = current.volume;
    const { mainPlane } = workspace.store.getState();
    void api
      .voxels(row.disagreement_url, voxelCount(shape), undefined, stop.signal)
      .then((bytes) => {
        const made = disagreementOf(new Uint8Array(bytes), shape, current.planes[mainPlane].sliceAxis);
        setFound(made);
        workspace.store.setState({ activeLabel: row.row.label });
        if (made.worst) workspace.jumpTo(ijk(...made.worst));
      })
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        const text = error instanceof Error ? error.message : 'Where the two differ could not be loaded.';
        workspace.store.setState({ notice: { text, tone: 'error' } });
      });
    return () => stop.abort();
  }, [ready, workspace, api]);
  useEffect(() => {
    workspace.store.setState({ marked: on && found ? { ...found, colours: COLOURS } : null });
  }, [workspace, on, found]);
  return found;
}

/** What the row says, and the way to the next worst one. */
function RowBar({ opened, slug, analysis, number }: RowProps & { readonly opened: Opened<RowApi> }): ReactElement {
  const [on, setOn] = useState(true);
  const found = useDisagreement(opened, on);
  const task = useStore(opened.workspace.state, (state) => state.task);
  const row = task && opened.api.row;
  useDocumentTitle(row ? `${row.row.volume_name}, ${row.row.label_name} · Radicula` : 'Radicula');
  const { previous, next, position, total, metric } = useNeighbours(analysis, number, slug);
  useKeys({ '>': next, '<': previous, '/': () => setOn((now) => !now) });
  if (!row) return <div className={styles['bar']} />;
  const measures = [metric, ...MAIN.filter((key) => key !== metric)].map((key) => measureOf(key));
  return (
    <div className={styles['bar']} role="region" aria-label="Row of the analysis">
      <strong>
        {row.row.volume_name} · {row.row.label_name}
      </strong>
      <Side words="left" title={row.a.title} colour={COLOURS[ONLY_FIRST]} only={found && countOf(found, ONLY_FIRST)} />
      <Side words="right" title={row.b.title} colour={COLOURS[ONLY_SECOND]} only={found && countOf(found, ONLY_SECOND)} />
      {measures.map((measure) => (
        <span key={measure.key} className={styles['number']}>
          <span className={styles['dim']}>{headerOf(measure)}</span> {fixed(row.row[measure.key], measure.digits)}
        </span>
      ))}
      <span className={styles['spring']} />
      <Tooltip label="Tint where only one of the two has the label (/)">
        <span>
          <Switch size="xs" label={<Text size="xs">Differences</Text>} checked={on} onChange={(event) => setOn(event.currentTarget.checked)} />
        </span>
      </Tooltip>
      <span className={styles['steps']}>
        <Button size="compact-xs" variant="default" disabled={!previous} leftSection={<IconArrowLeft size={14} aria-hidden />} onClick={() => previous?.()} title="Previous, less bad (<)">
          Previous
        </Button>
        <span className={styles['dim']}>{position === null ? '' : `${position + 1} of ${total}`}</span>
        <Button size="compact-xs" variant="default" disabled={!next} rightSection={<IconArrowRight size={14} aria-hidden />} onClick={() => next?.()} title="Next worst (>)">
          Next worst
        </Button>
      </span>
    </div>
  );
}

interface SideProps {
  readonly words: string;
  readonly title: string;
  readonly colour: string;
  readonly only: number | null;
}

export function Side({ words, title, colour, only }: SideProps): ReactElement {
  return (
    <span className={styles['side']}>
      <span className={styles['swatch']} style={{ background: colour }} aria-hidden="true" />
      <span>
        <span className={styles['dim']}>{words}</span> {title}
        {only !== null && <span className={styles['dim']}> ({only} voxels alone)</span>}
      </span>
    </span>
  );
}

/** The rows before and after this one, from the worst, under the filters that came along. */
function useNeighbours(analysis: string, number: number, slug: string) {
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const filters = useMemo(() => filtersFrom(params), [params]);
  const { metric, label, pair, reader } = filters;
  const rows = useFirstRows(analysis, { sort: worstFirst(metric), ...(label !== null && { label }), ...(pair !== null && { pair }), ...(reader !== null && { reader }) }, WORST).data ?? [];
  const at = rows.findIndex((row) => row.number === number);
  const go = (place: number): (() => void) | null => {
    const row = at < 0 ? (place > 0 ? rows[0] : undefined) : rows[at + place];
    return row ? () => void navigate(rowAddress(slug, analysis, row.number, filters)) : null;
  };
  return { previous: go(-1), next: go(1), position: at < 0 ? null : at, total: rows.length, metric };
}

/** Keys of this page, beside those of the viewer. */
export function useKeys(keys: Readonly<Record<string, (() => void) | null>>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const act = keys[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
}
