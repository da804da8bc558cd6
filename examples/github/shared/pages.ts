import { z } from "zod";

/** The parameters of every page below a repository. */
export const repository = z.object({ owner: z.string().min(1), repo: z.string().min(1) });

/** How lists are paged. */
export const paging = z.object({
  page: z.coerce.number().int().min(1).default(1),
  per_page: z.coerce.number().int().min(1).max(100).default(30),
});
