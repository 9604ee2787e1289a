//! The view change (Castro and Liskov 1999, §4.4, with the deviations listed at the crate).

mod choice;
mod entering;
mod joining;
mod leaving;
mod new_view;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
