// The keys that hash buyers' ids, in a file beside the log and never in it. Created once, on an
// empty ledger: whoever lost the file learns that at the next start, instead of every buyer quietly
// becoming another one. The key a code pins is the key its buyers are hashed with, for its life.
import { hash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '#event-store/durable-file.ts';
import type { ClaimKey } from '#event-store/log-source.ts';
import { type EventLogReader, NO_POSITION, type Place, START } from '#event-store/port.ts';
import { Id, Sha256 } from '#ledger/values.ts';

export const BUYER_KEYS_FILE = 'buyer-keys.json';
const KEY_BYTES = 32;
const BLOCK_BYTES = 64;

const KeyFile = z.strictObject({
  format: z.literal('promo-ledger buyer keys 1'),
  keys: z
    .array(
      z.strictObject({
        keyId: Id,
        key: z.base64().length(44),
        /** Of the key's bytes: a key that changed by accident must not hash anything. */
        sha256: Sha256,
      }),
    )
    .min(1),
});
type KeyFile = z.infer<typeof KeyFile>;

/** The service must not run: the message says which file and what to do about it. */
export class BuyerKeysUnusable extends Error {
  override readonly name = 'BuyerKeysUnusable';
}

export class BuyerKeys {
  /** Pinned by codes created from now on, and used for orders whose text leads to no code. */
  readonly currentKeyId: string;
  readonly #pads: ReadonlyMap<string, { readonly inner: Buffer; readonly outer: Buffer }>;

  /** The first key is the current one; each holds 32 bytes. */
  constructor(keys: ReadonlyMap<string, Buffer>) {
    const [first] = keys.keys();
    if (first === undefined) throw new BuyerKeysUnusable('there is no buyer key');
    this.currentKeyId = first;
    this.#pads = new Map([...keys].map(([keyId, key]) => [keyId, padsOf(key)]));
  }

  /** For tests and throw-away ledgers: a key that is gone with the process. */
  static ephemeral(): BuyerKeys {
    return new BuyerKeys(new Map([[newKeyId(), randomBytes(KEY_BYTES)]]));
  }

  has(keyId: string): boolean {
    return this.#pads.has(keyId);
  }

  /** The current one first. */
  get keyIds(): readonly string[] {
    return [...this.#pads.keys()];
  }

  /** The first 128 bits of HMAC-SHA-256(key, id) in base64url: 22 characters. */
  keyed(buyerId: string, keyId: string): string {
    const pads = this.#pads.get(keyId);
    if (!pads) throw new BuyerKeysUnusable(`there is no buyer key ${keyId}`);
    // Two one-shot hashes: a fifth of what creating an Hmac costs, and every order pays for one.
    const inner = hash('sha256', Buffer.concat([pads.inner, Buffer.from(buyerId)]), 'buffer');
    const outer = hash('sha256', Buffer.concat([pads.outer, inner]), 'buffer');
    return outer.toString('base64url', 0, 16);
  }
}

/**
 * Reads the key file of the ledger in `directory`, or makes it when the log is still empty and no
 * node has made one. Rejects with BuyerKeysUnusable when the file is lost, damaged, readable by
 * others, or another ledger's.
 */
export async function openBuyerKeys(
  directory: string,
  log: EventLogReader,
  claim?: ClaimKey,
): Promise<BuyerKeys> {
  const path = join(directory, BUYER_KEYS_FILE);
  const isNew = !existsSync(path);
  if (isNew) {
    if ((await log.head()) !== NO_POSITION) throw missing(path, claim !== undefined);
    createKeyFile(path);
  }
  const keys = new BuyerKeys(readKeyFile(path));
  const claimed = await claim?.(keys.currentKeyId);
  if (isNew && claimed !== undefined && claimed !== keys.currentKeyId) {
    // Another node was first; nothing rests on the file that was just made.
    rmSync(path);
    throw missing(path, true);
  }
  const pinned = await firstPinnedKey(log);
  for (const keyId of [claimed, pinned])
    if (keyId !== undefined && !keys.has(keyId))
      throw new BuyerKeysUnusable(
        `${path} lacks the key ${keyId}, which the codes of this ledger use: it belongs to ` +
          'another ledger. Restore the file that was written beside this one' +
          (claim ? ', or copy it from the data directory of another node.' : '.'),
      );
  return keys;
}

function missing(path: string, isShared: boolean): BuyerKeysUnusable {
  const why =
    "Without its keys a buyer's orders cannot be recognised and limits per buyer would not hold.";
  return new BuyerKeysUnusable(
    isShared
      ? `${path} is missing, but another node has begun this ledger. ${why} Copy ` +
          `${BUYER_KEYS_FILE} from that node's data directory, or from its backup (mode 600); ` +
          'it is never made anew.'
      : `${path} is missing, but the ledger beside it is not empty. ${why} Restore the file ` +
          'from a backup; it is never made anew.',
  );
}

function createKeyFile(path: string): void {
  const key = randomBytes(KEY_BYTES);
  const content: KeyFile = {
    format: 'promo-ledger buyer keys 1',
    keys: [{ keyId: newKeyId(), key: key.toString('base64'), sha256: sha256(key) }],
  };
  writeDurably(path, `${JSON.stringify(content, null, 2)}\n`);
}

function readKeyFile(path: string): ReadonlyMap<string, Buffer> {
  const file = openSync(path, 'r');
  try {
    const mode = fstatSync(file).mode & 0o777;
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new BuyerKeysUnusable(
        `${path} can be read by others (mode ${mode.toString(8)}). Run: chmod 600 ${path}`,
      );
    }
    return parseKeyFile(path, readFileSync(file, 'utf8'));
  } finally {
    closeSync(file);
  }
}

function parseKeyFile(path: string, text: string): ReadonlyMap<string, Buffer> {
  const damaged = (what: string) =>
    new BuyerKeysUnusable(`${path} is damaged: ${what}. Restore the file from a backup.`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw damaged('it is not JSON');
  }
  const parsed = KeyFile.safeParse(json);
  // What stands in the file is secret: the message names places, never values.
  if (!parsed.success) throw damaged(`see ${parsed.error.issues[0]?.path.join('.') ?? 'its top'}`);
  const keys = new Map<string, Buffer>();
  for (const { keyId, key, sha256: expected } of parsed.data.keys) {
    const bytes = Buffer.from(key, 'base64');
    if (bytes.length !== KEY_BYTES || sha256(bytes) !== expected) {
      throw damaged(`the key ${keyId} is not the one that was written`);
    }
    keys.set(keyId, bytes);
  }
  return keys;
}

/** The log is read only as far as its first code, of which there is one before any order. */
async function firstPinnedKey(log: EventLogReader): Promise<string | undefined> {
  let after: Place = START;
  for (;;) {
    const page = await log.readAll({ after });
    const created = page.find((event) => event.type === 'CodeCreated');
    if (created) return (created.data as { readonly buyerKeyId: string }).buyerKeyId;
    const last = page.at(-1);
    if (!last) return undefined;
    after = last;
  }
}

function padsOf(key: Buffer): { readonly inner: Buffer; readonly outer: Buffer } {
  const inner = Buffer.alloc(BLOCK_BYTES, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES, 0x5c);
  for (const [at, byte] of key.entries()) {
    inner[at] = byte ^ 0x36;
    outer[at] = byte ^ 0x5c;
  }
  return { inner, outer };
}

/** Random, so that the file of another ledger is noticed. */
function newKeyId(): string {
  return `key_${randomBytes(6).toString('hex')}`;
}

function sha256(bytes: Buffer): string {
  return hash('sha256', bytes, 'hex');
}
