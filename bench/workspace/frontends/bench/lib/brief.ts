import type { Store } from "#upstreams";

/** What a tile shows of an item. */
export const brief = ({ id, name, count }: Store.Item) => ({ id, name, count });
