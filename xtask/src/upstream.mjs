// A scripted upstream on a real socket, for the cases that run in Node.
//
// In:  requests (`GET /patients/p1`), each with what is done: a status, or `hang`, `close`, `garbage`,
//      `truncate`, `huge BYTES`; several for one request are taken in turn, the last goes on.
// Out: what it was asked.

import net from "node:net";

/** A scripted upstream, as crates/testkit/src/upstream.rs has it. */
export class Upstream {
  #script = new Map();
  #asked = [];
  #sockets = new Set();

  async start() {
    this.server = net.createServer((socket) => this.#serve(socket));
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  stop() {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  on(request, action, body) {
    if (!this.#script.has(request)) this.#script.set(request, []);
    this.#script.get(request).push({ action, body });
  }

  take() {
    return this.#asked.splice(0);
  }

  #serve(socket) {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => {});
    let buffer = Buffer.alloc(0);
    socket.on("data", (piece) => {
      buffer = Buffer.concat([buffer, piece]);
      for (;;) {
        const end = buffer.indexOf("\r\n\r\n");
        if (end < 0) return;
        const head = buffer.subarray(0, end).toString("latin1");
        const chunked = /\r\ntransfer-encoding: chunked/i.test(head);
        if (chunked) throw new Error("the script reads no chunks");
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (buffer.length < end + 4 + length) return;
        const body = buffer.subarray(end + 4, end + 4 + length).toString();
        buffer = buffer.subarray(end + 4 + length);
        const line = Buffer.from(head.split("\r\n")[0], "latin1").toString().replace(/ HTTP\/1\.1$/, "");
        this.#asked.push(`${line} ${body}`.trim());
        perform(socket, this.#next(line));
      }
    });
  }

  #next(line) {
    const actions = this.#script.get(line);
    if (actions === undefined) return { action: "599", body: `the script has no ${line}` };
    return actions.length > 1 ? actions.shift() : actions[0];
  }
}

function perform(socket, { action, body }) {
  const [word, rest = ""] = action.split(/ (.*)/s);
  const json = "HTTP/1.1 200 x\r\ncontent-type: application/json\r\n";
  if (word === "hang") return;
  if (word === "close") socket.destroy();
  else if (word === "garbage") socket.end("\x00\x01 this is no HTTP\r\n\r\n");
  else if (word === "truncate") socket.end(`${json}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body.slice(0, body.length / 2)}`);
  else if (word === "huge") socket.write(`${json}content-length: ${Number(rest) + 2}\r\n\r\n"${"x".repeat(Number(rest))}"`);
  else {
    const fields = new Map([["content-type", "application/json"]]);
    for (const field of rest.split(", ").filter((field) => field !== "")) {
      const [name, value] = field.split(/: (.*)/s);
      fields.set(name, value);
    }
    const bodiless = word === "204" || word === "304";
    if (!bodiless) fields.set("content-length", String(Buffer.byteLength(body)));
    const head = [...fields].map(([name, value]) => `${name}: ${value}\r\n`).join("");
    socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${word} x\r\n${head}\r\n`), Buffer.from(bodiless ? "" : body)]));
  }
}
