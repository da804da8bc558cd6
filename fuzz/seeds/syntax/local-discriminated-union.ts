import { route } from "frontage";
import { records } from "#upstreams";

export const GET = route(
  async () => {
    const { items } = await records.listPatients({});
    const rows = items.map((p) => (p.balance < 0 ? { kind: "debt" as const, owes: -p.balance } : { kind: "fine" as const, id: p.id }));
    return rows.map((row) => (row.kind === "debt" ? `owes ${row.owes}` : row.id));
  },
);
