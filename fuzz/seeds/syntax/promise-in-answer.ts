import { route } from "frontage";
import { records } from "#upstreams";

export const GET = route(async () => ({ patient: records.getPatient({ id: "p1" }) }));
