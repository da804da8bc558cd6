import { route } from "frontage";
import { records } from "#upstreams";

export const GET = route(
  async () => {
    try {
      return (await records.getPatient({ id: "p1" })).id;
    } catch (e) {
      return e.status;
    }
  },
);
