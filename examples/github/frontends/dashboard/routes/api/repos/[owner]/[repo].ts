import { route } from "frontage";
import { github } from "#upstreams";
import { repository } from "#shared/pages";
import { person } from "#shared/people";

/** A repository's page: the facts, what it is made of, who made it, what was released last. */
export const GET = route({ params: repository }, async ({ params }) => {
  const { owner, repo } = params;
  const [facts, languages, contributors, latest, readme] = await Promise.all([
    github.reposGet({ owner, repo }),
    github.reposListLanguages({ owner, repo }),
    github.reposListContributors({ owner, repo, per_page: 12 }),
    github.reposGetLatestRelease({ owner, repo }, { nullOn: [404] }),
    github.reposGetReadme({ owner, repo }, { nullOn: [404] }),
  ]);
  const bytes = Object.values(languages).reduce((sum, n) => sum + n, 0);
  return {
    name: facts.full_name,
    about: facts.description,
    home: facts.homepage,
    owner: person(facts.owner),
    private: facts.private,
    stars: facts.stargazers_count,
    forks: facts.forks_count,
    watchers: facts.subscribers_count,
    openIssues: facts.open_issues_count,
    branch: facts.default_branch,
    topics: facts.topics ?? [],
    licence: facts.license?.spdx_id ?? null,
    scanning: facts.security_and_analysis?.secret_scanning?.status ?? null,
    parent: facts.parent?.full_name ?? null,
    languages: Object.entries(languages)
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, 6)
      .map(([name, n]) => ({ name, percent: Math.round((n / Math.max(1, bytes)) * 1000) / 10 })),
    // An empty repository answers 204.
    contributors: (contributors ?? []).map((one) => ({
      login: one.login ?? one.name ?? "anonymous",
      avatar: one.avatar_url ?? null,
      contributions: one.contributions,
    })),
    latest: latest && { tag: latest.tag_name, name: latest.name ?? latest.tag_name, at: latest.published_at },
    readme: readme && { path: readme.path, size: readme.size, link: readme.html_url },
  };
});
