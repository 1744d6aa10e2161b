// Reads an order file, CSV with a header, plain or gzipped, row by row without holding it in
// memory. Refuses a file that is not there, is no CSV, lacks a column or holds a row that cannot
// be read.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { CliFailure, EXIT } from '../failure.ts';
import { type Preset, RowUnreadable, type SourceLine } from './preset.ts';

export async function* sourceLines(file: string, preset: Preset): AsyncGenerator<SourceLine> {
  let places: readonly number[] | undefined;
  let row = 0;
  for await (const cells of rowsOf(file)) {
    if (places === undefined) {
      places = placesOf(file, preset, cells);
      continue;
    }
    row += 1;
    yield lineAt(file, preset, { row, cells: places.map((place) => cells[place] ?? '') });
  }
  if (row === 0) throw new CliFailure(EXIT.files, `${file}: holds no rows`);
}

async function* rowsOf(file: string): AsyncGenerator<string[]> {
  await stat(file).catch(() => {
    throw new CliFailure(EXIT.usage, `${file}: no such file`);
  });
  const parser = parse({ bom: true, relax_column_count: false });
  const source = createReadStream(file);
  const piped = file.endsWith('.gz')
    ? pipeline(source, createGunzip(), parser)
    : pipeline(source, parser);
  piped.catch(() => undefined);
  try {
    for await (const cells of parser) yield cells as string[];
    await piped;
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    throw new CliFailure(EXIT.files, `${file}: ${(error as Error).message}`);
  } finally {
    source.destroy();
  }
}

function placesOf(file: string, { name, columns }: Preset, header: readonly string[]): number[] {
  const missing = columns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new CliFailure(
      EXIT.files,
      `${file}: preset ${name} needs the column ${missing.join(', ')}, which the header lacks`,
    );
  }
  return columns.map((column) => header.indexOf(column));
}

function lineAt(
  file: string,
  preset: Preset,
  { row, cells }: { readonly row: number; readonly cells: readonly string[] },
): SourceLine {
  try {
    return preset.lineOf(cells);
  } catch (error) {
    if (!(error instanceof RowUnreadable)) throw error;
    throw new CliFailure(EXIT.files, `${file}: row ${row}: ${error.message}`);
  }
}
