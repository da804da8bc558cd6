import { json, route } from "frontage";
import { z } from "zod";
import { github } from "#upstreams";
import { repository } from "#shared/pages";

/** Adds a comment. */
export const POST = route(
  {
    params: repository.extend({ number: z.coerce.number().int().min(1) }),
    body: z.object({ text: z.string().trim().min(1).max(65_536) }),
  },
  async ({ params, body }) => {
    const comment = await github.issuesCreateComment({
      owner: params.owner,
      repo: params.repo,
      issue_number: params.number,
      body: { body: body.text },
    });
    return json({ id: comment.id, page: comment.html_url }, { status: 201 });
  },
);
