import { route } from "frontage";
import { greetings } from "#upstreams";
import { short } from "../../lib/text.ts";

/** Every language with its greeting, side by side. */
export const GET = route(async () => {
  const languages = await greetings.listLanguages();
  return {
    greetings: await Promise.all(
      languages.map(async (language) => ({
        code: language.code,
        language: language.name,
        text: (await greetings.getGreeting({ language: language.code })).text,
        speakers: short(language.speakers ?? null),
      })),
    ),
  };
});
