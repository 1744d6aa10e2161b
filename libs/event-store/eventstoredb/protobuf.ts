// Writes messages of the server's protocol, each member where it goes, without making an object of
// the whole first. https://protobuf.dev/programming-guides/encoding/

/** A stretch of bytes whose length is known before they are written. */
export interface Part {
  readonly size: number;
  /** Writes at `at`. */
  readonly write: (to: Buffer, at: number) => void;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

export const text = (value: string): Part => ({
  size: Buffer.byteLength(value),
  write: (to, at) => void to.write(value, at),
});

/** Members one after another. */
export function message(...members: readonly Part[]): Part {
  let size = 0;
  for (const member of members) size += member.size;
  return {
    size,
    write(to, at) {
      let next = at;
      for (const member of members) {
        member.write(to, next);
        next += member.size;
      }
    },
  };
}

/** A member that is a text or a message. */
export function field(number: number, content: Part): Part {
  const tag = varint((number << 3) | LENGTH_DELIMITED);
  const length = varint(content.size);
  return message(tag, length, content);
}

/** A member that is a whole number, below 2^53. */
export const numberField = (number: number, value: number): Part =>
  message(varint((number << 3) | VARINT), varint(value));

export function bytesOf({ size, write }: Part): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  write(bytes, 0);
  return bytes;
}

function varint(value: number): Part {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size += 1;
  return {
    size,
    write(to, at) {
      let next = at;
      let rest = value;
      for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) to[next++] = (rest % 0x80) | 0x80;
      to[next] = rest;
    },
  };
}
