// What a check of the doctor comes to.
export interface Finding {
  readonly check: string;
  /** `note` is worth knowing and no fault. */
  readonly state: 'ok' | 'note' | 'wrong';
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
}

export const ok = (check: string, says: string): Finding => ({ check, state: 'ok', says });

export const note = (check: string, says: string, todo?: string): Finding => ({
  ...{ check, state: 'note', says },
  ...(todo !== undefined && { todo }),
});

export const wrong = (check: string, says: string, todo: string): Finding => ({
  ...{ check, state: 'wrong', says, todo },
});

/** What a check threw is a finding too: the other checks go on. */
export async function guarded(
  check: string,
  todo: string,
  work: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await work();
  } catch (error) {
    return [wrong(check, error instanceof Error ? error.message : String(error), todo)];
  }
}

export const RESTORE = 'stop the service and restore the data directory from a backup';
