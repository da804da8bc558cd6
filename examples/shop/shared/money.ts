/** Groups the digits before the point by thousands: `1234567` is `1,234,567`. */
const grouped = (whole: string): string =>
  whole.length > 6
    ? `${whole.slice(0, -6)},${whole.slice(-6, -3)},${whole.slice(-3)}`
    : whole.length > 3
      ? `${whole.slice(0, -3)},${whole.slice(-3)}`
      : whole;

const signs: Record<string, string> = { EUR: "€", GBP: "£", USD: "$" };

/** An amount for people: `money(123456, "EUR")` is `€1,234.56`. */
export const money = (cents: number, currency: string = "EUR"): string => {
  const whole = Math.trunc(Math.abs(cents) / 100);
  const rest = `${Math.abs(cents) % 100}`.padStart(2, "0");
  const sign = signs[currency] ?? `${currency} `;
  return `${cents < 0 ? "−" : ""}${sign}${grouped(`${whole}`)}.${rest}`;
};

/** How much lower a price is than it was, in percent; null when it is not. */
export const saving = (cents: number, listCents: number | null): number | null =>
  listCents !== null && listCents > cents ? Math.round((1 - cents / listCents) * 100) : null;
