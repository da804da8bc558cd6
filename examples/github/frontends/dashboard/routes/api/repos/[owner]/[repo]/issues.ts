import { json, route } from "frontage";
import { z } from "zod";
import { github } from "#upstreams";
import { label } from "#shared/labels";
import { paging, repository } from "#shared/pages";
import { person } from "#shared/people";

/** Issues with their labels and assignees, and what a filter bar offers. */
export const GET = route(
  {
    params: repository,
    query: paging.extend({
      state: z.enum(["open", "closed", "all"]).default("open"),
      labels: z.array(z.string()).default([]),
      assignee: z.string().optional(),
    }),
  },
  async ({ params, query }) => {
    const { owner, repo } = params;
    const list = await github.issuesListForRepo({
      owner,
      repo,
      state: query.state,
      labels: query.labels.length > 0 ? query.labels.join(",") : undefined,
      assignee: query.assignee,
      page: query.page,
      per_page: query.per_page,
    });
    const labels = await github.issuesListLabelsForRepo({ owner, repo, per_page: 100 }).catch(() => []);
    const assignees = await github.issuesListAssignees({ owner, repo, per_page: 100 }).catch(() => []);
    return {
      // GitHub's list of issues holds pull requests too.
      issues: list
        .filter((issue) => !issue.pull_request)
        .map((issue) => ({
          number: issue.number,
          title: issue.title,
          state: issue.state,
          why: issue.state_reason ?? null,
          author: person(issue.user),
          labels: issue.labels.map(label),
          assignees: (issue.assignees ?? []).map(person),
          milestone: issue.milestone?.title ?? null,
          comments: issue.comments,
          thumbs: issue.reactions?.["+1"] ?? 0,
          updated: issue.updated_at,
        })),
      filters: {
        labels: labels.map(({ name, color, description }) => ({ name, color: `#${color}`, about: description })),
        assignees: assignees.map(person),
      },
    };
  },
);

/** Opens an issue. */
export const POST = route(
  {
    params: repository,
    body: z.object({
      title: z.string().trim().min(1).max(256),
      text: z.string().max(65_536).optional(),
      labels: z.array(z.string()).max(100).default([]),
      assignees: z.array(z.string()).max(10).default([]),
    }),
  },
  async ({ params, body }) => {
    const issue = await github.issuesCreate({
      owner: params.owner,
      repo: params.repo,
      body: { title: body.title, body: body.text, labels: body.labels, assignees: body.assignees },
    });
    return json({ number: issue.number, page: issue.html_url }, { status: 201 });
  },
);
