/** A large number for people: 95000000 is "95 million". */
export const short = (count: number | null): string =>
  count === null ? "unknown" : `${Math.round(count / 1_000_000)} million`;
