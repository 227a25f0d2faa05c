//! Which of the places that a file names are there. Resolved level by level, so that a small file does not read a large
//! tree.

use std::collections::{BTreeSet, HashMap};

use kernel::Name;
use store::{Run, StoreError, node, node::Node};

use crate::file::Place;

/// The nodes at the places of a file.
#[derive(Debug, Default)]
pub(crate) struct Places(HashMap<Place, Node>);

impl Places {
    /// Finds the nodes at these places and above.
    pub async fn find(
        run: &impl Run,
        wanted: impl Iterator<Item = Place>,
    ) -> Result<Self, StoreError> {
        let mut levels: Vec<BTreeSet<Place>> = Vec::new();
        for place in wanted {
            let mut next = Some(place);
            while let Some(place) = next {
                let level = place.depth() - 1;
                if levels.len() <= level {
                    levels.resize_with(level + 1, BTreeSet::new);
                }
                next = place.parent();
                if !levels[level].insert(place) {
                    break;
                }
            }
        }
        let mut places = Self::default();
        for (level, wanted) in levels.into_iter().enumerate() {
            if level == 0 {
                places.find_roots(run, wanted).await?;
            } else {
                places.find_below(run, &wanted).await?;
            }
        }
        Ok(places)
    }

    async fn find_roots(
        &mut self,
        run: &impl Run,
        wanted: BTreeSet<Place>,
    ) -> Result<(), StoreError> {
        for place in wanted {
            if let Some(node) = node::find_child(run, None, &place.name()).await? {
                self.0.insert(place, node);
            }
        }
        Ok(())
    }

    async fn find_below(
        &mut self,
        run: &impl Run,
        wanted: &BTreeSet<Place>,
    ) -> Result<(), StoreError> {
        let mut places = HashMap::new();
        for place in wanted {
            let parent = place.parent().and_then(|parent| self.0.get(&parent));
            if let Some(parent) = parent {
                places.insert((parent.id, place.name()), place);
            }
        }
        let wanted: Vec<_> =
            places.keys().map(|(parent, name): &(_, Name)| (*parent, name)).collect();
        for found in node::find_children(run, &wanted).await? {
            let key = found.parent.map(|parent| (parent, found.name.clone()));
            if let Some(place) = key.and_then(|key| places.get(&key)) {
                self.0.insert((*place).clone(), found);
            }
        }
        Ok(())
    }

    /// The node at a place, if it is there.
    pub fn get(&self, place: &Place) -> Option<&Node> {
        self.0.get(place)
    }

    /// All that are there.
    pub fn iter(&self) -> impl Iterator<Item = (&Place, &Node)> {
        self.0.iter()
    }

    /// A node that was just made.
    pub fn insert(&mut self, place: Place, node: Node) {
        self.0.insert(place, node);
    }
}
