import { route } from "frontage";
import { z } from "zod";
import { github } from "#upstreams";

/** Markdown as GitHub would show it. */
export const POST = route({ body: z.object({ text: z.string().max(100_000), repo: z.string().optional() }) }, async ({ body }) => {
  const html = await github.markdownRender({ body: { text: body.text, mode: "gfm", context: body.repo } });
  return { html };
});
