import { Button, NativeSelect, Switch, Text, Tooltip } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { useStore } from 'zustand';
import { studyGet } from '../api/client';
import { scoredCaseGet, type ScoredCaseDetail } from '../api/registry';
import type { AnalysisRowDetail } from '../api/types';
import { countOf, ONLY_FIRST, ONLY_SECOND } from '../operations/disagreement';
import { fixed } from '../pages/parts/numbers';
import { headerOf, MAIN, measureOf } from '../pages/results/measures';
import styles from './row.module.css';
import { RowApi } from './rowApi';
import { COLOURS, Side, useDisagreement, useKeys } from './RowPage';
import { type Opened, useLookedAt } from './useLookedAt';
import { Viewer } from './ViewerPage';

/** The page of a case that a version was scored on: what people drew, what the version made, and where they differ. */
export default function ScoredCasePage(): ReactElement {
  const { slug = '', scoredId = '' } = useParams();
  const [params] = useSearchParams();
  const label = Number(params.get('label') ?? 0);
  return <ScoredCase key={`${scoredId}-${label}`} slug={slug} scored={scoredId} label={label} />;
}

interface ScoredCaseProps {
  readonly slug: string;
  readonly scored: string;
  readonly label: number;
}

function ScoredCase({ slug, scored, label }: ScoredCaseProps): ReactElement {
  const opened = useLookedAt(`${scored}-${label}`, () => new RowApi({ slug, analysis: scored, number: label }, async () => rowOf(await scoredCaseGet(scored), await nameOf(slug, label), label)));
  const navigate = useNavigate();
  // Back to where one came from; a page that was opened by its address goes to the models.
  const leave = (): void => {
    if (history.length > 1) void navigate(-1);
    else void navigate(`/studies/${slug}/models`);
  };
  if (!opened) return <div className={styles['empty']} />;
  return <Viewer workspace={opened.workspace} onLeave={leave} banner={<Bar opened={opened} slug={slug} scored={scored} label={label} />} />;
}

const nameOf = async (slug: string, label: number): Promise<string> =>
  (await studyGet(slug)).labels.find((one) => one.value === label)?.name ?? `label ${label}`;

/** A scored case in the words of a row of an analysis; measures that were not kept are null. */
export function rowOf(detail: ScoredCaseDetail, labelName: string, label: number): AnalysisRowDetail {
  const scored = detail.labels[String(label)];
  return {
    row: {
      number: 0,
      case: { id: detail.case.id, name: detail.case.name },
      volume: detail.volume,
      volume_name: detail.volume_name,
      pair: 0,
      reader_a: 0,
      reader_b: 1,
      label,
      label_name: labelName,
      version_a: detail.reference.version,
      version_b: detail.made.version,
      dice: scored?.dice ?? null,
      jaccard: null,
      precision: null,
      recall: null,
      specificity: null,
      volume_similarity: scored?.volume_similarity ?? null,
      hausdorff_mm: null,
      hd95_mm: scored?.hd95_mm ?? null,
      assd_mm: scored?.assd_mm ?? null,
      surface_dice: scored?.surface_dice ?? null,
      centroid_distance_mm: null,
      detection_f1: null,
      volume_a_mm3: scored?.reference_mm3 ?? 0,
      volume_b_mm3: scored?.candidate_mm3 ?? 0,
      volume_difference_mm3: (scored?.candidate_mm3 ?? 0) - (scored?.reference_mm3 ?? 0),
      undefined: scored?.undefined ?? {},
    },
    a: detail.reference,
    b: detail.made,
    disagreement_url: `${detail.disagreement_url}?label=${label}`,
    hanging: detail.hanging,
    previous: null,
    next: null,
  };
}

/** What the case says, and the ways to another label and to the other version of a comparison. */
function Bar({ opened, slug, scored, label }: ScoredCaseProps & { readonly opened: Opened<RowApi> }): ReactElement {
  const [on, setOn] = useState(true);
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const found = useDisagreement(opened, on);
  const task = useStore(opened.workspace.state, (state) => state.task);
  const row = task && opened.api.row;
  useDocumentTitle(row ? `${row.row.volume_name}, ${row.b.title} · Radicula` : 'Radicula');
  const against = params.get('against');
  const other = useQuery({ queryKey: ['scored-case', against], queryFn: () => scoredCaseGet(against ?? ''), enabled: against !== null }).data;
  useKeys({ '/': () => setOn((now) => !now) });
  if (!row || !task) return <div className={styles['bar']} />;
  const go = (to: string, shown: number, back: string | null): void =>
    void navigate(`/studies/${slug}/models/cases/${to}?label=${shown}${back === null ? '' : `&against=${back}`}`, { replace: true });
  return (
    <div className={styles['bar']} role="region" aria-label="Scored case">
      <strong>{row.row.volume_name}</strong>
      <NativeSelect
        size="xs"
        aria-label="Label"
        value={String(label)}
        data={task.labels.map((one) => ({ value: String(one.value), label: one.name }))}
        onChange={(event) => go(scored, Number(event.currentTarget.value), against)}
      />
      <Side words="left, drawn by" title={row.a.title} colour={COLOURS[ONLY_FIRST]} only={found && countOf(found, ONLY_FIRST)} />
      <Side words="right, made by" title={row.b.title} colour={COLOURS[ONLY_SECOND]} only={found && countOf(found, ONLY_SECOND)} />
      {MAIN.map((key) => measureOf(key)).map((measure) => (
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
      {other && (
        <Button size="compact-xs" variant="default" onClick={() => go(other.id, label, scored)}>
          Show {other.model_version.name}
        </Button>
      )}
    </div>
  );
}
