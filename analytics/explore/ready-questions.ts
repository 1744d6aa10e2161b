// Questions that analysts ask again and again, one `.sql` file each; the first line says which.
import { readdirSync } from 'node:fs';
import { sqlFile } from '../sql-file.ts';

export interface ReadyQuestion {
  /** The file's name without `.sql`. */
  readonly name: string;
  /** Its first comment line. */
  readonly title: string;
  readonly sql: string;
}

const FOLDER = new URL('questions/', import.meta.url);

/** `query --list`. */
export function readyQuestions(): readonly ReadyQuestion[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.sql'));
  return files.sort().map((file) => {
    const sql = sqlFile(new URL(file, FOLDER));
    const title = sql.slice(0, sql.indexOf('\n')).replace(/^--\s*/, '');
    return { name: file.slice(0, -'.sql'.length), title, sql };
  });
}
