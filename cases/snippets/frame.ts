import { route, error, json, redirect, noContent, UpstreamError, HttpError } from "frontage";
import { z } from "zod";
import { agenda, records } from "#upstreams";
export const GET = route(async ({ request }) => {
  const { deputy } = await agenda.getDoctor({ id: "d1" });
  const p = request.path === ""; const s = request.path; const n = request.now.getTime();
  const sn: string | null = p ? "" : null; const list = [s]; const l01: 0 | 1 = p ? 0 : 1;
  const obj: { a: number } = { a: 1 }; const opt: { a?: number } = {};
  BODY
  return "a";
});
