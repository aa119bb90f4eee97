import { FileInput } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { protocolCheck } from '../../api/client';
import { fieldErrorOf, messageOf } from '../../api/problem';
import type { Protocol } from '../../api/types';

/** A protocol file of one's own that the server has read. */
export interface OwnProtocol {
  name: string;
  text: string;
  protocol: Protocol;
}

interface OwnProtocolFileProps {
  error: string | null;
  onRead: (read: OwnProtocol | null) => void;
}

/** Takes a protocol file; what is wrong in it is said beside the field, with its line. */
export function OwnProtocolFile({ error, onRead }: OwnProtocolFileProps) {
  const check = useMutation({
    mutationFn: async (file: File): Promise<OwnProtocol> => {
      const text = await file.text();
      return { name: file.name, text, protocol: await protocolCheck(text) };
    },
    onSuccess: onRead,
  });
  const wrong = check.error ? (fieldErrorOf(check.error, 'file') ?? messageOf(check.error)) : error;
  return (
    <FileInput
      label="Or a protocol of your own"
      description="A TOML file, as docs/protocols.md describes it"
      placeholder="Choose a file"
      accept=".toml"
      clearable
      leftSection={<IconFileText size={16} aria-hidden />}
      error={wrong}
      onChange={(file) => {
        check.reset();
        onRead(null);
        if (file !== null) check.mutate(file);
      }}
    />
  );
}
