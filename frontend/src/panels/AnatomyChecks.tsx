import { Button, Loader, Text, TextInput } from '@mantine/core';
import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { ijk } from '../geometry/frames';
import type { AnatomyFinding, AnatomyOverride, VolumeId } from '../state/task';
import styles from './AnatomyChecks.module.css';
import { useHandle, useWorkspace } from './viewerHandle';

type Stage = { readonly kind: 'looking' } | { readonly kind: 'failed' } | { readonly kind: 'done'; readonly findings: readonly AnatomyFinding[] };

export interface AnatomyAnswers {
  readonly stage: Stage;
  /** None until the checks are done. */
  readonly findings: readonly AnatomyFinding[];
  readonly reasons: Readonly<Record<string, string>>;
  readonly setReason: (key: string, reason: string) => void;
  readonly lookAgain: () => void;
  /** Reasons for the server. */
  readonly overrides: readonly AnatomyOverride[];
  /** Whether a serious finding has no reason yet. While the checks run the server is the one to refuse. */
  readonly open: boolean;
}

const NONE: readonly AnatomyFinding[] = [];

const keyOf = ({ volume, code, labels }: AnatomyFinding): string => [volume, code, ...labels].join(' ');

/** What anatomy speaks against in the labels as they are now; asked anew whenever the dialog opens. */
export function useAnatomyChecks(opened: boolean): AnatomyAnswers {
  const handle = useHandle();
  const [stage, setStage] = useState<Stage>({ kind: 'looking' });
  const [reasons, setReasons] = useState<Readonly<Record<string, string>>>({});
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!opened) return undefined;
    let current = true;
    handle.checkAnatomy().then(
      (findings) => current && setStage({ kind: 'done', findings }),
      () => current && setStage({ kind: 'failed' }),
    );
    return () => {
      current = false;
      setStage({ kind: 'looking' });
    };
  }, [handle, opened, round]);
  const setReason = useCallback((key: string, reason: string) => setReasons((all) => ({ ...all, [key]: reason })), []);
  const lookAgain = useCallback(() => setRound((n) => n + 1), []);
  const findings = stage.kind === 'done' ? stage.findings : NONE;
  const reasonOf = (finding: AnatomyFinding): string => (reasons[keyOf(finding)] ?? '').trim();
  return {
    stage,
    findings,
    reasons,
    setReason,
    lookAgain,
    overrides: findings
      .filter((finding) => reasonOf(finding) !== '')
      .map((finding) => ({ volume: finding.volume, code: finding.code, labels: [...finding.labels], reason: reasonOf(finding) })),
    open: findings.some((one) => one.severity === 'serious' && reasonOf(one) === ''),
  };
}

interface AnatomyChecksProps {
  readonly answers: AnatomyAnswers;
  /** Those that are said here. */
  readonly findings: readonly AnatomyFinding[];
  readonly onJump: () => void;
}

/** The findings: each leads to its voxel; a serious one takes a reason. */
export function AnatomyChecks({ answers, findings, onJump }: AnatomyChecksProps): ReactElement | null {
  const { stage, reasons, setReason, lookAgain } = answers;
  if (stage.kind === 'looking') {
    return (
      <Text size="sm" c="dimmed" mb="sm" role="status">
        <Loader size="xs" mr="xs" /> Checking the anatomy…
      </Text>
    );
  }
  if (stage.kind === 'failed') {
    return (
      <Text size="sm" mb="sm" c="var(--radicula-amber)" role="alert">
        The checks on anatomy could not run; your labels are safe.{' '}
        <Button size="compact-xs" variant="default" onClick={lookAgain}>
          Check again
        </Button>
      </Text>
    );
  }
  if (findings.length === 0) return null;
  return (
    <section aria-label="Checks on anatomy" className={styles['findings']}>
      <Text size="sm" mb={4}>
        Look at this before you submit. What should stay as it is takes a reason, which the reviewer sees.
      </Text>
      <ul>
        {findings.map((finding) => {
          const key = keyOf(finding);
          return (
            <li key={key} data-severity={finding.severity}>
              <FindingLink finding={finding} onJump={onJump} />
              {finding.severity === 'serious' && (
                <TextInput
                  size="xs"
                  label="Reason to leave it so"
                  maxLength={2000}
                  value={reasons[key] ?? ''}
                  onChange={(event) => setReason(key, event.currentTarget.value)}
                />
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function FindingLink({ finding, onJump }: { readonly finding: AnatomyFinding; readonly onJump?: () => void }): ReactElement {
  const handle = useHandle();
  const shown = useWorkspace((state) => state.shown);
  const [i = 0, j = 0, k = 0] = finding.ijk;
  const go = async (): Promise<void> => {
    onJump?.();
    if (finding.volume !== shown) await handle.openVolume(finding.volume as VolumeId);
    handle.jumpTo(ijk(i, j, k));
  };
  return (
    <button type="button" className={styles['finding']} onClick={() => void go()}>
      <span>{finding.severity === 'serious' ? 'Check' : 'Note'}</span> {finding.sentence}
      <span className={styles['place']}> Go to voxel {finding.ijk.join(', ')}</span>
    </button>
  );
}

/** What was found when the task was handed in, with the rater's reasons: for the reviewer. */
export function SubmittedFindings(): ReactElement | null {
  const findings = useWorkspace((state) => state.task?.anatomy_findings);
  if (!findings || findings.length === 0) return null;
  return (
    <section aria-label="Anatomy, as submitted" className={styles['findings']}>
      <h2>Anatomy, as submitted</h2>
      <ul>
        {findings.map((finding) => (
          <li key={keyOf(finding)} data-severity={finding.severity}>
            <FindingLink finding={finding} />
            {finding.reason && <p>Reason: {finding.reason}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
