/**
 * Stands in for `xmlbuilder2`, which vtk.js pulls in through its XML readers and which needs node's `events` and `url`:
 * with the real one the bundle dies at start-up. The bare page reads no XML geometry, so every entry point refuses.
 */
function refuse(): never {
  throw new Error('XML geometry files are not read in the browser (xmlbuilder2 is a stub).');
}

export const create = refuse;
export const convert = refuse;
export const fragment = refuse;
export const builder = refuse;
export const decompressSync = refuse;
export default { create, convert };
