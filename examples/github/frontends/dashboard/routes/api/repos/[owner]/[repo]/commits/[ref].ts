import { route } from "frontage";
import { z } from "zod";
import { github } from "#upstreams";
import { repository } from "#shared/pages";
import { outcome } from "../../../../../../lib/checks.ts";

/** One commit: what changed, and how its checks went. */
export const GET = route({ params: repository.extend({ ref: z.string().min(1) }) }, async ({ params }) => {
  const { owner, repo, ref } = params;
  const commit = await github.reposGetCommit({ owner, repo, ref });
  const checks = await github.checksListForRef({ owner, repo, ref, per_page: 100 }).catch(() => null);
  return {
    sha: commit.sha,
    message: commit.commit.message,
    stats: commit.stats ?? null,
    files: (commit.files ?? []).map((file) => ({ path: file.filename, status: file.status, patch: file.patch ?? null })),
    checks: checks ? outcome(checks.check_runs) : "unknown",
  };
});
