import { error, json, route, UpstreamError } from "frontage";
import { z } from "zod";
import { catalog, users } from "#upstreams";
import { shown } from "../../../../lib/reviews.ts";

const params = z.object({ id: z.string().max(40) });

/** Further reviews, as the reader asks for them. */
export const GET = route(
  {
    params,
    query: z.object({
      limit: z.coerce.number().int().min(1).max(50).default(6),
      offset: z.coerce.number().int().min(0).max(10_000).default(0),
    }),
  },
  async ({ params, query, session }) => {
    const page = await catalog.listReviews({ id: params.id, limit: query.limit, offset: query.offset });
    return { total: page.total, items: page.items.map((review) => shown(review, session.sub)) };
  },
);

/** Reviews a product, once for each customer. */
export const POST = route(
  {
    params,
    body: z.object({
      rating: z.number().int().min(1).max(5),
      title: z.string().trim().max(120).optional(),
      body: z.string().trim().min(10, "Please write at least 10 characters.").max(4000),
    }),
  },
  async ({ params, body, session }) => {
    const author = await users.getUser({ id: session.sub });
    if (!author.active) throw error(403, "account_suspended", "A suspended account cannot write reviews.");
    const review = await catalog
      .addReview({
        id: params.id,
        body: { userId: author.id, rating: body.rating, title: body.title ? body.title : null, body: body.body },
      })
      .catch((e) => {
        if (e instanceof UpstreamError && e.status === 409) {
          throw error(409, "already_reviewed", "You have reviewed this product already.");
        }
        throw e;
      });
    return json(shown(review, session.sub), { status: 201 });
  },
);
