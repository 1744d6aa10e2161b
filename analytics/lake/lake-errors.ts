// What can be wrong with a lake. It is a copy: whatever is wrong with it, the log can make it anew.

/** A segment is missing, changed or from another log; the message names it and says what to do. */
export class LakeDamaged extends Error {
  override readonly name = 'LakeDamaged';

  static because(what: string): LakeDamaged {
    const remedy = 'The lake is a copy of the log: remove its directory and it is written anew';
    return new LakeDamaged(`${what}. ${remedy}`);
  }
}

/** Another process has been writing the lake for as long as we were ready to wait. */
export class LakeBusy extends Error {
  override readonly name = 'LakeBusy';
}
