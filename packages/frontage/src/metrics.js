// What a backend counts, as OpenMetrics text; names and labels are those of `frontage serve`.
//
// Never: a raw path, anything that a user wrote.

/** Upper ends of the histograms' buckets, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export class Metrics {
  /** @type {Map<string, { labels: string, counts: number[], sum: number, count: number }>} */
  #requests = new Map();
  /** @type {Map<string, { labels: string, counts: number[], sum: number, count: number }>} */
  #calls = new Map();
  active = 0;

  /** @param {string} method @param {string} route @param {number} status @param {number} seconds */
  request(method, route, status, seconds) {
    observe(this.#requests, { http_request_method: method, http_route: route, http_response_status_code: String(status) }, seconds);
  }

  /** @param {string} upstream @param {string} operation @param {string} status @param {number} seconds */
  call(upstream, operation, status, seconds) {
    observe(this.#calls, { upstream, operation, status }, seconds);
  }

  text() {
    return [
      ...histogram("http_server_request_duration_seconds", "Time from a request's head to the end of its answer", this.#requests),
      ...histogram("http_client_request_duration_seconds", "Time of upstream calls", this.#calls),
      "# HELP http_server_active_requests Requests that run",
      "# TYPE http_server_active_requests gauge",
      `http_server_active_requests ${this.active}`,
      "# EOF\n",
    ].join("\n");
  }
}

function observe(series, labels, seconds) {
  const written = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (c) => (c === "\n" ? "\\n" : `\\${c}`))}"`).join(",");
  let one = series.get(written);
  if (one === undefined) {
    one = { labels: written, counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
    series.set(written, one);
  }
  for (const [index, end] of BUCKETS.entries()) if (seconds <= end) one.counts[index] += 1;
  one.sum += seconds;
  one.count += 1;
}

function histogram(name, help, series) {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`];
  for (const { labels, counts, sum, count } of series.values()) {
    for (const [index, end] of BUCKETS.entries()) lines.push(`${name}_bucket{${labels},le="${end}"} ${counts[index]}`);
    lines.push(`${name}_bucket{${labels},le="+Inf"} ${count}`, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`);
  }
  return lines;
}
