/** The Markdown of model cards, as blocks: headings, paragraphs, bullets and tables, and nothing else. Text stays text. */

export type Block =
  | { kind: 'heading'; level: 1 | 2; text: string }
  | { kind: 'paragraph'; text: string }
  | { kind: 'list'; items: readonly string[] }
  | { kind: 'table'; head: readonly string[]; rows: readonly (readonly string[])[] };

const plain = (text: string): string => text.replaceAll('\\|', '|').replaceAll('&lt;', '<');

const cells = (line: string): string[] =>
  line.trim().replace(/^\|/, '').replace(/\|$/, '').split(/(?<!\\)\|/).map((cell) => plain(cell.trim()));

/** Blocks are parted by empty lines. */
export const blocksOf = (markdown: string): Block[] =>
  markdown
    .split(/\n{2,}/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(blockOf);

const blockOf = (part: string): Block => {
  const lines = part.split('\n');
  const [first = ''] = lines;
  const heading = /^(#{1,2}) (.*)$/.exec(first);
  if (heading) return { kind: 'heading', level: heading[1] === '#' ? 1 : 2, text: plain(heading[2] ?? '') };
  if (lines.every((line) => line.startsWith('- '))) return { kind: 'list', items: lines.map((line) => plain(line.slice(2))) };
  if (lines.length > 1 && lines.every((line) => line.startsWith('|'))) {
    const [head = [], , ...rows] = lines.map(cells);
    return { kind: 'table', head, rows };
  }
  return { kind: 'paragraph', text: plain(lines.join(' ')) };
};
