import { route } from "frontage";
import { z } from "zod";
import { github } from "#upstreams";
import { paging } from "#shared/pages";
import { person } from "#shared/people";

/** Repositories and issues side by side. */
export const GET = route({ query: paging.extend({ q: z.string().min(1).max(256) }) }, async ({ query }) => {
  const [repositories, issues] = await Promise.all([
    github.searchRepos({ q: query.q, sort: "stars", order: "desc", page: query.page, per_page: query.per_page }),
    github.searchIssuesAndPullRequests({ q: query.q, page: query.page, per_page: query.per_page }).catch(() => null),
  ]);
  return {
    repositories: {
      total: repositories.total_count,
      complete: !repositories.incomplete_results,
      items: repositories.items.map((item) => ({
        name: item.full_name,
        about: item.description,
        stars: item.stargazers_count,
        language: item.language,
        licence: item.license?.spdx_id ?? null,
        owner: person(item.owner),
        topics: item.topics ?? [],
      })),
    },
    issues: issues && {
      total: issues.total_count,
      items: issues.items.map((item) => ({
        title: item.title,
        kind: item.pull_request ? ("pull request" as const) : ("issue" as const),
        state: item.state,
        page: item.html_url,
        labels: item.labels.map((label) => label.name ?? ""),
      })),
    },
  };
});
