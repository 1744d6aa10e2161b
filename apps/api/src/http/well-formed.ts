// Text that the ledger can hash and store is well-formed Unicode. The bytes of a body are valid
// UTF-8, so that half of a surrogate pair can only have come in as an escape, `\ud83d`.
import type { Pointer } from './problem.ts';
import { pointersOf } from './validation.ts';

const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** A member and the way to it: linked, for a body may be nested very deeply. */
interface Place {
  readonly value: unknown;
  readonly key: string;
  readonly inside: Place | null;
}

/** The first text at fault in what was parsed from `text`; none for nearly every body. */
export function illFormedText(text: string, json: unknown): readonly Pointer[] {
  if (!SURROGATE_ESCAPE.test(text)) return [];
  const places: Place[] = [{ value: json, key: '', inside: null }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const { value } = place;
    if (typeof value === 'string' && !value.isWellFormed()) return [pointerTo(place)];
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, member] of Object.entries(value))
      places.push({ value: member, key, inside: place });
  }
  return [];
}

function pointerTo(place: Place): Pointer {
  const path: string[] = [];
  for (let at = place; at.inside !== null; at = at.inside) path.unshift(at.key);
  const issue = { code: 'custom', path, message: 'must be well-formed text', input: null } as const;
  return pointersOf([issue], 'body')[0]!;
}
