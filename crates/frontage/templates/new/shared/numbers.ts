/** Helpers for several frontends live here; import them as `#shared/name`. */
export const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
