// A seeded source of chance.
//
// In:    a seed (any whole number).
// Out:   the same sequence for the same seed, on every machine.
// Never: Math.random.

export class Random {
  constructor(seed) {
    this.state = (Number(BigInt(seed) & 0xffffffffn) ^ 0x9e3779b9) >>> 0;
  }

  /** A number in 0..1 (mulberry32). */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
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
