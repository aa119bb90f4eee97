import { useDocumentTitle } from '@mantine/hooks';
import { useEffect, type ReactElement } from 'react';
import { useNavigate, useParams } from 'react-router';
import { useStore } from 'zustand';
import { itemOf } from '../pages/measures/valuePlot';
import { withUnit } from '../pages/measures/valueText';
import { MeasureApi } from './measureApi';
import styles from './row.module.css';
import { type Opened, useLookedAt } from './useLookedAt';
import { Viewer } from './ViewerPage';
import { createHandle } from './workspaceHandle';

/** The page of a number of a clinical measure: the label map that it was read off, at its label. Nothing can be changed. */
export default function MeasureValuePage(): ReactElement {
  const { slug = '', tableId = '', place = '' } = useParams();
  return <ValueView key={`${tableId}-${place}`} slug={slug} table={tableId} place={Number(place)} />;
}

function ValueView({ slug, table, place }: { readonly slug: string; readonly table: string; readonly place: number }): ReactElement {
  const opened = useLookedAt(`${table}-${place}`, () => new MeasureApi({ slug, table, place }));
  const navigate = useNavigate();
  if (!opened) return <div className={styles['empty']} />;
  const leave = (): void => void navigate(-1);
  return <Viewer workspace={opened.workspace} onLeave={leave} banner={<ValueBar opened={opened} />} />;
}

/** What the number says; once the images are there, the viewer goes to the middle of its label. */
function ValueBar({ opened: { workspace, api } }: { readonly opened: Opened<MeasureApi> }): ReactElement {
  const ready = useStore(workspace.state, (state) => state.stage.kind === 'ready');
  const value = api.measured?.value;
  useDocumentTitle(value ? `${value.case.name}, ${itemOf(value)} · Radicula` : 'Radicula');
  useEffect(() => {
    const label = api.measured?.value.label ?? null;
    if (!ready || label === null) return;
    workspace.store.setState({ activeLabel: label });
    createHandle(workspace).perform({ type: 'labelCentre' });
  }, [ready, api, workspace]);
  if (!value) return <div className={styles['bar']} />;
  return (
    <div className={styles['bar']} role="region" aria-label="Number of a measure">
      <strong>
        {value.case.name} · {itemOf(value)}
      </strong>
      <span className={styles['number']}>
        <span className={styles['dim']}>{value.quantity.replaceAll('_', ' ')}</span> {withUnit(value)}
        {value.undefined !== '' && <span className={styles['dim']}> ({value.undefined})</span>}
      </span>
      <span>
        <span className={styles['dim']}>by</span> {value.title}
      </span>
      {value.variant !== '' && <span className={styles['dim']}>{value.variant}</span>}
      {value.outdated !== '' && <span className={styles['dim']}>outdated: {value.outdated}</span>}
    </div>
  );
}
