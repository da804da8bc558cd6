import { route } from "frontage";
import { z } from "zod";

export const GET = route(
  { params: z.object({ path: z.string() }) },
  async ({ params }) => params.path,
);
