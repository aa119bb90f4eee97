import classes from './Wordmark.module.css';

/** Rootlets leaving the cord: the product's one ornament. */
export function RootletGlyph({ size = 20 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      aria-hidden="true"
      className={classes.glyph}
    >
      <path d="M5 2v20" />
      <path d="M5 5.500c5 0 6 1.500 14 1.500" />
      <path d="M5 11.500c5 0 7 .200 14 .700" />
      <path d="M5 11.500c5 0 6.500 2 14 6" />
    </svg>
  );
}

export function Wordmark({ large = false }: { large?: boolean }) {
  return (
    <span className={classes.wordmark} data-large={large || undefined}>
      <RootletGlyph size={large ? 30 : 20} />
      radicula
    </span>
  );
}
