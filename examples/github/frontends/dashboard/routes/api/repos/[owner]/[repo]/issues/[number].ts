import { route } from "frontage";
import { z } from "zod";
import { github } from "#upstreams";
import { label } from "#shared/labels";
import { repository } from "#shared/pages";
import { person } from "#shared/people";

/** An issue and its comments. */
export const GET = route({ params: repository.extend({ number: z.coerce.number().int().min(1) }) }, async ({ params }) => {
  const { owner, repo, number } = params;
  const issue = await github.issuesGet({ owner, repo, issue_number: number });
  const comments = await github.issuesListComments({ owner, repo, issue_number: number, per_page: 100 });
  return {
    number: issue.number,
    title: issue.title,
    text: issue.body ?? "",
    state: issue.state,
    author: person(issue.user),
    closedBy: person(issue.closed_by),
    labels: issue.labels.map(label),
    comments: comments.map((comment) => ({
      id: comment.id,
      author: person(comment.user),
      role: comment.author_association ?? "NONE",
      text: comment.body ?? "",
      at: comment.created_at,
      thumbs: comment.reactions?.["+1"] ?? 0,
    })),
  };
});
