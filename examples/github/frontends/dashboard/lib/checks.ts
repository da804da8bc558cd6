interface Run {
  status: string;
  conclusion: string | null;
}

/** What a set of check runs amounts to. */
export const outcome = (runs: Run[]): "none" | "pending" | "failing" | "passing" =>
  runs.length === 0
    ? "none"
    : runs.some((run) => run.status !== "completed")
      ? "pending"
      : runs.some((run) => run.conclusion === "failure" || run.conclusion === "timed_out" || run.conclusion === "cancelled")
        ? "failing"
        : "passing";
