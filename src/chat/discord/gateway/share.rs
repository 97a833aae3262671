//! Who is to have how many shards: as many as everybody else, or one more. Whoever has one more keeps it, so that no shard
//! moves without need.

use std::collections::BTreeMap;

/// How many of `shards` shards one of those who want some is to have, given how many each of them has.
pub(super) fn fair_share(shards: u32, counts: &BTreeMap<String, u32>, me: &str) -> u32 {
    let programs = u32::try_from(counts.len()).unwrap_or(u32::MAX).max(1);
    let (each, left_over) = (shards / programs, shards % programs);
    let mine = counts.get(me).copied().unwrap_or(0);
    // Those who have most come first, and by name among equals: everybody reckons the same.
    let before_me = counts.iter().filter(|(name, count)| (**count, me) > (mine, name.as_str()));
    let place = u32::try_from(before_me.count()).unwrap_or(u32::MAX);
    each + u32::from(place < left_over)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn counts(counts: &[u32]) -> BTreeMap<String, u32> {
        counts.iter().enumerate().map(|(place, count)| (format!("program-{place}"), *count)).collect()
    }

    #[rstest]
    #[case::alone(4, &[0], &[4])]
    #[case::even(4, &[4, 0], &[2, 2])]
    #[case::who_has_more_keeps_it(5, &[2, 3], &[2, 3])]
    #[case::a_third_comes(8, &[4, 4, 0], &[3, 3, 2])]
    #[case::more_programs_than_shards(2, &[0, 1, 1], &[0, 1, 1])]
    #[case::one_died(6, &[3, 2], &[3, 3])]
    fn shares(#[case] shards: u32, #[case] have: &[u32], #[case] expected: &[u32]) {
        let counts = counts(have);
        let shares: Vec<u32> = counts.keys().map(|name| fair_share(shards, &counts, name)).collect();
        assert_eq!(shares, expected);
    }

    proptest! {
        #[test]
        fn together_they_have_all_and_nobody_has_two_more_than_another(
            shards in 1_u32..200, have in prop::collection::vec(0_u32..50, 1..12),
        ) {
            let counts = counts(&have);
            let shares: Vec<u32> = counts.keys().map(|name| fair_share(shards, &counts, name)).collect();
            prop_assert_eq!(shares.iter().sum::<u32>(), shards);
            let (least, most) = (shares.iter().min().unwrap(), shares.iter().max().unwrap());
            prop_assert!(most - least <= 1);
        }
    }
}
