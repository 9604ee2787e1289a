//! What a simulation met: a net that never went where the fish are catches none.

use core::fmt;

macro_rules! coverage {
    ($($(#[doc = $doc:literal])* $field:ident $text:literal;)*) => {
        /// Counts over one world or many.
        #[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
        pub struct Coverage {
            $($(#[doc = $doc])* pub $field: u64,)*
        }

        impl Coverage {
            /// Adds another world's counts.
            pub const fn add(&mut self, other: &Self) {
                $(self.$field += other.$field;)*
            }

            /// Each count with its name.
            #[must_use]
            pub fn counts(&self) -> Vec<(&'static str, u64)> {
                vec![$(($text, self.$field)),*]
            }
        }
    };
}

coverage! {
    /// Different blocks committed.
    blocks "blocks";
    /// Clients that got the outcome of their transaction.
    acknowledged "transactions acknowledged";
    /// Transactions that the contract refused, in a block.
    refused "refused by the contract";
    /// Transactions that expired before they were in a block.
    expired "expired";
    /// Views above 0 that a correct member entered.
    view_changes "view changes";
    /// NEW-VIEWs of correct members that re-proposed a prepared block.
    reproposals "re-proposals of a prepared block";
    /// Power failures of correct members.
    crashes "crashes";
    /// Crashes after which a vote was on disk that had never been sent.
    crashes_between_vote_and_send "crashes between vote and send";
    /// Crashes that lost blocks of the ledger.
    crashes_losing_blocks "crashes that lost ledger batches";
    /// Crashes while a member was recovering from one.
    crashes_in_recovery "crashes during recovery";
    /// Disks that refused a read, a write or a sync of a correct member, which stopped.
    disk_errors "disk errors";
    /// Restarts.
    restarts "restarts";
    /// Blocks that the journal gave back to a ledger.
    replayed "blocks replayed from the journal";
    /// Times a journal was shortened.
    rotations "journals shortened";
    /// Committed blocks that were fetched.
    catch_ups "blocks caught up";
    /// Bodies or parts that a correct member had to ask for.
    bodies_asked "bodies and parts asked for";
    /// Messages that a withholder kept to itself.
    withheld "messages withheld";
    /// Questions for blocks that were about to be committed.
    asked_early "questions at the worst moment";
    /// Members caught in the turn of their COMMIT.
    ambushes "ambushes";
    /// NEW-VIEWs for which some members got another.
    second_new_views "second NEW-VIEWs of one view";
    /// VIEW-CHANGEs that left out what their sender had prepared or seen committed.
    false_view_changes "VIEW-CHANGEs that left something out";
    /// What primaries said and did around proposals that lied.
    false_proposals "acts of lying primaries";
    /// Blocks served under the certificate of another.
    false_blocks "blocks under the certificate of another";
    /// What members kept or said to start a view without a quorum.
    usurped "acts of usurpers";
    /// Double proposals and votes that a correct member saw.
    equivocations "equivocations seen";
    /// Other sins that a correct member saw.
    other_evidence "other sins seen";
    /// Messages refused at the border.
    rejected "messages refused at the border";
    /// Messages lost or cut off.
    lost "messages lost";
    /// Partitions.
    cuts "partitions";
    /// Members frozen for a while.
    freezes "members frozen";
    /// Times that clocks were set wrong.
    clocks_off "clocks set wrong";
    /// Members told to withhold their votes for a while.
    silences "members told to withhold their votes";
    /// Worlds in which all were down for longer than some transactions live.
    blackouts "worlds with everybody down for long";
    /// Worlds with real signatures.
    real_signatures "worlds with real signatures";
    /// Worlds with a sinner.
    sinful "worlds with a Byzantine member";
    /// Worlds in which several Byzantine members tell one story to each side.
    colluding "worlds with colluders";
    /// Messages delivered.
    messages "messages";
}

impl fmt::Display for Coverage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, count) in self.counts() {
            writeln!(formatter, "{count:>12}  {name}")?;
        }
        Ok(())
    }
}
