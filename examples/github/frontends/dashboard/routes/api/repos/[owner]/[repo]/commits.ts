import { route } from "frontage";
import { z } from "zod";
import { github } from "#upstreams";
import { paging, repository } from "#shared/pages";
import { person } from "#shared/people";

/** Commits of a branch, or of one file of it. */
export const GET = route(
  { params: repository, query: paging.extend({ branch: z.string().optional(), path: z.string().optional() }) },
  async ({ params, query }) => {
    const { owner, repo } = params;
    const commits = await github.reposListCommits({
      owner,
      repo,
      sha: query.branch,
      path: query.path,
      page: query.page,
      per_page: query.per_page,
    });
    const branches = await github.reposListBranches({ owner, repo, per_page: 100 });
    return {
      branches: branches.map((branch) => ({ name: branch.name, protected: branch.protected })),
      commits: commits.map(({ sha, commit, author, parents }) => ({
        sha,
        title: commit.message.split("\n")[0] ?? "",
        // `{}` stands for an author without an account.
        author: author && "login" in author ? person(author) : null,
        name: commit.author?.name ?? "unknown",
        at: commit.author?.date ?? null,
        verified: commit.verification?.verified ?? false,
        merge: parents.length > 1,
      })),
    };
  },
);
