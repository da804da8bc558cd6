//! The known name that somebody probably meant.

/// The name of `known` that is nearest to `word`, if one is near enough to suggest.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1) + 1;
    let lower = word.to_lowercase();
    known
        .into_iter()
        .filter(|name| *name != word)
        .filter_map(|name| {
            let mut distance = strsim::osa_distance(&lower, &name.to_lowercase());
            let prefix = word.len() >= 3 && name.to_lowercase().starts_with(&lower);
            let suffix = word.len() >= 4 && name.to_lowercase().ends_with(&lower);
            if prefix || suffix {
                distance = distance.min(2);
            }
            (distance <= limit.min(4)).then_some((distance, name))
        })
        .min()
        .map(|(_, name)| name)
}
