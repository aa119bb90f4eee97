/** The parts of the label panel, which fold one by one. */
export const PANEL_SECTIONS = ['difference', 'labels', 'proposal', 'tool', 'operations', 'marks', 'comments', 'image', 'display', 'history'] as const;

export type PanelSection = (typeof PANEL_SECTIONS)[number];

const isPanelSection = (name: unknown): name is PanelSection => PANEL_SECTIONS.some((section) => section === name);

/** What a browser kept of them; names that there are no longer are left out. */
export const sectionsFrom = (kept: readonly unknown[]): readonly PanelSection[] => [...new Set(kept.filter(isPanelSection))];

/** Folded if it was open, else open. */
export const withSectionTurned = (folded: readonly PanelSection[], section: PanelSection): readonly PanelSection[] =>
  folded.includes(section) ? folded.filter((other) => other !== section) : [...folded, section];
