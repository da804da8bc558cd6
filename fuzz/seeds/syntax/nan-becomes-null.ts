import { route } from "frontage";

export const GET = route(async () => ({ nan: Number("x"), infinite: 1 / 0, negative: -1 / 0, zero: -0 }));
