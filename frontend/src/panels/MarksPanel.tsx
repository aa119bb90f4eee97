import { Tooltip } from '@mantine/core';
import { IconAngle, IconCircleDashed, IconCopy, IconDownload, IconMapPin, IconRectangle, IconRuler2, IconTrash } from '@tabler/icons-react';
import { useState, type ReactElement } from 'react';
import { addressOf } from '../api/http';
import { valueLines, type MarkKind } from '../geometry/marks';
import { marksCsv, markTitle, type Mark } from '../state/marks';
import { MARK_TOOLS } from '../tools/markGestures';
import marked from './marks.module.css';
import toolbar from './Toolbar.module.css';
import styles from './panels.module.css';
import { Section } from './Section';
import { useHandle, useHint, useMarks, useViewer, useWorkspace } from './viewerHandle';

const ICONS: Readonly<Record<MarkKind, typeof IconRuler2>> = { length: IconRuler2, angle: IconAngle, ellipse: IconCircleDashed, rectangle: IconRectangle, point: IconMapPin };
const WORDS: Readonly<Record<MarkKind, string>> = { length: 'Length', angle: 'Angle', ellipse: 'Ellipse', rectangle: 'Rectangle', point: 'Point' };

/** Tools that measure, and what was measured: jump, name, delete, copy. */
export function MarksPanel(): ReactElement {
  const { marks: board, store } = useHandle();
  const marks = useMarks((state) => state.marks);
  const unsaved = useMarks((state) => state.unsaved.size);
  const volumes = useWorkspace((state) => state.task?.volumes) ?? [];
  const task = useWorkspace((state) => state.task?.id) ?? '';
  const hint = useHint();
  const copy = async (): Promise<void> => {
    const text = marksCsv(marks, (id) => volumes.find((volume) => volume.id === id)?.name ?? id);
    try {
      await navigator.clipboard.writeText(text);
      store.setState({ notice: { text: `${marks.length} marks copied as CSV.`, tone: 'info' } });
    } catch {
      // Refused by the person, or a plain http address, where browsers have no clipboard.
      store.setState({ notice: { text: 'This browser did not let the marks be copied; the study’s marks.csv has them too.', tone: 'warning' } });
    }
  };
  const files = (
    <span className={marked['headEnd']}>
      <Tooltip label="Download as JSON, which radicula measure --points reads" position="left">
        <a className={marked['icon']} aria-label="Download the marks as JSON" href={addressOf('/api/v1/tasks/{task_id}/marks.json', { task_id: task })} download>
          <IconDownload size={15} aria-hidden />
        </a>
      </Tooltip>
      <Tooltip label="Copy as CSV" position="left">
        <button type="button" className={marked['icon']} aria-label="Copy the marks as CSV" onClick={() => void copy()}>
          <IconCopy size={15} aria-hidden />
        </button>
      </Tooltip>
    </span>
  );
  return (
    <Section name="marks" title={`Marks (${marks.length})`} label="Marks" beside={marks.length > 0 && files}>
      {board.mayEdit && <MarkTools />}
      {marks.length === 0 && <p className={styles['dim']}>{board.mayEdit ? `Nothing measured yet. ${hint('Choose Length', 'tool.length')} and drag on the image.` : 'Nothing was measured.'}</p>}
      <ul className={marked['list']} data-testid="marks">
        {marks.map((mark) => (
          <MarkRow key={mark.id} mark={mark} />
        ))}
      </ul>
      {unsaved > 0 && <p className={styles['attention']} role="status">Saving {unsaved}</p>}
    </Section>
  );
}

function MarkTools(): ReactElement {
  const { perform } = useHandle();
  const tool = useViewer((state) => state.tool);
  const hint = useHint();
  return (
    <div className={marked['tools']} role="group" aria-label="Measuring tools">
      {MARK_TOOLS.map((kind) => {
        const Icon = ICONS[kind];
        return (
          <Tooltip key={kind} label={hint(WORDS[kind], `tool.${kind}`)} position="bottom">
            <button type="button" className={toolbar['tool']} aria-label={WORDS[kind]} aria-pressed={tool === kind} onClick={() => perform({ type: 'tool', tool: kind })}>
              <Icon size={17} aria-hidden />
            </button>
          </Tooltip>
        );
      })}
    </div>
  );
}

function MarkRow({ mark }: { readonly mark: Mark }): ReactElement {
  const { marks: board, jumpToPlace } = useHandle();
  const selected = useMarks((state) => state.selected === mark.id);
  const [naming, setNaming] = useState(false);
  const Icon = ICONS[mark.kind];
  const title = markTitle(mark);
  const go = (): void => {
    board.store.setState({ selected: mark.id });
    const [first] = mark.points;
    if (first) jumpToPlace(mark.volume, first);
  };
  const named = (name: string): void => {
    board.rename(mark.id, name.trim().slice(0, 100));
    setNaming(false);
  };
  return (
    <li className={marked['row']} data-selected={selected || undefined}>
      {naming ? (
        <input
          className={marked['name']}
          aria-label={`Name of the mark ${title}`}
          defaultValue={mark.name}
          maxLength={100}
          // eslint-disable-next-line jsx-a11y/no-autofocus -- the person has just asked to name it
          autoFocus
          list="mark-names"
          onBlur={(event) => named(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') named(event.currentTarget.value);
            if (event.key === 'Escape') setNaming(false);
          }}
        />
      ) : (
        <button type="button" className={marked['go']} title="Go there; double click to name it" onClick={go} onDoubleClick={() => board.mayEdit && setNaming(true)}>
          <Icon size={15} aria-hidden />
          <span className={marked['title']}>{title}</span>
          <span className={styles['dim']}>{valueLines(mark.kind, mark.values).join(' · ')}</span>
        </button>
      )}
      {board.mayEdit && !naming && (
        <>
          <button type="button" className={styles['link']} aria-label={`Name the mark ${title}`} onClick={() => setNaming(true)}>
            name
          </button>
          <button type="button" className={marked['icon']} aria-label={`Delete the mark ${title}`} onClick={() => board.remove(mark.id)}>
            <IconTrash size={15} aria-hidden />
          </button>
        </>
      )}
      <datalist id="mark-names">
        <option value="PMJ" />
      </datalist>
    </li>
  );
}
