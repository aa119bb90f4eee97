import { Button, Switch } from '@mantine/core';
import type { ReactElement } from 'react';
import { FIRST_ONLY, OTHER_LABEL, SECOND_ONLY, type LabelDifference } from '../operations/labelDifference';
import { diceInWords } from '../state/diceWords';
import { DIFFERENCE_COLOURS } from '../state/differenceLook';
import own from './DifferencePanel.module.css';
import styles from './panels.module.css';
import { Section } from './Section';
import { useHandle, useHint, useViewer, useWorkspace } from './viewerHandle';

/** How two label maps that are side by side differ: counts, what the hatching means, and a walk through the places. */
export function DifferencePanel(): ReactElement | null {
  const found = useWorkspace((state) => state.difference);
  const shown = useViewer((state) => state.differenceShown);
  const handle = useHandle();
  const hint = useHint();
  if (!found) return null;
  return (
    <Section name="difference" title="Difference" label="Difference">
      <p className={own['lead']} role="status">
        {found.voxels === 0
          ? 'The two label maps are the same.'
          : `${found.voxels} voxels (${volumeInWords(found.voxels * handle.voxelMm3)}) in ${found.regions.length} ${found.regions.length === 1 ? 'place' : 'places'}`}
      </p>
      {found.voxels > 0 && <Steps found={found} />}
      <Agreement found={found} />
      <ul className={own['legend']}>
        {LEGEND.map(({ kind, text }) => (
          <li key={kind}>
            <Hatch kind={kind} />
            {text}
          </li>
        ))}
      </ul>
      <Switch size="xs" label={hint('Hatch what differs', 'difference')} checked={shown} onChange={() => handle.perform({ type: 'toggle', setting: 'differenceShown' })} />
    </Section>
  );
}

const LEGEND = [
  { kind: FIRST_ONLY, text: 'Only in the first' },
  { kind: SECOND_ONLY, text: 'Only in the second' },
  { kind: OTHER_LABEL, text: 'Another label' },
] as const;

function Hatch({ kind }: { readonly kind: number }): ReactElement {
  return (
    <svg width="16" height="12" aria-hidden stroke={DIFFERENCE_COLOURS[kind]} strokeWidth="1.5" fill="none">
      <rect x="0.5" y="0.5" width="15" height="11" strokeWidth="1" />
      {kind !== SECOND_ONLY && <path d="M1 8 8 1M5 11 15 1M12 11l3-3" />}
      {kind !== FIRST_ONLY && <path d="M1 4l7 7M1 1l0 0M5 1l10 10M12 1l3 3" />}
    </svg>
  );
}

function Steps({ found }: { readonly found: LabelDifference }): ReactElement {
  const { perform } = useHandle();
  const hint = useHint();
  const at = useViewer((state) => state.differenceAt);
  const region = at === null ? undefined : found.regions[at];
  return (
    <>
      <div className={styles['row']}>
        <Button size="compact-xs" variant="default" title={hint('Previous difference', 'difference.previous')} onClick={() => perform({ type: 'differenceStep', direction: -1 })}>
          Previous
        </Button>
        <Button size="compact-xs" variant="default" title={hint('Next difference, the largest first', 'difference.next')} onClick={() => perform({ type: 'differenceStep', direction: 1 })}>
          Next
        </Button>
      </div>
      {region && at !== null && (
        <p className={own['lead']} data-testid="difference-at">
          Place {at + 1} of {found.regions.length}: {region.voxels} {region.voxels === 1 ? 'voxel' : 'voxels'}
        </p>
      )}
    </>
  );
}

function Agreement({ found }: { readonly found: LabelDifference }): ReactElement | null {
  const labels = useWorkspace((state) => state.task?.labels);
  const nameOf = (value: number): string => labels?.find((label) => label.value === value)?.name ?? `Label ${value}`;
  if (found.labels.length === 0) return null;
  return (
    <table className={own['agreement']}>
      <thead>
        <tr>
          <th scope="col">Label</th>
          <th scope="col" title="Voxels that only the first has">First</th>
          <th scope="col" title="Voxels that only the second has">Second</th>
          <th scope="col">Dice</th>
        </tr>
      </thead>
      <tbody>
        {found.labels.map(({ label, firstOnly, secondOnly, dice }) => (
          <tr key={label}>
            <th scope="row">{nameOf(label)}</th>
            <td>{firstOnly}</td>
            <td>{secondOnly}</td>
            <td>{diceInWords(dice)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const volumeInWords = (mm3: number): string => (mm3 < 1000 ? `${Number(mm3.toPrecision(3))} mm³` : `${Number((mm3 / 1000).toPrecision(3))} ml`);
