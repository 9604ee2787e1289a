//! Who must hold which file, as a pure state machine.
