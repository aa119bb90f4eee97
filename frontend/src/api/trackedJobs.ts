/** Jobs that the tray shows until they are dismissed, in this tab, across reloads. */

import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

interface TrackedJobs {
  ids: string[];
  track: (ids: readonly string[]) => void;
  dismiss: (id: string) => void;
  forget: () => void;
}

export const useTrackedJobs = create<TrackedJobs>()(
  persist(
    (set) => ({
      ids: [],
      track: (ids) =>
        set((state) => {
          const fresh = ids.filter((id) => !state.ids.includes(id));
          return fresh.length === 0 ? state : { ids: [...state.ids, ...fresh] };
        }),
      dismiss: (id) => set((state) => ({ ids: state.ids.filter((other) => other !== id) })),
      forget: () => set({ ids: [] }),
    }),
    { name: 'radicula.jobs', storage: createJSONStorage(() => sessionStorage) },
  ),
);

export const trackJob = (id: string): void => useTrackedJobs.getState().track([id]);
