import { day } from "#shared/dates";
import { own } from "#shared/images";

interface Photo {
  kind: "photo";
  url: string;
  alt: string;
  width: number;
  height: number;
}

interface Video {
  kind: "video";
  url: string;
  posterUrl: string | null;
  durationSeconds: number;
}

interface Answer {
  author: string;
  role: "customer" | "staff";
  body: string;
  createdAt: string;
}

interface Review {
  id: string;
  userId: string;
  author: string;
  rating: number;
  title: string | null;
  body: string;
  createdAt: string;
  verifiedPurchase: boolean;
  helpful: number;
  media: (Photo | Video)[];
  replies: (Answer & { replies: Answer[] })[];
}

/** `95` is `1:35`. */
const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${`${Math.round(seconds) % 60}`.padStart(2, "0")}`;

/** What a customer attached, by its kind. */
const medium = (media: Photo | Video) => {
  switch (media.kind) {
    case "photo":
      return { kind: media.kind, src: own(media.url), alt: media.alt, width: media.width, height: media.height };
    case "video":
      return {
        kind: media.kind,
        poster: media.posterUrl === null ? null : own(media.posterUrl),
        length: clock(media.durationSeconds),
      };
  }
};

const reply = (answer: Answer) => ({
  author: answer.author,
  staff: answer.role === "staff",
  body: answer.body,
  on: day(answer.createdAt),
});

/** A review as the desktop shows it: with what was attached, and two levels of answers. */
export const shown = (review: Review, reader: string) => ({
  id: review.id,
  author: review.author,
  mine: review.userId === reader,
  rating: review.rating,
  title: review.title,
  body: review.body,
  on: day(review.createdAt),
  verified: review.verifiedPurchase,
  helpful: review.helpful,
  media: review.media.map(medium),
  replies: review.replies.map((first) => ({ ...reply(first), replies: first.replies.map(reply) })),
});
