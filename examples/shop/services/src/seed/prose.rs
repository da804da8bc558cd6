//! Names, taglines and descriptions for seeded products, reviews and replies.
//!
//! In:    a stream of numbers and the facts that a sentence mentions.
//! Out:   text that reads like a shop's, equal for equal streams.

use super::vocabulary::Kind;
use crate::random::Random;

const SERIES: &[&str] = &[
    "Alta", "Brenta", "Cirrus", "Delta", "Ember", "Fjord", "Garda", "Halden", "Isar", "Juno",
    "Kestrel", "Lario", "Mistral", "Nova", "Orla", "Piave", "Quarz", "Runa", "Solis", "Tarn",
    "Umbra", "Vega", "Westa", "Xenia", "Ysper", "Zephyr", "Arbor", "Basalt", "Corvo", "Dorado",
];
const TITLE_FIRST: &[&str] = &[
    "Quiet", "Salt", "Second", "Northern", "Paper", "Borrowed", "Winter", "Copper", "Longest",
    "Hidden", "Slow", "Blue", "Unsent", "Little", "Last", "Open", "Patient", "Wild", "Common",
    "Distant",
];
const TITLE_SECOND: &[&str] = &[
    "Harbour", "Garden", "Map", "Kitchen", "Tide", "Orchard", "Railway", "Letter", "Field",
    "Mountain", "Season", "Machine", "Table", "River", "Library", "Bridge", "Meadow", "Clock",
];
const AUTHORS: &[&str] = &[
    "Ines Okafor",
    "Tomas Lindgren",
    "Carla Venturi",
    "Noor Haddad",
    "Edda Brandt",
    "Julien Marchetti",
    "Saoirse Kelleher",
    "Mateus Ribeiro",
    "Anneke Vos",
    "Pavel Novotny",
    "Helmi Rautio",
    "Lucia Serrano",
];
const ADVANTAGES: &[&str] = &[
    "repairable with ordinary tools",
    "spare parts kept for ten years",
    "packed without plastic",
    "made in small batches",
    "tested by two hundred customers",
    "lighter than its predecessor",
    "quiet in use",
    "easy to clean",
    "fits small homes",
    "comes with a printed manual",
    "finished by hand",
    "made with renewable energy",
];
const OPENINGS: &[&str] = &[
    "We asked three workshops for a better {noun} and kept the answer that was simplest.",
    "This {noun} began as a prototype for our own use and never left the house again.",
    "A {noun} should be forgotten while it works; this one very nearly is.",
    "Ten years after the first version, {brand} has drawn its {noun} anew.",
];
const MIDDLES: &[&str] = &[
    "The body is {material}, chosen because it ages well and can be mended.",
    "{material} keeps the weight down without feeling thin in the hand.",
    "Every part that wears is screwed, not glued, so it can be replaced at home.",
    "The edges are rounded where hands go and square where precision counts.",
    "{brand} measures each piece before it leaves the bench and signs the label.",
    "The colour goes through the material, so scratches stay invisible for years.",
    "Nothing on it beeps, blinks or asks for an account.",
];
const ENDINGS: &[&str] = &[
    "Delivered in a box that folds into a storage tray.",
    "If it does not suit you, send it back within thirty days, used or not.",
    "{brand} gives parts and advice for as long as the series is made, and ten years more.",
    "We sell it because we use it ourselves, most days of the week.",
];
const TAGLINES: &[(&str, &str, &str)] = &[
    ("Made for every day", "Für jeden Tag gemacht", "Pensé pour tous les jours"),
    ("Small in size, long in life", "Klein, aber langlebig", "Petit format, longue vie"),
    ("The one that stays", "Das bleibt", "Celui que l'on garde"),
    ("Simple, and well thought out", "Schlicht und durchdacht", "Simple et bien conçu"),
    (
        "For people who look after things",
        "Für alle, die Dinge pflegen",
        "Pour ceux qui en prennent soin",
    ),
    ("Light where it can be", "Leicht, wo es geht", "Léger là où il le faut"),
    ("A quiet classic", "Ein stiller Klassiker", "Un classique discret"),
];
const PRAISE: &[&str] = &[
    "Exactly as described, and better made than I had expected.",
    "In use every day since it came, without a fault.",
    "I bought a second one for my sister.",
    "Worth the price; the older one lasted nine years.",
    "The finish is lovely and it feels solid.",
];
const DOUBT: &[&str] = &[
    "Does its work, but the instructions are hard to follow.",
    "Good, though a little smaller than the pictures suggest.",
    "Delivery took a week longer than announced.",
    "The colour is darker than on the screen.",
    "Fine for the money, no more than that.",
];
const BLAME: &[&str] = &[
    "One part was missing and support needed two letters to understand.",
    "It broke within a month and I sent it back.",
    "Not what I had imagined from the description.",
    "Too heavy for what I wanted it for.",
];

