// Where this service's statements and analysts' copies are computed from, and kept.
import { type Workspace, workspaceIn } from '#analytics/workspace.ts';
import type { Config } from './config.ts';

export const workspaceOf = ({ dataDirectory, log, engine }: Config): Workspace =>
  workspaceIn(dataDirectory, log, engine);
