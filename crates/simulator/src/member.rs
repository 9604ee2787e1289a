//! A member of a world: correct, or Byzantine.

use std::sync::Arc;

use carechain_consensus::{Config, Window};
use carechain_types::Time;

use crate::adversary::Sinner;
use crate::founding::Founding;
use crate::node::{Blueprint, Node};
use crate::random::Random;
use crate::scenario::Scenario;

/// One member.
pub(crate) enum Member {
    /// It follows the protocol; its power may fail.
    Correct(Box<Node>),
    /// It does what it likes with its own key.
    Byzantine(Box<Sinner>),
}

impl Member {
    /// The node of a correct member.
    pub(crate) fn correct(&self) -> Option<&Node> {
        match self {
            Self::Correct(node) => Some(node),
            Self::Byzantine(_) => None,
        }
    }

    /// Which life a correct member is in, if it runs.
    pub(crate) fn life(&self) -> Life {
        match self {
            Self::Byzantine(_) => Life::Sins,
            Self::Correct(node) if node.is_running() => Life::Runs(node.life()),
            Self::Correct(_) => Life::Down,
        }
    }

    /// Whether it runs.
    pub(crate) fn is_running(&self) -> bool {
        match self {
            Self::Correct(node) => node.is_running(),
            Self::Byzantine(sinner) => sinner.is_running(),
        }
    }

    /// When it wants its next turn.
    pub(crate) fn next_wakeup(&self) -> Option<Time> {
        match self {
            Self::Correct(node) => node.next_wakeup(),
            Self::Byzantine(sinner) => sinner.next_wakeup(),
        }
    }

    /// Where it stands, in words.
    pub(crate) fn standing(&self) -> String {
        match self {
            Self::Correct(node) => node.standing(),
            Self::Byzantine(sinner) => format!("Byzantine: {:?}", sinner.sin()),
        }
    }
}

/// How a client finds a member.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Life {
    /// Correct and running, for the n-th time.
    Runs(u64),
    /// Correct and down.
    Down,
    /// Byzantine.
    Sins,
}

/// The members of a scenario, none of them started; `alter` may change what replicas are told.
pub(crate) fn members(
    scenario: &Scenario,
    founding: &Arc<Founding>,
    alter: &dyn Fn(&mut Config),
) -> Vec<Member> {
    scenario
        .members()
        .map(|own| {
            let mut config = Config::new(
                founding.chain_id,
                founding.block_zero,
                founding.membership.clone(),
                own,
                Window::ONE,
                scenario.timeouts,
            );
            alter(&mut config);
            let blueprint = Blueprint {
                founding: Arc::clone(founding),
                scheme: scenario.scheme,
                config,
                lag: scenario.lags[usize::from(own.get())],
                journal_bytes_max: scenario.journal_bytes_max,
            };
            match scenario.sinners.get(&own) {
                None => Member::Correct(Box::new(Node::new(blueprint))),
                Some(sin) => {
                    let random = Random::stream(scenario.seed, &format!("sinner {own}"));
                    let fellows = Random::stream(scenario.seed, "colluders");
                    Member::Byzantine(Box::new(Sinner::new(
                        *sin,
                        scenario.ambush.as_ref(),
                        blueprint,
                        random,
                        fellows,
                    )))
                }
            }
        })
        .collect()
}
