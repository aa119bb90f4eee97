import { Menu, Tooltip } from '@mantine/core';
import { IconCheck, IconLayoutDashboard } from '@tabler/icons-react';
import type { ComponentPropsWithRef, ReactElement } from 'react';
import styles from './Toolbar.module.css';
import { useHandle, useHint, useViewer, useWorkspace } from './viewerHandle';

/** Mantine gives every entry of a menu the role of a plain one, which cannot be checked. */
const RadioItem = ({ 'aria-checked': checked, ...props }: ComponentPropsWithRef<'button'>): ReactElement => (
  <button {...props} type="button" role="menuitemradio" aria-checked={checked ?? false} />
);

/** The layouts that the case can fill. */
export function LayoutMenu(): ReactElement {
  const handle = useHandle();
  const hint = useHint();
  const layout = useViewer((state) => state.layout);
  useWorkspace((state) => state.task);
  useWorkspace((state) => state.versions);
  return (
    <Menu position="bottom-start" shadow="md">
      <Menu.Target>
        <Tooltip label={hint('Layout', 'layout.next')} position="bottom">
          <button type="button" className={styles['tool']} aria-label="Layout">
            <IconLayoutDashboard size={17} aria-hidden />
            <span className={styles['optionalWord']}>Layout</span>
          </button>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        {handle.image.layouts().map(({ name, title }) => (
          <Menu.Item
            key={name}
            component={RadioItem}
            data-layout={name}
            aria-checked={name === layout}
            leftSection={name === layout ? <IconCheck size={14} /> : <span className={styles['menuGap']} />}
            onClick={() => handle.perform({ type: 'layout', layout: name })}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
