import { Kbd, Modal } from '@mantine/core';
import type { ReactElement } from 'react';
import { HOTKEY_HELP, type HotkeyHelp } from '../tools/hotkeys';
import styles from './panels.module.css';
import { useHandle, useViewer } from './viewerHandle';

const GROUPS: readonly HotkeyHelp['group'][] = ['Tools', 'Labels', 'Moving', 'View', 'Task'];

export function HotkeySheet(): ReactElement {
  const { store } = useHandle();
  const opened = useViewer((state) => state.hotkeysOpen);
  return (
    <Modal opened={opened} onClose={() => store.setState({ hotkeysOpen: false })} title="Hotkeys" size="xl">
      <div className={styles['hotkeys']}>
        {GROUPS.map((group) => (
          <section key={group} className={styles['hotkeyGroup']}>
            <h3 className={styles['heading']}>{group}</h3>
            {HOTKEY_HELP.filter((entry) => entry.group === group).map((entry) => (
              <div key={entry.text} className={styles['hotkeyRow']}>
                <span>{entry.text}</span>
                <span>
                  {entry.keys.map((key) => (
                    <Kbd key={key} size="xs" ml={3}>
                      {key}
                    </Kbd>
                  ))}
                </span>
              </div>
            ))}
          </section>
        ))}
      </div>
    </Modal>
  );
}
