/** Where to go after sign-in: a path of this site, never another site that a link smuggled in. */
export const localAddress = (next: string | null): string =>
  next !== null && /^\/(?![/\\])/.test(next) && !next.startsWith('/sign-in') ? next : '/';
