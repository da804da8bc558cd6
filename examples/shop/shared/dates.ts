const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A month and its year, in UTC: `2026-09-30T14:35:52Z` is `Sep 2026`. */
export const month = (iso: string): string => {
  const date = new Date(iso);
  return `${months[date.getUTCMonth()] ?? "?"} ${date.getUTCFullYear()}`;
};

/** A day for people, in UTC: `30 Sep 2026`. */
export const day = (iso: string): string => `${new Date(iso).getUTCDate()} ${month(iso)}`;

/** A day where the year is plain: `30 Sep`. */
export const dayOfMonth = (iso: string): string => day(iso).split(" ").slice(0, 2).join(" ");

/** A day and its time, in UTC: `30 Sep 2026, 14:35`. */
export const moment = (iso: string): string => {
  const date = new Date(iso);
  const [hours, minutes] = [date.getUTCHours(), date.getUTCMinutes()].map((n) => `${n}`.padStart(2, "0"));
  return `${day(iso)}, ${hours ?? "00"}:${minutes ?? "00"}`;
};

/** Whole days from one time to another; negative when `to` is earlier. */
export const daysBetween = (from: string, to: string): number =>
  Math.floor((new Date(to).getTime() - new Date(from).getTime()) / 86_400_000);
