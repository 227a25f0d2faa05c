//! Labels for many new nodes at once: one block of the numbering from the engine, handed out below.

/// A new node of a forest that is to be placed: its children by number, parents before children.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planned {
    /// The parent in the same forest; none for a top.
    pub parent: Option<usize>,
}

/// Labels `[label, label_end)` for each node, inside the block. A node's subtree gets a share of its parent's room by
/// its size, and as much is left free behind the last child, for those who come later. `block` must be at least as wide
/// as there are nodes; parents stand before their children.
pub fn spread(forest: &[Planned], block: (i64, i64)) -> Vec<(i64, i64)> {
    let sizes = sizes(forest);
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); forest.len()];
    let mut tops = Vec::new();
    for (number, node) in forest.iter().enumerate() {
        match node.parent {
            Some(parent) => children[parent].push(number),
            None => tops.push(number),
        }
    }
    let mut labels = vec![(0, 0); forest.len()];
    hand_out(&tops, &sizes, block, &mut labels);
    for number in 0..forest.len() {
        let (label, end) = labels[number];
        hand_out(&children[number], &sizes, (label + 1, end), &mut labels);
    }
    labels
}

/// The number of nodes of each subtree.
fn sizes(forest: &[Planned]) -> Vec<u64> {
    let mut sizes = vec![1; forest.len()];
    for (number, node) in forest.iter().enumerate().rev() {
        if let Some(parent) = node.parent {
            sizes[parent] += sizes[number];
        }
    }
    sizes
}

fn hand_out(siblings: &[usize], sizes: &[u64], (from, to): (i64, i64), labels: &mut [(i64, i64)]) {
    let total: u64 = siblings.iter().map(|number| sizes[*number]).sum();
    if total == 0 {
        return;
    }
    let room = u64::try_from(to - from).unwrap_or(0);
    let slack = u128::from(room.saturating_sub(total));
    let units = 2 * u128::from(total);
    let mut at = from;
    for number in siblings {
        let size = sizes[*number];
        let more = slack * u128::from(size) / units;
        let width = u128::from(size) + more;
        let end = at + i64::try_from(width).unwrap_or(i64::MAX);
        labels[*number] = (at, end);
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The promise: inside the parent, apart from siblings, room for the subtree.
    fn check(forest: &[Planned], block: (i64, i64)) {
        let labels = spread(forest, block);
        let sizes = sizes(forest);
        for (number, (label, end)) in labels.iter().enumerate() {
            assert!(u64::try_from(end - label).unwrap() >= sizes[number], "room of {number}");
            let (from, to) = forest[number]
                .parent
                .map_or(block, |parent| (labels[parent].0 + 1, labels[parent].1));
            assert!(from <= *label && *end <= to, "{number} inside its parent");
            for (other, (a, b)) in labels.iter().enumerate().take(number) {
                if forest[other].parent == forest[number].parent {
                    assert!(b <= label || end <= a, "{number} apart from {other}");
                }
            }
        }
    }

    fn forest(parents: &[Option<usize>]) -> Vec<Planned> {
        parents.iter().map(|parent| Planned { parent: *parent }).collect()
    }

    #[test]
    fn labels_nest() {
        let parents = [None, Some(0), Some(0), Some(1), None, Some(4), Some(3)];
        for room in [7, 8, 20, 1_000_000, i64::MAX / 4] {
            check(&forest(&parents), (100, 100 + room));
        }
    }

    #[test]
    fn a_chain_and_a_wide_family_fit_without_slack() {
        let chain: Vec<_> = (0..60_usize).map(|number| number.checked_sub(1)).collect();
        check(&forest(&chain), (0, 60));
        let wide: Vec<_> = (0..200).map(|number| (number > 0).then_some(0)).collect();
        check(&forest(&wide), (0, 200));
    }

    #[test]
    fn room_is_left_behind_the_last() {
        let labels = spread(&forest(&[None, None]), (0, 1000));
        assert!(labels[1].1 <= 600, "{labels:?}");
    }
}
