//! Which known word a misspelt one was probably meant to be.

/// Returns the candidate with the fewest slips away from `word`, if near enough.
///
/// A slip is a letter added, dropped, replaced or swapped with its neighbour;
/// one of them is forgiven for every three letters, and at least one.
pub(crate) fn nearest<'a>(word: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let forgiven = (word.chars().count() / 3).max(1);
    candidates
        .iter()
        .map(|candidate| (slips(word, candidate), *candidate))
        .filter(|(slips, _)| *slips <= forgiven)
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, candidate)| candidate)
}

/// Counts the slips between two words, by rows of the usual table.
fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let differs = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1)
                .min(row[j - 1] + 1)
                .min(rows[i - 1][j - 1] + differs);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::{nearest, slips};

    #[test]
    fn every_kind_of_slip_counts_once() {
        assert_eq!(slips("phase", "phases"), 1);
        assert_eq!(slips("phase", "phse"), 1);
        assert_eq!(slips("phase", "phose"), 1);
        assert_eq!(slips("phase", "pahse"), 1);
        assert_eq!(slips("", "key"), 3);
    }

    #[test]
    fn the_nearest_word_wins() {
        let words = ["on_abort", "on_call", "no_go"];
        assert_eq!(nearest("on_cal", &words), Some("on_call"));
        assert_eq!(nearest("on_abrot", &words), Some("on_abort"));
    }

    #[test]
    fn a_word_far_from_all_has_no_nearest() {
        assert_eq!(nearest("retries", &["on_abort", "name", "key"]), None);
        assert_eq!(nearest("", &["key"]), None);
    }
}
