import { defineConfig } from "@graphql-mesh/compose-cli";
import { loadOpenAPISubgraph } from "@omnigraph/openapi";

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph("store", {
        source: "../workspace/contracts/store.openapi.yaml",
        endpoint: "{env.STORE_URL}",
      }),
    },
  ],
});
