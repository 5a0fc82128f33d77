//! Who is being run, for a drain to name.

use std::sync::Arc;

use crate::task::Runnable;

/// How many places an empty roll keeps. What a peak took beyond that is given
/// back after it.
const PLACES_KEPT: usize = 256;

/// The tasks that are being run, by the number of their place. Holds as many
/// places as were taken at once since it was last empty, or more.
#[derive(Default)]
pub(super) struct Roll {
    places: Vec<Option<Arc<dyn Runnable>>>,
    free: Vec<usize>,
}

/// The number of a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(usize);

impl Roll {
    pub(super) fn enter(&mut self, task: &Arc<dyn Runnable>) -> Place {
        let task = Some(Arc::clone(task));
        Place(match self.free.pop() {
            Some(place) => {
                self.places[place] = task;
                place
            }
            None => {
                self.places.push(task);
                self.places.len() - 1
            }
        })
    }

    /// Gives the place back, and returns the task for the caller to drop
    /// outside of the lock.
    pub(super) fn leave(&mut self, Place(place): Place) -> Option<Arc<dyn Runnable>> {
        self.free.push(place);
        let task = self.places[place].take();
        if self.free.len() == self.places.len() && self.places.len() > PLACES_KEPT {
            *self = Self::default();
        }
        task
    }

    pub(super) fn tasks(&self) -> impl Iterator<Item = &Arc<dyn Runnable>> {
        self.places.iter().flatten()
    }
}
