/** A greeting for a time of day (UTC). */
export const greeting = (name: string, now: Date): string => {
  const hour = now.getUTCHours();
  const part = hour < 5 ? "Good night" : hour < 12 ? "Good morning" : hour < 18 ? "Good afternoon" : "Good evening";
  return `${part}, ${name}`;
};
