import { route } from "frontage";
import { z } from "zod";
import { github } from "#upstreams";
import { repository } from "#shared/pages";

/** What lies between two branches, tags or commits. */
export const GET = route(
  { params: repository, query: z.object({ base: z.string().min(1), head: z.string().min(1) }) },
  async ({ params, query }) => {
    const found = await github.reposCompareCommitsWithBasehead({
      owner: params.owner,
      repo: params.repo,
      basehead: `${query.base}...${query.head}`,
    });
    return {
      status: found.status,
      ahead: found.ahead_by,
      behind: found.behind_by,
      commits: found.commits.map(({ sha, commit }) => ({ sha: sha.slice(0, 7), title: commit.message.split("\n")[0] ?? "" })),
    };
  },
);
