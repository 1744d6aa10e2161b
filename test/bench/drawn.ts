// Values that only a seed and an index decide, so that a market of any size can be made again, from
// any place, in any order. Not random in any other sense: a multiplicative hash is enough to spread
// amounts, buyers and days.

/** One of 2^31. */
export function drawn(seed: number, index: number): number {
  let mixed = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 1;
}
