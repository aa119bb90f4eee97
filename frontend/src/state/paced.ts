/**
 * A listener that is told of many changes at most once in `ms` while `many` holds, the first and the last of them included;
 * otherwise of each at once.
 */
export function paced(listener: () => void, many: () => boolean, ms: number): { readonly notify: () => void; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let told = -Infinity;
  const tell = (): void => {
    clearTimeout(timer);
    timer = undefined;
    told = performance.now();
    listener();
  };
  const notify = (): void => {
    const wait = many() ? told + ms - performance.now() : 0;
    if (wait <= 0) tell();
    else timer ??= setTimeout(tell, wait);
  };
  return { notify, stop: () => clearTimeout(timer) };
}
