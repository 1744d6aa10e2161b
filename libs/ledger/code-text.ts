// The text of an issued code, made from its request's seed: whoever finds an unfinished request
// makes the same texts. Pure; the hash is brought by the caller.
import type { CodeText } from './values.ts';

/** SHA-256 of a text's UTF-8 bytes. */
export type HashText = (text: string) => Uint8Array;

/** 32 symbols that nobody mistakes for one another: no I, O, 0 or 1. Five bits each. */
const SYMBOLS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const CODE_TEXT_LENGTH = 10;

/** `index` counts a request's codes from 0, `attempt` the texts tried for one of them. */
export function codeText(
  {
    seed,
    index,
    attempt,
  }: { readonly seed: string; readonly index: number; readonly attempt: number },
  sha256: HashText,
): CodeText {
  const digest = sha256(`${seed}/${index}/${attempt}`);
  return Array.from(digest.subarray(0, CODE_TEXT_LENGTH), (byte) => SYMBOLS[byte & 31]).join('');
}
