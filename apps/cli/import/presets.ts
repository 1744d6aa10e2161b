// The mapping presets by name.
import { completeJourney } from './complete-journey.ts';
import { onlineRetail } from './online-retail.ts';
import type { Preset } from './preset.ts';

export const presets: ReadonlyMap<string, Preset> = new Map(
  [onlineRetail, completeJourney].map((preset) => [preset.name, preset]),
);
