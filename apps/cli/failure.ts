// What the command line gives back to whoever called it: exit codes that mean something, and
// failures that say what is wrong and what to do, never a stack trace.
export const EXIT = {
  ok: 0,
  /** A verification failed, sums differ, doctor found something. */
  difference: 1,
  usage: 2,
  /** Data directory, file or server: missing, out of reach, held by another, corrupt, foreign. */
  files: 3,
  /** The ledger refused the command by one of its rules. */
  refused: 4,
  /** The running service did not answer, or answered what it should not. */
  service: 5,
  /** A fault of the program. */
  fault: 70,
} as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** A command that ends with a difference, and did not fail, says so by this. */
export type End = (exit: Exit) => void;

export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly exit: Exit;
  /** For `--json`: whatever explains it to a program. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(exit: Exit, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.exit = exit;
    this.details = details;
  }
}

export const EXIT_HELP = `
Exit codes:
  0  done
  1  a difference was found: a verification failed, sums do not agree, doctor found something
  2  bad usage: the message names the option or argument
  3  the data directory, a file or a server: missing, out of reach, in use, corrupt, foreign
  4  refused by a rule of the ledger: the message names the rule
  5  the running service did not answer
 70  a fault of the program
`;
