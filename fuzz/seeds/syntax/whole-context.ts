import { route } from "frontage";
import { z } from "zod";
import { records } from "#upstreams";

export const GET = route(
  { params: z.object({ id: z.string() }) },
  async (context) => {
    const patient = await records.getPatient(context.params);
    return { id: patient.id, who: context.session.sub };
  },
);
