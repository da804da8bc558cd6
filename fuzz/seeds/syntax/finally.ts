import { route } from "frontage";
import { agenda, records } from "#upstreams";

export const GET = route(
  async () => {
    try {
      return (await records.getPatient({ id: "p1" })).id;
    } finally {
      await agenda.getDoctor({ id: "d1" });
    }
  },
);
