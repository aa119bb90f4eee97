import { Button, Kbd, Modal, TextInput } from '@mantine/core';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { chordInWords, chordOf, keysOf, ownerOf, partsOf, refusalOf, withKey, withoutChoice, type HotkeyChoices } from '../tools/hotkeys';
import { ACTION_GROUPS, ACTIONS, FIXED_KEYS, type ActionEntry } from '../tools/viewerActions';
import sheet from './HotkeySheet.module.css';
import styles from './panels.module.css';
import { useOnceOpened } from './useOnceOpened';
import { useHandle, useViewer } from './viewerHandle';

/** All hotkeys: searched, read and changed. */
export function HotkeySheet(): ReactElement | null {
  const { store } = useHandle();
  const opened = useViewer((state) => state.hotkeysOpen);
  if (!useOnceOpened(opened)) return null;
  return (
    <Modal opened={opened} onClose={() => store.setState({ hotkeysOpen: false })} title="Hotkeys" size="xl" closeOnEscape={false}>
      {opened && <Sheet />}
    </Modal>
  );
}

function Sheet(): ReactElement {
  const { store } = useHandle();
  const choices = useViewer((state) => state.hotkeys);
  const [sought, setSought] = useState('');
  const [editing, setEditing] = useState<string | null>(null);
  const choose = (hotkeys: HotkeyChoices): void => store.setState({ hotkeys });
  const words = sought.trim().toLowerCase();
  const matches = (text: string, keys: readonly string[]): boolean =>
    words === '' || text.toLowerCase().includes(words) || keys.some((key) => key.toLowerCase() === words);
  const entries = ACTIONS.filter((entry) => matches(entry.text, keysOf(entry, choices).map(chordInWords)));
  const fixed = FIXED_KEYS.filter(({ text, keys }) => matches(text, keys));
  return (
    // Escape ends what is under way first, then closes the sheet.
    <div role="presentation" onKeyDown={(event) => event.key === 'Escape' && editing === null && store.setState({ hotkeysOpen: false })}>
      <div className={sheet['sheetHead']}>
        <TextInput
          size="xs"
          data-autofocus
          aria-label="Search hotkeys"
          placeholder="Search by word or key"
          value={sought}
          onChange={(event) => setSought(event.currentTarget.value)}
        />
        <Button size="compact-sm" variant="default" disabled={Object.keys(choices).length === 0} onClick={() => choose({})}>
          Reset all
        </Button>
      </div>
      {entries.length + fixed.length === 0 && <p className={styles['dim']}>No action and no key is called that.</p>}
      <div className={sheet['hotkeys']}>
        {ACTION_GROUPS.map((group) => {
          const own = entries.filter((entry) => entry.group === group);
          const given = fixed.filter((entry) => entry.group === group);
          if (own.length + given.length === 0) return null;
          return (
            <section key={group} className={sheet['hotkeyGroup']} aria-label={group}>
              <h3 className={styles['heading']}>{group}</h3>
              {own.map((entry) => (
                <Row key={entry.id} entry={entry} editing={editing === entry.id} onEdit={setEditing} />
              ))}
              {given.map(({ text, keys }) => (
                <div key={text} className={sheet['hotkeyRow']}>
                  <span>{text}</span>
                  <Keys keys={[keys]} />
                </div>
              ))}
            </section>
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  readonly entry: ActionEntry;
  readonly editing: boolean;
  readonly onEdit: (id: string | null) => void;
}

/** An action with its keys. While it is edited the next key pressed becomes its key. */
function Row({ entry, editing, onEdit }: RowProps): ReactElement {
  const { store } = useHandle();
  const choices = useViewer((state) => state.hotkeys);
  const keys = keysOf(entry, choices);
  const changed = choices[entry.id] !== undefined;
  const keyButton = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  // What was edited goes, and the focus with it: it comes back to where the editing began.
  useEffect(() => {
    if (wasEditing.current && !editing && (document.activeElement === null || document.activeElement === document.body)) keyButton.current?.focus();
    wasEditing.current = editing;
  }, [editing]);
  return (
    <div className={sheet['hotkeyRow']} data-action={entry.id}>
      <span>{entry.text}</span>
      {editing ? (
        <KeyCapture entry={entry} onDone={() => onEdit(null)} />
      ) : (
        <span className={sheet['hotkeyKeys']}>
          {changed && (
            <button type="button" className={styles['link']} aria-label={`Default key for ${entry.text}`} onClick={() => store.setState({ hotkeys: withoutChoice(choices, entry) })}>
              reset
            </button>
          )}
          <button ref={keyButton} type="button" className={sheet['keyButton']} aria-label={`Change the key for ${entry.text}`} title="Change" onClick={() => onEdit(entry.id)}>
            {keys.length === 0 ? <span className={styles['dim']}>none</span> : <Keys keys={keys.map((key) => partsOf(chordInWords(key)))} />}
          </button>
        </span>
      )}
    </div>
  );
}

function KeyCapture({ entry, onDone }: { readonly entry: ActionEntry; readonly onDone: () => void }): ReactElement {
  const { store } = useHandle();
  const choices = useViewer((state) => state.hotkeys);
  const [wanted, setWanted] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const owner = wanted === null ? null : ownerOf(wanted, choices);
  const take = (chord: string): void => {
    store.setState({ hotkeys: withKey(choices, entry, chord) });
    onDone();
  };
  if (wanted !== null && owner) {
    return (
      // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape leaves it, whichever button has the focus
      <span className={sheet['conflict']} role="alert" onKeyDown={(event) => event.key === 'Escape' && onDone()}>
        {chordInWords(wanted)} is the key of “{owner.text}”.
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the field that had the focus is gone */}
        <button type="button" autoFocus className={styles['link']} onClick={() => take(wanted)}>
          Use it here
        </button>
        <button type="button" className={styles['link']} onClick={onDone}>
          Leave it
        </button>
      </span>
    );
  }
  return (
    <span className={sheet['conflict']}>
      {refusal && <span role="alert">{refusal}</span>}
      <input
        className={sheet['capture']}
        readOnly
        // eslint-disable-next-line jsx-a11y/no-autofocus -- the person has just asked to press a key here
        autoFocus
        aria-label={`Press the new key for ${entry.text}; Escape leaves it, Backspace takes the key away`}
        value="Press a key"
        onBlur={onDone}
        onKeyDown={(event) => {
          if (event.key === 'Tab') return;
          event.preventDefault();
          event.stopPropagation();
          if (event.key === 'Escape') return onDone();
          if (event.key === 'Backspace') {
            store.setState({ hotkeys: { ...choices, [entry.id]: [] } });
            return onDone();
          }
          const chord = chordOf(event);
          if (chord === null) return;
          const refused = refusalOf(chord);
          setRefusal(refused);
          if (refused !== null) return;
          const now = ownerOf(chord, choices);
          if (now === null || now.id === entry.id) take(chord);
          else setWanted(chord);
        }}
      />
    </span>
  );
}

function Keys({ keys }: { readonly keys: readonly (readonly string[])[] }): ReactElement {
  return (
    <span>
      {keys.map((parts) => (
        <span key={parts.join()} className={sheet['chord']}>
          {parts.map((part) => (
            <Kbd key={part} size="xs" ml={2}>
              {part}
            </Kbd>
          ))}
        </span>
      ))}
    </span>
  );
}
