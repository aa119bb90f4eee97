import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Activity, useId, type ReactElement, type ReactNode } from 'react';
import { withSectionTurned, type PanelSection } from '../state/panelSections';
import styles from './panels.module.css';
import { useHandle, useViewer } from './viewerHandle';

interface SectionProps {
  readonly name: PanelSection;
  readonly title: string;
  /** After the title, for screen readers: what tells its button from another one of that name. */
  readonly titleOf?: string;
  /** Of the region. */
  readonly label?: string;
  /** Buttons in the line of the title. */
  readonly beside?: ReactNode;
  /** Something in it waits for an answer: it is open, folded or not. */
  readonly needed?: boolean;
  readonly children: ReactNode;
}

/** A part of the label panel that folds. What is folded away keeps what was typed in it, and costs nothing while one paints. */
export function Section({ name, title, titleOf, label, beside, needed = false, children }: SectionProps): ReactElement {
  const { store } = useHandle();
  const folded = useViewer((state) => state.foldedSections.includes(name));
  const content = useId();
  const open = needed || !folded;
  const Chevron = open ? IconChevronDown : IconChevronRight;
  const turn = (): void => store.setState(({ foldedSections }) => ({ foldedSections: withSectionTurned(foldedSections, name) }));
  return (
    <section className={styles['group']} aria-label={label} data-folded={!open || undefined}>
      <div className={styles['sectionHead']}>
        <h2 className={styles['heading']}>
          <button type="button" className={styles['fold']} aria-expanded={open} aria-controls={content} onClick={turn}>
            <Chevron size={13} aria-hidden />
            <span>
              {title}
              {titleOf !== undefined && <span className="visually-hidden"> {titleOf}</span>}
            </span>
          </button>
        </h2>
        {open && beside}
      </div>
      <div id={content} hidden={!open}>
        <Activity mode={open ? 'visible' : 'hidden'}>{children}</Activity>
      </div>
    </section>
  );
}
