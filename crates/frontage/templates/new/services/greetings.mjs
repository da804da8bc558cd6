// A small service to start with. Replace it with your own: Frontage needs its contract only.
import { createServer } from "node:http";

const languages = [
  { code: "de", name: "German", speakers: 95_000_000, text: "Hallo", note: null },
  { code: "en", name: "English", speakers: 380_000_000, text: "Hello", note: null },
  { code: "fr", name: "French", speakers: 80_000_000, text: "Bonjour", note: "In the evening: bonsoir" },
  { code: "tlh", name: "Klingon", speakers: null, text: "nuqneH", note: "Literally: what do you want?" },
];

const server = createServer((request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const path = new URL(request.url, "http://localhost").pathname;
  if (path === "/languages") {
    return answer(200, languages.map(({ code, name, speakers }) => ({ code, name, speakers })));
  }
  const found = languages.find((language) => path === `/greetings/${language.code}`);
  if (found) return answer(200, { language: found.name, text: found.text, note: found.note });
  return answer(404, { title: "No such language" });
});

const port = Number(process.env.PORT ?? 4000);
server.listen(port, "127.0.0.1", () => console.log(`greetings on http://127.0.0.1:${port}`));
process.on("SIGTERM", () => server.close(() => process.exit(0)));
