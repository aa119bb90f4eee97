import { Collapse, UnstyledButton } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';

interface DisclosureProps {
  title: string;
  children: ReactNode;
}

/** A part of a form that opens on demand. */
export function Disclosure({ title, children }: DisclosureProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div>
      <UnstyledButton
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        fw={600}
        mb={open ? 8 : 0}
      >
        {open ? '▾' : '▸'} {title}
      </UnstyledButton>
      <div id={id}>
        <Collapse in={open}>{children}</Collapse>
      </div>
    </div>
  );
}