/// A product's name, for people; the caller sees to it that it is unique.
pub(crate) fn name(random: &mut Random, kind: &Kind, brand: &str, noun: &str) -> String {
    if kind.top == "books" {
        let (first, second) = (random.pick(TITLE_FIRST), random.pick(TITLE_SECOND));
        return match random.below(4) {
            0 => format!("The {first} {second}"),
            1 => format!("A {second} of One's Own, and Other {first} Things"),
            2 => format!("{first} {second}s"),
            _ => format!("The {first} {second}: {}", capitalised(noun)),
        };
    }
    let series = random.pick(SERIES);
    match random.below(3) {
        0 => format!("{brand} {series} {noun}"),
        _ => format!("{brand} {series} {} {noun}", random.between(1, 9) * 10),
    }
}

/// An author's name, for a book.
pub(crate) fn author(random: &mut Random) -> &'static str {
    random.pick::<&str>(AUTHORS)
}

/// A tagline in English, German and French.
pub(crate) fn taglines(random: &mut Random) -> (&'static str, &'static str, &'static str) {
    *random.pick(TAGLINES)
}

/// Five or six sentences about a product.
pub(crate) fn description(random: &mut Random, brand: &str, noun: &str, material: &str) -> String {
    let mut sentences = vec![*random.pick(OPENINGS)];
    let middles = 2 + random.below(2);
    sentences.extend(random.sample(MIDDLES, middles));
    sentences.push(*random.pick(ENDINGS));
    let filled = sentences.iter().map(|sentence| {
        let sentence = sentence.replace("{noun}", noun).replace("{brand}", brand);
        capitalised(&sentence.replace("{material}", material))
    });
    filled.collect::<Vec<_>>().join(" ")
}

/// Three or four advantages.
pub(crate) fn highlights(random: &mut Random) -> Vec<String> {
    let count = 3 + random.below(2);
    random.sample(ADVANTAGES, count).into_iter().map(|text| capitalised(text)).collect()
}

/// What a review with this many stars says: its title, if any, and its text.
pub(crate) fn review(random: &mut Random, stars: i64) -> (Option<&'static str>, String) {
    let (titles, first, second): (&[&str], _, _) = match stars {
        5 => (&["Wonderful", "Would buy again", "A keeper"], PRAISE, PRAISE),
        4 => (&["Very good", "Happy with it"], PRAISE, DOUBT),
        3 => (&["All right", "Mixed feelings"], DOUBT, PRAISE),
        _ => (&["Disappointed", "Not for me"], BLAME, DOUBT),
    };
    let title = random.chance(75).then(|| *random.pick(titles));
    let (first, second) = (*random.pick(first), *random.pick(second));
    let body = if first == second { first.to_owned() } else { format!("{first} {second}") };
    (title, body)
}

/// `text` with its first letter in upper case.
pub(crate) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `text` in lower case ASCII words joined by hyphens, for addresses and ids.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for letter in text.chars() {
        let plain = match letter {
            'é' | 'è' | 'ê' => 'e',
            'ä' | 'á' | 'à' => 'a',
            'ö' | 'ó' => 'o',
            'ü' | 'ú' => 'u',
            'ñ' => 'n',
            other => other.to_ascii_lowercase(),
        };
        if plain.is_ascii_alphanumeric() {
            slug.push(plain);
        } else if plain != '\'' && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}
