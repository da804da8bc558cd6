import { route } from "frontage";
import { github } from "#upstreams";
import { paging, repository } from "#shared/pages";
import { person } from "#shared/people";

/** Releases and what can be downloaded. */
export const GET = route({ params: repository, query: paging }, async ({ params, query }) => {
  const releases = await github.reposListReleases({ ...params, page: query.page, per_page: query.per_page });
  return releases
    .filter((release) => !release.draft)
    .map((release) => ({
      tag: release.tag_name,
      name: release.name ?? release.tag_name,
      pre: release.prerelease,
      at: release.published_at,
      author: person(release.author),
      notes: release.body ?? "",
      downloads: release.assets.reduce((sum, asset) => sum + asset.download_count, 0),
      assets: release.assets.map(({ name, size, browser_download_url: link, uploader }) => ({ name, size, link, by: uploader?.login ?? null })),
    }));
});
