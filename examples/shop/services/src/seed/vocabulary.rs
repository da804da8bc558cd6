//! What the shop sells: the categories, and the words that products are made of.
//!
//! Out:   [`TOPS`] and the type of what `kinds` lists.
//! Never: a real brand; the names are made up.

/// A category at the root of the tree.
#[derive(Debug)]
pub(crate) struct Top {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// SVG path data on a 24 by 24 grid, to be stroked.
    pub(crate) icon: &'static str,
    /// Of its pictures, in degrees.
    pub(crate) hue: i64,
    pub(crate) brands: &'static [&'static str],
}

/// A category of one kind of product, below a top.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) id: &'static str,
    pub(crate) top: &'static str,
    pub(crate) name: &'static str,
    pub(crate) nouns: &'static [&'static str],
    pub(crate) materials: &'static [&'static str],
    /// Cheapest and dearest net price, in euros.
    pub(crate) euros: (i64, i64),
    pub(crate) grams: (i64, i64),
    pub(crate) length_mm: (i64, i64),
    pub(crate) specs: &'static [Spec],
    /// The contract's shipping class of its lighter half; see `products`.
    pub(crate) shipping: &'static str,
    /// Whether it carries an energy label.
    pub(crate) powered: bool,
}

/// A technical fact with the values that it can have.
#[derive(Debug)]
pub(crate) struct Spec {
    pub(crate) name: &'static str,
    /// Empty for none.
    pub(crate) unit: &'static str,
    pub(crate) values: &'static [&'static str],
}

/// Short for a [`Spec`], for the table of kinds.
pub(crate) const fn spec(
    name: &'static str,
    unit: &'static str,
    values: &'static [&'static str],
) -> Spec {
    Spec { name, unit, values }
}

/// The roots of the category tree, in the order in which they are shown.
pub(crate) const TOPS: &[Top] = &[
    Top {
        id: "outdoor",
        hue: 158,
        name: "Outdoor",
        description: "Everything between the front door and the summit.",
        icon: "M12 3 2 20h20L12 3Zm0 6 5 9H7l5-9Z",
        brands: &["Nordvik", "Fellpath", "Cairnwood", "Tundra & Co", "Larkspur Trail", "Hochgrat"],
    },
    Top {
        id: "kitchen",
        hue: 18,
        name: "Kitchen",
        description: "Tools for people who cook on weekdays too.",
        icon: "M4 10h13v6a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4v-6Zm13 1h2a2 2 0 0 1 0 6h-2M7 7V4m3.5 3V4m3.5 3V4",
        brands: &[
            "Ofenwerk",
            "Casa Brasa",
            "Copperline",
            "Mattone",
            "Saffron & Steel",
            "Petit Four Works",
        ],
    },
    Top {
        id: "audio",
        hue: 262,
        name: "Audio",
        description: "Sound for one, for a room, for a stage.",
        icon: "M4 13a8 8 0 0 1 16 0v6h-4v-6h2a6 6 0 0 0-12 0h2v6H4v-6Z",
        brands: &["Klangraum", "Vellum Audio", "Ninefold", "Bassline North", "Auris", "Tonehaus"],
    },
    Top {
        id: "books",
        hue: 38,
        name: "Books",
        description: "Novels, cookery, travel and popular science.",
        icon: "M4 5c3-1.5 6-1 8 1 2-2 5-2.5 8-1v14c-3-1.5-6-1-8 1-2-2-5-2.5-8-1V5Zm8 1v14",
        brands: &[
            "Lantern Press",
            "Harbour House",
            "Quill & Tide",
            "Meridian Books",
            "Blue Heron Editions",
        ],
    },
    Top {
        id: "toys",
        hue: 334,
        name: "Toys",
        description: "Made to be dropped, shared and handed down.",
        icon: "M6 4h5v5H6V4Zm8 1 4 4-4 4-4-4 4-4ZM5 13h6v7H5v-7Zm9 3a3.5 3.5 0 1 0 6 0 3.5 3.5 0 0 0-6 0Z",
        brands: &["Holzwicht", "Pip & Otter", "Merry Cog", "Bramble Box", "Kubolino"],
    },
    Top {
        id: "office",
        hue: 214,
        name: "Office",
        description: "For desks that work, at home or not.",
        icon: "M7 3h7l5 5v13H7V3Zm7 0v5h5M10 13h6m-6 4h6",
        brands: &[
            "Schreibgut",
            "Plainfold",
            "Deskwright",
            "Ledger & Line",
            "Ergonova",
            "Paperhaus",
        ],
    },
    Top {
        id: "garden",
        hue: 108,
        name: "Garden",
        description: "From window sill to orchard.",
        icon: "M12 21v-9m0 0C12 7 8 5 4 5c0 4 3 7 8 7Zm0 2c0-4 3-6 8-6 0 4-3 7-8 7",
        brands: &["Gruenhand", "Mossgate", "Potting Shed", "Verdania", "Rake & Root"],
    },
    Top {
        id: "sport",
        hue: 4,
        name: "Sport",
        description: "Kit for training days and race days.",
        icon: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-9 9h18M12 3c4 5 4 13 0 18M12 3c-4 5-4 13 0 18",
        brands: &[
            "Velocita",
            "Stride Theory",
            "Ironleaf",
            "Palestra",
            "Kinetik Nord",
            "Lakeside Athletics",
        ],
    },
    Top {
        id: "lighting",
        hue: 48,
        name: "Lighting",
        description: "Light where it is wanted, dark where it is not.",
        icon: "M9 18h6m-5 3h4M8 15a6 6 0 1 1 8 0l-1 3H9l-1-3Z",
        brands: &["Lumenhof", "Halo & Dusk", "Filament Eleven", "Nordlys Studio", "Kelvin Works"],
    },
    Top {
        id: "travel",
        hue: 186,
        name: "Travel",
        description: "Cases, bags and small things that make a journey easy.",
        icon: "M5 8h14v12H5V8Zm4 0V4h6v4M9 8v12m6-12v12",
        brands: &["Passaggio", "Gate Eleven", "Wayfarer Union", "Koffermann", "Meridian Luggage"],
    },
];
