//! One step: an input in, outputs out.

use carechain_types::Time;

use crate::input::Input;
use crate::output::Outputs;
use crate::state::Replica;

impl Replica {
    /// Takes one input at time `now` and appends what must be done to `outputs`. `now` never goes back.
    pub fn step(&mut self, now: Time, input: Input, outputs: &mut Outputs) {
        let _ = (now, input, outputs);
    }
}
