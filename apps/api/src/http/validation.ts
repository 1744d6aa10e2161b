// Every parameter of every route goes through its schema once, and what a schema refuses becomes
// pointers. No body at all is an empty one: many commands say nothing but their path. Keys that
// could reach a prototype are refused like any other unknown field, not dropped.
import { Injectable, type PipeTransform } from '@nestjs/common';
import type { ArgumentMetadata } from '@nestjs/common';
import { z } from 'zod';
import { type Pointer, RequestRefused } from './problem.ts';

const MOST_POINTERS = 20;
const PLACES = { body: 'body', query: 'query', param: 'path' } as const;

@Injectable()
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, { type, schema, data }: ArgumentMetadata): unknown {
    if (type !== 'body' && type !== 'query' && type !== 'param') return value;
    if (!(schema instanceof z.ZodType)) return value;
    const parsed = schema.safeParse(value === undefined && type === 'body' ? {} : value);
    if (parsed.success) return parsed.data;
    const at = type === 'param' && data !== undefined ? [data] : [];
    throw new RequestRefused(
      'request_must_match_schema',
      pointersOf(parsed.error.issues, PLACES[type], at),
    );
  }
}

/** One pointer for each field at fault, the first twenty. */
export function pointersOf(
  issues: readonly z.core.$ZodIssue[],
  place: Pointer['in'],
  prefix: readonly PropertyKey[] = [],
): readonly Pointer[] {
  const pointers: Pointer[] = [];
  for (const issue of issues) {
    const path = [...prefix, ...issue.path];
    const faults =
      issue.code === 'unrecognized_keys'
        ? issue.keys.slice(0, MOST_POINTERS).map((key) => pointer([...path, key], 'is not a field'))
        : [pointer(path, issue.message)];
    pointers.push(...faults.map((fault) => ({ in: place, ...fault })));
    if (pointers.length >= MOST_POINTERS) break;
  }
  return pointers.slice(0, MOST_POINTERS);
}

const pointer = (path: readonly PropertyKey[], message: string) => ({
  pointer: path.map((step) => `/${escaped(String(step).slice(0, 128))}`).join(''),
  message,
});

const escaped = (step: string) => step.replaceAll('~', '~0').replaceAll('/', '~1');
