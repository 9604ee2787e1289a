//! One step: an input in, outputs out.
//!
//! An input is noted, then every rule is asked whether it now has something to do, until none has. Timers are looked at
//! on [`Input::Tick`] alone: the engine gives it behind all that has arrived, so that what arrived in time is never
//! overruled by a clock.

use carechain_types::{Moment, ReplicaId, Time};

use crate::input::Input;
use crate::message::VerifiedMessage;
use crate::output::{Output, Outputs};
use crate::state::{Mode, Replica};

impl Replica {
    /// Takes one input and appends what must be done to `outputs`. A steady clock that goes back is ignored; the one on the
    /// wall is taken as it is.
    pub fn step(&mut self, now: Moment, input: Input, outputs: &mut Outputs) {
        if self.mode == Mode::Stopped {
            return;
        }
        self.notice_oversleep(now.steady);
        self.now = self.now.max(now.steady);
        self.wall = now.wall;
        let tick = matches!(input, Input::Tick);
        self.take(input, outputs);
        self.settle(outputs);
        if tick {
            self.run_timers(outputs);
            self.settle(outputs);
        }
        self.fetch_missing(outputs);
    }

    fn take(&mut self, input: Input, outputs: &mut Outputs) {
        match input {
            Input::Start => self.on_start(outputs),
            Input::Message { from, arrived, message } => self.on_message(from, arrived, message, outputs),
            Input::Proposal { view, header, leaves } => self.on_own_proposal(view, header, leaves, outputs),
            Input::Checked { block_id, verdict } => self.on_checked(block_id, verdict, outputs),
            Input::CaughtUp { header, certificate } => {
                self.on_caught_up(header, certificate.into_inner(), outputs);
            }
            Input::Pending(pending) => self.pending = pending,
            Input::PeerConnected(peer) => self.on_connected(peer, outputs),
            Input::Voting(voting) => self.on_voting(voting, outputs),
            Input::Tick => {}
        }
    }

    fn on_message(
        &mut self,
        from: ReplicaId,
        arrived: Time,
        message: VerifiedMessage,
        outputs: &mut Outputs,
    ) {
        let arrival = self.arrival(arrived);
        match message {
            VerifiedMessage::PrePrepare(signed) => {
                self.on_pre_prepare(from, arrival, signed.into_inner(), outputs);
            }
            VerifiedMessage::Prepare(signed) => self.on_prepare(from, &signed, outputs),
            VerifiedMessage::Commit(signed) => self.on_commit(from, &signed, outputs),
            VerifiedMessage::ViewChange(signed) => self.on_view_change(from, signed.into_inner(), outputs),
            VerifiedMessage::NewView(signed) => self.on_new_view(from, signed.into_inner(), outputs),
            VerifiedMessage::Head(signed) => self.on_head(from, arrival, signed.into_inner(), outputs),
            VerifiedMessage::Certificate(certificate) => self.on_certificate(certificate.into_inner()),
            VerifiedMessage::Leaves { block_id, leaves } => self.on_leaves(block_id, leaves),
            VerifiedMessage::Fetch(wanted) => self.on_fetch(from, wanted, outputs),
        }
    }

    /// A member's connection opened: it gets the latest messages of this view.
    fn on_connected(&mut self, to: ReplicaId, outputs: &mut Outputs) {
        if to == self.config.own {
            return;
        }
        let messages = self.latest_messages().into_iter().map(|message| Output::Send { to, message });
        outputs.extend(messages);
        let message = crate::message::Message::Head(self.sign_head());
        outputs.push(Output::Send { to, message });
    }

    /// Asks every rule until none has anything to do. Each round moves a view, a height or a vote forward, so it ends.
    fn settle(&mut self, outputs: &mut Outputs) {
        self.dirty = true;
        while core::mem::take(&mut self.dirty) && self.mode != Mode::Stopped {
            self.try_new_views(outputs);
            self.follow_claims(outputs);
            self.follow_primary(outputs);
            self.try_to_lead(outputs);
            self.accept_held(outputs);
            self.withdraw_misdated(outputs);
            self.request_checks(outputs);
            self.cast_votes(outputs);
            self.commit_ready(outputs);
        }
        self.watch_claims();
    }
}
