import type { Ijk } from '../geometry/frames';
import type { Convention } from '../geometry/planes';
import type { VolumeDisplay, WindowPreset } from '../state/display';
import type { CellId, LayoutName } from '../state/layouts';
import type { Colour } from '../state/pointedValue';
import type { TaskVolume, VolumeId } from '../state/task';

/** What the panels see of how images are shown, and may change. */
export interface ImageHandle {
  /** The volume of the viewport used last. */
  active(): TaskVolume | null;
  /** The volume that a viewport shows. */
  shownIn(cell: CellId): TaskVolume | null;
  /** A voxel of a map of directions; null in a volume with one value a voxel. */
  colourAt(volume: TaskVolume, voxel: Ijk): Colour | null;
  displayOf(volume: TaskVolume): VolumeDisplay;
  setDisplay(volume: TaskVolume, change: Partial<VolumeDisplay>): void;
  presetsOf(volume: TaskVolume): readonly WindowPreset[];
  layouts(): readonly { readonly name: LayoutName; readonly title: string }[];
  overlay(id: VolumeId | null): void;
  setConvention(convention: Convention): void;
  setLinked(linked: boolean): void;
  /** Another frame of a 4-D volume. */
  showFrame(volume: TaskVolume, frame: number): void;
}
