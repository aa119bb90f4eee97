import type { ReactElement } from 'react';
import type { LabelSession } from '../state/labelSession';
import styles from './panels.module.css';

/** Every step by name: those that can be redone above, greyed, the latest done first below. */
export function History({ session }: { readonly session: LabelSession }): ReactElement {
  const done = session.editNames.slice(-30).reverse();
  const undone = session.undoneNames.slice(0, 10).reverse();
  return (
    <section className={styles['group']} aria-label="History">
      <h2 className={styles['heading']}>History ({session.editNames.length})</h2>
      {done.length === 0 && undone.length === 0 && <span className={styles['dim']}>Nothing to undo.</span>}
      <ol className={styles['history']} data-testid="history">
        {undone.map((name, n) => (
          <li key={`undone ${undone.length - n}`} className={styles['undone']}>
            {name} (undone)
          </li>
        ))}
        {done.map((name, n) => (
          <li key={session.editNames.length - n} className={styles['dim']}>
            {name}
          </li>
        ))}
      </ol>
    </section>
  );
}
