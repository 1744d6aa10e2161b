// What the nodes of a log agree on beside its events: metadata of a stream that holds none.
import type { Connection } from './connection.ts';
import { readMetadata, type StreamMetadata, tryToWriteMetadata } from './stream-metadata.ts';

export type Mark =
  /** The id of the buyers' key that the ledger began with. */
  | 'promoLedgerBuyerKey'
  /** The id of the log that is being copied into this one, as long as it is. */
  | 'promoLedgerCopyOf'
  /** The name of the log in which this one's ledger goes on, once it was moved. */
  | 'promoLedgerMovedTo';

export class Marks {
  readonly #connection: Connection;
  readonly #stream: string;

  constructor(connection: Connection, prefix: string) {
    this.#connection = connection;
    this.#stream = `${prefix}nodes`;
  }

  /** Undefined when there is none. Rejects with CallFailed. */
  async find(mark: Mark): Promise<string | undefined> {
    return valueIn(await this.#read(), mark);
  }

  /**
   * The value that stands from now on. `change` is told the one that stands, perhaps several
   * times, and says which is to stand; with null there is to be none.
   */
  async change(
    mark: Mark,
    change: (now: string | undefined) => string | null,
  ): Promise<string | undefined> {
    for (;;) {
      const { revision, content } = await this.#read();
      const now = valueIn({ content }, mark);
      const next = change(now) ?? undefined;
      if (next === now) return now;
      const { [mark]: _, ...others } = content;
      const changed = next === undefined ? others : { ...others, [mark]: next };
      const { retryMs } = this.#connection.patience;
      const written = { revision, content: changed };
      await tryToWriteMetadata(this.#connection, this.#stream, written, retryMs);
    }
  }

  #read(): Promise<StreamMetadata> {
    return readMetadata(this.#connection, this.#stream, this.#connection.patience.retryMs);
  }
}

function valueIn({ content }: Pick<StreamMetadata, 'content'>, mark: Mark): string | undefined {
  const value = content[mark];
  return typeof value === 'string' ? value : undefined;
}
