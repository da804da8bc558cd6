import { route } from "frontage";
import { github } from "#upstreams";
import { paging, repository } from "#shared/pages";
import { person } from "#shared/people";

/** Open pull requests, each with the outcome of its checks. */
export const GET = route({ params: repository, query: paging }, async ({ params, query }) => {
  const { owner, repo } = params;
  const pulls = await github.pullsList({ owner, repo, state: "open", page: query.page, per_page: query.per_page });
  return await Promise.all(
    pulls.map(async (pull) => {
      const status = await github
        .reposGetCombinedStatusForRef({ owner, repo, ref: pull.head.sha, per_page: 1 }, { timeout: 2000 })
        .catch(() => null);
      return {
        number: pull.number,
        title: pull.title,
        draft: pull.draft ?? false,
        author: person(pull.user),
        from: pull.head.label,
        into: pull.base.ref,
        status: status?.state ?? "unknown",
        reviewers: (pull.requested_reviewers ?? []).map(person),
      };
    }),
  );
});
