// The command line as a whole: its commands, what `--help` says, and how every failure ends: a
// sentence on stderr (with `--json` an object) and an exit code that means something.
import { Command, CommanderError } from 'commander';
import { addClose } from './commands/close.ts';
import { addCopyLog } from './commands/copy-log.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvents } from './commands/events.ts';
import { addExplain } from './commands/explain.ts';
import { addFollowClickHouse } from './commands/follow-clickhouse.ts';
import { addImport } from './commands/import.ts';
import { addQuery } from './commands/query.ts';
import { addReplay } from './commands/replay.ts';
import { addServe } from './commands/serve.ts';
import { addStatements } from './commands/statements.ts';
import { addTrialBalance } from './commands/trial-balance.ts';
import { CliFailure, type End, EXIT, type Exit, EXIT_HELP } from './failure.ts';
import { printJson, say } from './terminal.ts';

/** Runs one command line and gives its exit code; nothing is thrown. */
export async function run(argv: readonly string[]): Promise<number> {
  let exit: Exit = EXIT.ok;
  const program = newProgram((found) => (exit = found));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    return failed(error, argv.includes('--json'));
  }
}

function newProgram(end: End): Command {
  const program = new Command('promo-ledger')
    .description('An event-sourced ledger for affiliate promo codes with auditable statements.')
    .helpCommand(true)
    .showHelpAfterError('(promo-ledger --help says what there is)')
    .addHelpText('after', EXIT_HELP)
    .exitOverride();
  addServe(program);
  addDemo(program, end);
  addImport(program, end);
  addReplay(program, end);
  addClose(program);
  addStatements(program, end);
  addTrialBalance(program, end);
  addEvents(program);
  addExplain(program);
  addQuery(program);
  addDoctor(program, end);
  addCopyLog(program, end);
  addFollowClickHouse(program);
  return program;
}

function failed(error: unknown, isJson: boolean): Exit {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const failure = failureOf(error);
  if (failure === undefined) {
    say(`promo-ledger: a fault of the program: ${String(error)}`);
    if (process.env.PROMO_LEDGER_TRACE) say(error instanceof Error ? (error.stack ?? '') : '');
    else say('Set PROMO_LEDGER_TRACE=1 to see where.');
    return EXIT.fault;
  }
  if (isJson) printJson({ error: failure.message, exit: failure.exit, ...failure.details });
  else say(`promo-ledger: ${failure.message}`);
  return failure.exit;
}

/** What is known of an error that another part of the ledger threw. */
function failureOf(error: unknown): CliFailure | undefined {
  if (error instanceof CliFailure) return error;
  if (!(error instanceof Error)) return undefined;
  const exit = EXITS[error.name];
  if (exit !== undefined) return new CliFailure(exit, error.message);
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const isOfFiles = /^(EACCES|EPERM|ENOENT|ENOSPC|EROFS|ENOTDIR|EISDIR)$/.test(code);
  return isOfFiles ? new CliFailure(EXIT.files, error.message) : undefined;
}

/** By name, so that a command loads only what it needs. Their messages are fit to be printed. */
const EXITS: Readonly<Record<string, Exit>> = {
  ConfigRefused: EXIT.usage,
  QueryRefused: EXIT.usage,
  LogMissing: EXIT.files,
  LogForeign: EXIT.files,
  LogTooNew: EXIT.files,
  LogCorrupt: EXIT.files,
  LogUnwritable: EXIT.files,
  LogLocked: EXIT.files,
  LogUnreachable: EXIT.files,
  LogNotBegun: EXIT.files,
  LogNotAlone: EXIT.files,
  LogUnderCopy: EXIT.files,
  LogMoved: EXIT.files,
  DataDirectoryRefused: EXIT.files,
  StoreUnavailable: EXIT.files,
  BuyerKeysUnusable: EXIT.files,
  FollowerAlarm: EXIT.files,
  ReadStoreForeign: EXIT.files,
  ReadStoreUnreadable: EXIT.files,
  LogShorterThanRows: EXIT.files,
  StreamNotContiguous: EXIT.files,
  LogChangedBehindRows: EXIT.difference,
  UnknownEventType: EXIT.files,
  DocumentsUnreadable: EXIT.files,
  DocumentChanged: EXIT.difference,
  LakeDamaged: EXIT.files,
  LakeBusy: EXIT.files,
  ClickHouseUnreachable: EXIT.files,
  ClickHouseRefused: EXIT.files,
  ClickHouseDamaged: EXIT.files,
  LogsDiffer: EXIT.difference,
  WaysDiffer: EXIT.difference,
  AmountDiffers: EXIT.difference,
  RunRefused: EXIT.refused,
};
