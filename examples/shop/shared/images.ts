interface Size {
  url: string;
  width: number;
  height: number;
}

interface Image {
  alt: string;
  sizes: { thumb: Size; small: Size; large: Size };
}

/** Where this backend serves a picture that the catalog knows as `/images/p/…`. */
export const own = (url: string): string => `/api${url}`;

/** The same picture in its smallest size (`t`); other addresses stay as they are. */
export const smallest = (url: string): string =>
  own(url.endsWith("-s.svg") || url.endsWith("-l.svg") ? `${url.slice(0, -6)}-t.svg` : url);

/** One size of a picture, as a page needs it. */
export const picture = (image: Image | undefined, size: "thumb" | "small" | "large") =>
  image === undefined
    ? null
    : {
        src: own(image.sizes[size].url),
        alt: image.alt,
        width: image.sizes[size].width,
        height: image.sizes[size].height,
      };
