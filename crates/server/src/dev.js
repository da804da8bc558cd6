// Shows compile errors over the open page while `frontage dev` runs, and reloads it.
(() => {
  "use strict";
  let overlay = null;
  let before = null;

  const style = `
    :host { all: initial; }
    .shade { position: fixed; inset: 0; z-index: 2147483647; overflow: auto; padding: clamp(1rem, 4vw, 2rem);
      box-sizing: border-box; background: #fff; color: #1b1b1f;
      font: 14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
    .bar { display: flex; justify-content: space-between; align-items: center; gap: 1rem; }
    h1 { margin: 0; font: 600 18px/1.3 system-ui, sans-serif; color: #b3261e; }
    p { font: 14px/1.5 system-ui, sans-serif; }
    section { margin: 1rem 0; padding: 1rem; border-radius: 8px; background: #f3f3f6; }
    section p { margin: 0; overflow-wrap: anywhere; }
    .what { font-weight: 600; font-size: 15px; }
    .code { color: #b3261e; margin-inline-end: .6em; white-space: nowrap; }
    .help { white-space: pre-wrap; }
    pre { margin: .75rem 0; overflow: auto; white-space: pre; tab-size: 4;
      font: 13px/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
    button { font: inherit; padding: .4rem .8rem; border-radius: 6px; cursor: pointer;
      border: 1px solid currentColor; background: transparent; color: inherit; white-space: nowrap; }
    kbd { font: inherit; opacity: .7; }
    @media (pointer: coarse), (max-width: 500px) { kbd { display: none; } }
    button:focus-visible, .list:focus-visible { outline: 3px solid #4c8dff; outline-offset: 2px; }
    @media (prefers-color-scheme: dark) {
      .shade { background: #16161a; color: #ececf1; }
      h1, .code { color: #ff8a80; }
      section { background: #232329; }
    }`;

  const element = (name, properties = {}, ...children) => {
    const made = document.createElement(name);
    Object.assign(made, properties);
    made.append(...children);
    return made;
  };

  // What is wrong and what to do are sentences, which wrap; the lines of code between them scroll.
  const card = (text) => {
    const lines = text.trimEnd().split("\n");
    const head = /^(error|warning)\[(\w+)\]: (.*)$/.exec(lines[0]);
    if (!head) return element("section", {}, element("pre", { textContent: text }));
    const help = lines.findIndex((line) => /^ *= help: /.test(line));
    const end = help < 0 ? lines.length : help;
    const code = lines.slice(1, end);
    while (code.length && /^ *\|? *$/.test(code[code.length - 1])) code.pop();
    const made = element("section", {}, element("p", { className: "what" },
      element("span", { className: "code", textContent: head[2] }), head[3]));
    if (code.length) made.append(element("pre", { textContent: code.join("\n") }));
    if (help >= 0) {
      const said = lines.slice(help).join("\n").replace(/^ *= help: /, "");
      made.append(element("p", { className: "help", textContent: `→ ${said}` }));
    }
    return made;
  };

  const cards = (text) => text.split(/\n\n(?=(?:error|warning)\[)/).map(card);

  const hide = () => {
    if (!overlay) return;
    overlay.remove();
    overlay = null;
    if (before && before.isConnected) before.focus();
    before = null;
  };

  const show = (text) => {
    if (overlay) {
      overlay.shadowRoot.querySelector(".list").replaceChildren(...cards(text));
      return;
    }
    before = document.activeElement;
    overlay = element("div", { id: "frontage-overlay" });
    const shadow = overlay.attachShadow({ mode: "open" });
    // A sheet made here is allowed by a policy that forbids inline styles.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    shadow.adoptedStyleSheets = [sheet];
    const close = element("button", { type: "button" }, "Close ", element("kbd", { textContent: "(Esc)" }));
    close.addEventListener("click", hide);
    const shade = element("div", { className: "shade" },
      element("div", { className: "bar" },
        element("h1", { id: "title", textContent: "This backend does not compile" }), close),
      element("p", { textContent: "The version before the change keeps running." }),
      element("div", { className: "list", tabIndex: 0 }, ...cards(text)));
    shade.setAttribute("role", "alertdialog");
    shade.setAttribute("aria-modal", "true");
    shade.setAttribute("aria-labelledby", "title");
    shade.addEventListener("keydown", (event) => {
      if (event.key !== "Tab") return;
      // Two places take the focus: the button and the text.
      event.preventDefault();
      const next = shadow.activeElement === close ? shade.querySelector(".list") : close;
      next.focus();
    });
    shadow.append(shade);
    (document.body ?? document.documentElement).append(overlay);
    close.focus();
  };

  addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });

  let pause = 500;
  const listen = () => {
    const events = new EventSource("/_frontage/events");
    events.onopen = () => { pause = 500; };
    events.onmessage = (message) => {
      const event = JSON.parse(message.data);
      if (event.kind === "error") show(event.text);
      else if (event.kind === "ok") hide();
      else if (event.kind === "reload") location.reload();
    };
    events.onerror = () => {
      events.close();
      setTimeout(listen, pause);
      pause = Math.min(pause * 2, 5000);
    };
  };
  listen();
})();
