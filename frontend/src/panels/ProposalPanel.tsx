import { Button, Switch } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useEffect, useState, type ReactElement } from 'react';
import type { LabelArray } from '../commands/labelGrid';
import { compareWithProposal, type ProposalAgreement, type ProposalComparison } from '../operations/proposals';
import { diceInWords } from '../state/diceWords';
import { colourOf } from '../state/labelColours';
import type { LabelSession } from '../state/labelSession';
import type { LabelDefinition } from '../state/task';
import labelPanel from './LabelPanel.module.css';
import styles from './panels.module.css';
import { Section } from './Section';
import own from './ProposalPanel.module.css';
import { useHandle, useHint, useViewer, useWorkspace } from './viewerHandle';

/** So long after the last stroke the map is compared anew: it takes a look at every voxel. */
const REST_MS = 300;

/** What a model proposed against the map as it is now; nothing where nothing was proposed. */
export function ProposalPanel({ session }: { readonly session: LabelSession }): ReactElement | null {
  const proposal = useViewer((state) => state.proposal);
  return proposal && <Proposal session={session} proposal={proposal} />;
}

interface ProposalProps {
  readonly session: LabelSession;
  readonly proposal: LabelArray;
}

function Proposal({ session, proposal }: ProposalProps): ReactElement {
  const handle = useHandle();
  const hint = useHint();
  const task = useWorkspace((state) => state.task);
  const shown = useWorkspace((state) => state.shown);
  const busy = useViewer((state) => state.operation !== null);
  const outline = useViewer((state) => state.proposalOutline);
  const model = task?.volumes.find(({ id }) => id === shown)?.proposal?.model_name;
  const pieceWaits = useViewer((state) => state.proposedPiece !== null);
  const compared = useComparison(session, proposal);
  return (
    <Section name="proposal" title={model ? `Proposal by ${model}` : 'Proposal'} label="Proposal" needed={pieceWaits}>
      <Switch size="xs" mb={6} label={hint('Its outline, dashed', 'proposal.outline')} checked={outline} onChange={() => handle.perform({ type: 'toggle', setting: 'proposalOutline' })} />
      <p className={styles['dim']} aria-live="polite" data-testid="proposal-changed">
        {compared === null ? 'Comparing' : compared.changed === 0 ? 'The map is what was proposed.' : `${compared.changed.toLocaleString('en')} voxels changed.`}
      </p>
      <ul className={own['labels']}>
        {compared?.perLabel.map((agreement) => (
          <LabelAgreement key={agreement.label} agreement={agreement} label={task?.labels.find(({ value }) => value === agreement.label)} busy={busy} />
        ))}
      </ul>
      <div className={styles['row']}>
        <Button
          size="compact-xs"
          variant="default"
          disabled={busy || compared === null || compared.changed === 0}
          title={hint('Make the map what was proposed, in one step that can be undone', 'proposal.accept')}
          onClick={() => handle.perform({ type: 'proposal', act: 'acceptAll' })}
        >
          Accept all
        </Button>
        <Button
          size="compact-xs"
          variant="default"
          disabled={busy}
          title={hint('Click on a proposed component in the image to accept it', 'tool.island')}
          onClick={() => {
            handle.perform({ type: 'tool', tool: 'island' });
            handle.store.setState({ islandAct: 'accept' });
          }}
        >
          Click to accept
        </Button>
      </div>
      <Pieces busy={busy} />
    </Section>
  );
}

/** Walks through the components of the proposal that the map does not hold whole. */
function Pieces({ busy }: { readonly busy: boolean }): ReactElement {
  const handle = useHandle();
  const hint = useHint();
  const piece = useViewer((state) => state.proposedPiece);
  return (
    <>
      <div className={styles['row']}>
        <Button size="compact-xs" px={4} variant="default" disabled={busy} title={hint('Previous component of the proposal that the map lacks', 'proposal.piece.previous')} onClick={() => handle.perform({ type: 'proposedPiece', direction: -1 })}>
          Previous missing
        </Button>
        <Button size="compact-xs" px={4} variant="default" disabled={busy} title={hint('Next component of the proposal that the map lacks', 'proposal.piece.next')} onClick={() => handle.perform({ type: 'proposedPiece', direction: 1 })}>
          Next missing
        </Button>
      </div>
      {piece && (
        <>
          <p className={styles['dim']} aria-live="polite">
            {piece.missing.toLocaleString('en')} of {piece.indices.length.toLocaleString('en')} voxels of this component of label {piece.label} are missing.
          </p>
          <div className={styles['row']}>
            <Button size="compact-sm" onClick={() => handle.perform({ type: 'proposal', act: 'acceptPiece' })}>
              {hint('Accept', 'accept')}
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => handle.perform({ type: 'cancel' })}>
              {hint('Leave', 'cancel')}
            </Button>
          </div>
        </>
      )}
    </>
  );
}

interface LabelAgreementProps {
  readonly agreement: ProposalAgreement;
  readonly label: LabelDefinition | undefined;
  readonly busy: boolean;
}

function LabelAgreement({ agreement, label, busy }: LabelAgreementProps): ReactElement {
  const handle = useHandle();
  const hint = useHint();
  const colour = useViewer((state) => (label ? colourOf(label, state.labelColours) : '#ffffff'));
  const name = label?.name ?? `label ${agreement.label}`;
  const act = (what: 'acceptLabel' | 'rejectLabel'): void => {
    handle.store.setState({ activeLabel: agreement.label });
    handle.perform({ type: 'proposal', act: what });
  };
  const { proposed, now, kept, dice } = agreement;
  return (
    <li className={own['label']}>
      <span className={own['swatch']} style={{ background: colour }} />
      <span className={labelPanel['labelName']}>{name}</span>
      <span className={own['dice']} data-testid={`dice-${agreement.label}`}>
        Dice {diceInWords(dice)}
      </span>
      <button type="button" className={labelPanel['eye']} disabled={busy || locked(handle.labels(), agreement.label)} aria-label={`Accept the proposal for ${name}`} title={hint(`Accept: ${name} as it was proposed`, 'proposal.accept.label')} onClick={() => act('acceptLabel')}>
        <IconCheck size={15} />
      </button>
      <button type="button" className={labelPanel['eye']} disabled={busy || locked(handle.labels(), agreement.label)} aria-label={`Reject the proposal for ${name}`} title={hint(`Reject: take away what is left of the proposed ${name}`, 'proposal.reject.label')} onClick={() => act('rejectLabel')}>
        <IconX size={15} />
      </button>
      <span className={own['counts']} data-testid={`counts-${agreement.label}`}>
        {kept.toLocaleString('en')} of {proposed.toLocaleString('en')} voxels kept, {(now - kept).toLocaleString('en')} added
      </span>
    </li>
  );
}

const locked = (session: LabelSession | null, label: number): boolean => session?.locked.has(label) ?? false;

/** The comparison, worked out anew when the map has rested for a moment. */
function useComparison(session: LabelSession, proposal: LabelArray): ProposalComparison | null {
  const [compared, setCompared] = useState<ProposalComparison | null>(null);
  useEffect(() => {
    let timer = 0;
    const compare = (): void => setCompared(compareWithProposal(proposal, session.labels));
    const later = (): void => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => (session.isPainting ? later() : compare()), REST_MS);
    };
    timer = window.setTimeout(compare);
    const stop = session.subscribe((change) => {
      if (change !== 'locks') later();
    });
    return () => {
      window.clearTimeout(timer);
      stop();
    };
  }, [session, proposal]);
  return compared;
}
