// A seeded source of chance.
//
// In:    a seed (any whole number).
// Out:   the same sequence for the same seed, on every machine.
// Never: Math.random.

/** A whole number of 32 bits, each of them by all of `t` (mulberry32). */
function mixed(t) {
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}

/** A text's hash of 32 bits (FNV-1a over its UTF-16 units). */
export function hash(text) {
  let out = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) out = Math.imul(out ^ text.charCodeAt(i), 0x01000193);
  return out >>> 0;
}

export class Random {
  constructor(seed) {
    this.state = (Number(BigInt(seed) & 0xffffffffn) ^ 0x9e3779b9) >>> 0;
  }

  /** A number in 0..1. */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    return mixed(this.state) / 4294967296;
  }

  /** A whole number in 0..bound. */
  below(bound) {
    return Math.floor(this.next() * bound);
  }

  /** True with this probability. */
  chance(probability) {
    return this.next() < probability;
  }

  /** One of the items; undefined if there is none. */
  pick(items) {
    return items[this.below(items.length)];
  }

  /** One of the items by its `hash`: another item more or less leaves most choices as they were. */
  rank(items) {
    const salt = this.below(4294967296);
    let best;
    let most = -1;
    for (const item of items) {
      const score = mixed(item.hash ^ salt);
      if (score > most) [best, most] = [item, score];
    }
    return best;
  }

  /** The items in another order. */
  shuffled(items) {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [out[i], out[j]] = [out[j], out[i]];
    }
    return out;
  }
}
