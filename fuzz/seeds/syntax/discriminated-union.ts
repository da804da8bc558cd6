import { route } from "frontage";
import { records } from "#upstreams";

export const GET = route(
  async () => {
    const labs = await records.listLabs({ id: "p1" });
    return labs.map((lab) => (lab.kind === "numeric" ? `${lab.value} ${lab.unit ?? "-"}` : lab.text.toLowerCase()));
  },
);
