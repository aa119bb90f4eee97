import type { PaintRule } from '../commands/voxelRule';
import type { ToolContext } from './toolContext';

/** May this rule write now? Where it may not, the person is told why rather than left with a dead tool. */
export function mayWrite({ store, session }: ToolContext, rule: PaintRule): boolean {
  if (!session || store.getState().operation) return false;
  const value = rule.kind === 'paint' ? rule.value : rule.only;
  if (value !== null && session.locked.has(value)) {
    store.setState({ notice: { text: `Label ${value} is locked. Unlock it in the label panel to change it.`, tone: 'warning' } });
    return false;
  }
  return true;
}
