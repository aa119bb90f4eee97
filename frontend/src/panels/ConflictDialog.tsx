import { Button, Group, Loader, Modal, NativeSelect, Table, Text } from '@mantine/core';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { indexAlong, nextMarkedSlice } from '../commands/labelGrid';
import { ijk } from '../geometry/frames';
import { PLANE_NAMES, type PlaneName } from '../geometry/planes';
import { slicesOfVoxels } from '../operations/compareMaps';
import type { ConflictDifference } from '../state/conflict';
import type { LabelVersion } from '../state/task';
import type { SaveConflict } from '../state/autosave';
import { worstSave } from '../state/workspaceState';
import overlays from './overlays.module.css';
import { useOnceOpened } from './useOnceOpened';
import { useHandle, useViewer, useWorkspace } from './viewerHandle';

const describe = (version: LabelVersion): string => {
  const at = new Date(version.created_at);
  const time = Number.isNaN(at.getTime()) ? '' : `, ${at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })}`;
  return `version ${version.number} by ${version.author || version.model_name || 'someone'}${time}`;
};

/** Two versions of one label map: what each changed, where, and which goes on. Both stay on the server. */
export function ConflictDialog(): ReactElement | null {
  const conflict = useWorkspace((state) => worstSave(state.saves)?.conflict ?? null);
  return useOnceOpened(conflict !== null) ? <Conflict conflict={conflict} /> : null;
}

function Conflict({ conflict }: { readonly conflict: SaveConflict | null }): ReactElement {
  const handle = useHandle();
  const busy = useWorkspace((state) => state.busy === 'resolving');
  const found = useDifference(conflict?.theirs.id ?? null);
  const choose = (choice: 'mine' | 'theirs' | 'merge') => () => void handle.resolveConflict(choice);
  return (
    <Modal
      opened={conflict !== null}
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      // The differing voxels are shown beside the dialog, in the large plane.
      overlayProps={{ backgroundOpacity: 0.05 }}
      styles={{ inner: { justifyContent: 'flex-end' } }}
      size={400}
      padding="sm"
      xOffset={8}
      title="Saved elsewhere meanwhile"
    >
      {conflict && (
        <>
          <Text size="sm">
            Yours is {describe(conflict.mine)}; the other is {describe(conflict.theirs)}. Both are kept on the server. Which one
            goes on?
          </Text>
          {found === 'failed' && (
            <Text size="sm" mt="sm" c="var(--radicula-amber)">
              The two cannot be compared now: the server is away.
            </Text>
          )}
          {found === null && <Loader size="xs" mt="sm" aria-label="Comparing the two" />}
          {found !== null && found !== 'failed' && <Differences found={found} />}
          <Group justify="flex-end" gap="xs" className={overlays['dialogActions'] ?? ''}>
            <Button size="compact-md" variant="default" disabled={busy} onClick={choose('theirs')}>
              Take theirs
            </Button>
            <Button size="compact-md" variant="default" disabled={busy || found === null || found === 'failed'} onClick={choose('merge')}>
              Merge both
            </Button>
            <Button size="compact-md" data-autofocus loading={busy} onClick={choose('mine')}>
              Keep mine
            </Button>
          </Group>
        </>
      )}
    </Modal>
  );
}

type Found = ConflictDifference | 'failed' | null;

/** Compares the two sides of a conflict and shows in the planes where they differ. */
function useDifference(theirs: string | null): Found {
  const handle = useHandle();
  const [found, setFound] = useState<{ readonly of: string; readonly what: Found } | null>(null);
  useEffect(() => {
    if (theirs === null) return undefined;
    let wanted = true;
    const keep = (what: Found): void => {
      if (!wanted) return;
      setFound({ of: theirs, what });
      if (what === null || what === 'failed') return;
      handle.showVolume(what.volume);
      handle.store.setState(({ activeLabel }) => ({ preview: { indices: what.differing, value: activeLabel } }));
    };
    handle.conflictDifference().then(keep, () => keep('failed'));
    return () => {
      wanted = false;
      handle.store.setState({ preview: null });
    };
  }, [handle, theirs]);
  return found?.of === theirs ? found.what : null;
}

function Differences({ found }: { readonly found: ConflictDifference }): ReactElement {
  const labels = useWorkspace((state) => state.task?.labels);
  const nameOf = (value: number): string => labels?.find((label) => label.value === value)?.name ?? `label ${value}`;
  return (
    <>
      <Table mt="xs" fz="sm" verticalSpacing={2} aria-label="Changed voxels by label">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Changed voxels</Table.Th>
            <Table.Th ta="right">Mine</Table.Th>
            <Table.Th ta="right">Theirs</Table.Th>
            <Table.Th ta="right">Both</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.perLabel.map((row) => (
            <Table.Tr key={row.label}>
              <Table.Td>{nameOf(row.label)}</Table.Td>
              <Table.Td ta="right">{row.mine.toLocaleString('en')}</Table.Td>
              <Table.Td ta="right">{row.theirs.toLocaleString('en')}</Table.Td>
              <Table.Td ta="right">{row.both.toLocaleString('en')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Text size="sm" mt="xs">
        {found.clashes === 0
          ? 'No voxel was changed differently by both, so the two can be merged.'
          : `${found.clashes.toLocaleString('en')} ${found.clashes === 1 ? 'voxel was' : 'voxels were'} changed differently by both: a merge keeps yours there.`}
      </Text>
      <DifferenceSteps found={found} />
    </>
  );
}

/** Walks through the slices in which the two differ, in the plane that is looked at. */
function DifferenceSteps({ found }: { readonly found: ConflictDifference }): ReactElement | null {
  const handle = useHandle();
  const plane = useViewer((state) => state.activePlane);
  const axis = handle.sliceAxis(plane);
  const cursor = useViewer((state) => state.cursor);
  const { shape, differing } = found;
  const slices = useMemo(() => slicesOfVoxels(differing, (index) => indexAlong(shape, axis, index)), [differing, shape, axis]);
  if (slices.length === 0) return null;
  const at = slices.indexOf(cursor[axis]);
  const go = (direction: 1 | -1): void => {
    const marked = new Uint8Array(shape[axis]);
    slices.forEach((slice) => (marked[slice] = 1));
    const slice = nextMarkedSlice(marked, cursor[axis], direction);
    const index = differing.find((candidate) => indexAlong(shape, axis, candidate) === slice);
    if (index !== undefined) handle.jumpTo(ijk(indexAlong(shape, 0, index), indexAlong(shape, 1, index), indexAlong(shape, 2, index)));
  };
  return (
    <Group mt="xs" gap="xs">
      <Button size="compact-xs" variant="default" onClick={() => go(-1)}>
        Previous difference
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => go(1)}>
        Next difference
      </Button>
      <NativeSelect
        size="xs"
        aria-label="Plane of the differences"
        value={plane}
        data={[...PLANE_NAMES]}
        onChange={(event) => handle.look(event.currentTarget.value as PlaneName)}
      />
      <Text size="xs" role="status">
        {slices.length} {plane} {slices.length === 1 ? 'slice differs' : 'slices differ'}
        {at >= 0 && `; at slice ${(slices[at] ?? 0) + 1}, ${at + 1} of ${slices.length}`}
      </Text>
    </Group>
  );
}
