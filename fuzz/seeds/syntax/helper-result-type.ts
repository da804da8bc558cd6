import { route } from "frontage";

function half(n: number): string {
  return n / 2;
}

export const GET = route(async () => half(1));
