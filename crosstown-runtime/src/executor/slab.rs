//! Who is being run, for a drain to name.

/// How many places an empty slab keeps. What a peak took beyond that is given
/// back after it.
const PLACES_KEPT: usize = 256;

/// What is being run, by the number of its place. Holds as many places as were
/// taken at once since it was last empty, or more.
pub(super) struct Slab<T> {
    places: Vec<Option<T>>,
    free: Vec<usize>,
}

/// The number of a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(usize);

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T> Slab<T> {
    pub(super) fn enter(&mut self, who: T) -> Place {
        Place(match self.free.pop() {
            Some(place) => {
                self.places[place] = Some(who);
                place
            }
            None => {
                self.places.push(Some(who));
                self.places.len() - 1
            }
        })
    }

    /// Who has the place, for a change.
    pub(super) fn get_mut(&mut self, Place(place): Place) -> Option<&mut T> {
        self.places[place].as_mut()
    }

    /// Gives the place back, and returns who had it for the caller to drop
    /// outside of the lock.
    pub(super) fn leave(&mut self, Place(place): Place) -> Option<T> {
        self.free.push(place);
        let who = self.places[place].take();
        if self.free.len() == self.places.len() && self.places.len() > PLACES_KEPT {
            *self = Self::default();
        }
        who
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &T> {
        self.places.iter().flatten()
    }
}

#[cfg(all(test, not(crosstown_shuttle)))]
mod tests {
    use super::*;

    #[test]
    fn what_a_peak_took_is_given_back() {
        let mut slab = Slab::default();
        let mut fill = |places: usize| {
            let entered: Vec<_> = (0..places).map(|who| slab.enter(who)).collect();
            assert_eq!(slab.all().count(), places);
            for (who, place) in entered.into_iter().enumerate() {
                assert_eq!(slab.leave(place), Some(who));
            }
            slab.places.len()
        };
        assert_eq!(fill(PLACES_KEPT), PLACES_KEPT);
        assert_eq!(fill(PLACES_KEPT + 1), 0);
    }
}
