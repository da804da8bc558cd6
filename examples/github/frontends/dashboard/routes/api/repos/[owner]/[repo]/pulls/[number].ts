import { route } from "frontage";
import { z } from "zod";
import { github } from "#upstreams";
import { label } from "#shared/labels";
import { repository } from "#shared/pages";
import { person } from "#shared/people";
import { outcome } from "../../../../../../lib/checks.ts";

/** A pull request with its checks, reviews and files. */
export const GET = route({ params: repository.extend({ number: z.coerce.number().int().min(1) }) }, async ({ params }) => {
  const { owner, repo, number } = params;
  const pull = await github.pullsGet({ owner, repo, pull_number: number });
  const [checks, reviews, files] = await Promise.all([
    github.checksListForRef({ owner, repo, ref: pull.head.sha, filter: "latest", per_page: 100 }),
    github.pullsListReviews({ owner, repo, pull_number: number, per_page: 100 }),
    github.pullsListFiles({ owner, repo, pull_number: number, per_page: 100 }),
  ]);
  return {
    number: pull.number,
    title: pull.title,
    text: pull.body ?? "",
    state: pull.merged ? "merged" : pull.state,
    mergeable: pull.mergeable,
    author: person(pull.user),
    labels: pull.labels.map(label),
    reviewers: (pull.requested_reviewers ?? []).map(person),
    teams: (pull.requested_teams ?? []).map((team) => team.name),
    head: { ref: pull.head.ref, sha: pull.head.sha.slice(0, 7), repo: pull.head.repo?.full_name ?? null },
    base: { ref: pull.base.ref, sha: pull.base.sha.slice(0, 7) },
    size: { commits: pull.commits, added: pull.additions, removed: pull.deletions, files: pull.changed_files },
    checks: {
      outcome: outcome(checks.check_runs),
      runs: checks.check_runs.map((run) => ({
        name: run.name,
        status: run.status,
        conclusion: run.conclusion,
        app: run.app?.name ?? null,
        summary: run.output.summary,
        link: run.details_url,
      })),
    },
    reviews: reviews.map((review) => ({ by: person(review.user), state: review.state, at: review.submitted_at ?? null })),
    files: files.map((file) => ({
      path: file.filename,
      was: file.previous_filename ?? null,
      status: file.status,
      added: file.additions,
      removed: file.deletions,
    })),
  };
});
