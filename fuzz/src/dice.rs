//! Numbers that look random.

use std::hash::{BuildHasher, RandomState};

/// xorshift64*, by Vigna; seeded by what seeds hash maps.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new() -> Self {
        Self(RandomState::new().hash_one(0) | 1)
    }

    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.roll(256) as u8
    }

    pub(crate) fn bytes(&mut self, most: u64) -> Vec<u8> {
        (0..self.roll(most)).map(|_| self.byte()).collect()
    }
}
