import { route } from "frontage";
import { records } from "#upstreams";

export const GET = route(
  async () => {
    const labs = await records.listLabs({ id: "p1" });
    return labs.map((lab) => ("value" in lab ? lab.value : lab.text));
  },
);
