// The last revision of each stream lately seen, so that an event that is missing from its stream is
// noticed by the next one. What was seen longest ago is forgotten: it is bounded, not complete.
const MAX_STREAMS = 50_000;

export class LastRevisions {
  #young = new Map<string, number>();
  #old: Map<string, number> | undefined;
  /** Whether a stream that is not known may have been seen all the same. */
  hasForgotten = false;

  /** Undefined when the stream was not seen, or long ago. */
  of(stream: string): number | undefined {
    return this.#young.get(stream) ?? this.#old?.get(stream);
  }

  set(stream: string, revision: number): void {
    if (this.#young.size >= MAX_STREAMS) {
      this.hasForgotten = this.#old !== undefined;
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(stream, revision);
  }
}
