//! Moves messages over the lanes of one link until the first of them ends.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::io::{BufReader, BufWriter};
use futures::stream::FuturesUnordered;
use futures::{AsyncWriteExt, FutureExt, StreamExt};
use libp2p::Stream;
use tokio::time::timeout;

use crate::counters::Counters;
use crate::frame::{FrameError, read_frame, write_frame};
use crate::inbox::Inbox;
use crate::lanes::OpenLane;
use crate::limits::LANE_BUFFER_BYTES;
use crate::plane::Lane;
use crate::roster::Member;
use crate::{Class, Limits, LinkEnd};

/// What the lanes of a link work with.
#[derive(Clone)]
pub(crate) struct LinkContext {
    pub(crate) member: Arc<Member>,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) limits: Limits,
}

/// Runs a link until it ends.
pub(crate) async fn run_link(lanes: Vec<OpenLane>, context: &LinkContext) -> LinkEnd {
    let mut work = FuturesUnordered::<BoxFuture<'_, LinkEnd>>::new();
    for OpenLane { lane, outgoing, incoming } in lanes {
        work.push(send(lane, outgoing, context).boxed());
        work.push(receive(lane, incoming, context).boxed());
    }
    work.next().await.expect("every link has a lane")
}

async fn send(lane: Lane, stream: Stream, context: &LinkContext) -> LinkEnd {
    let mut writer = BufWriter::with_capacity(LANE_BUFFER_BYTES, stream);
    let pulse_interval = if lane.has_pulse() { context.limits.pulse_interval } else { Duration::MAX };
    loop {
        let sent = match lane {
            Lane::Message(class) => send_waiting(class, &mut writer, context, pulse_interval).await,
            Lane::Pulse => {
                tokio::time::sleep(pulse_interval).await;
                write_frame(&mut writer, &[]).await
            }
        };
        let flushed = match sent {
            Ok(()) => writer.flush().await,
            Err(error) => Err(error),
        };
        if let Err(error) = flushed {
            tracing::debug!(peer = ?context.member.key, ?lane, %error, "lane lost");
            return LinkEnd::Closed;
        }
    }
}

/// Writes all messages that wait, or a pulse when none comes for `pulse_interval`.
async fn send_waiting(
    class: Class,
    writer: &mut BufWriter<Stream>,
    context: &LinkContext,
    pulse_interval: Duration,
) -> io::Result<()> {
    let outbox = &context.member.session.outbox;
    let Ok(first) = timeout(pulse_interval, outbox.next(class)).await else {
        return write_frame(writer, &[]).await;
    };
    let counts = context.counters.class(class);
    let mut next = Some(first);
    while let Some(message) = next {
        write_frame(writer, &message).await?;
        counts.messages_sent.increment();
        counts.bytes_sent.add(message.len() as u64);
        next = outbox.try_next(class);
    }
    Ok(())
}

async fn receive(lane: Lane, stream: Stream, context: &LinkContext) -> LinkEnd {
    let mut reader = BufReader::with_capacity(LANE_BUFFER_BYTES, stream);
    let silence_max = if lane.has_pulse() { context.limits.silence_max } else { Duration::MAX };
    loop {
        let frame = match read_frame(&mut reader, lane.frame_bytes_max(&context.limits), silence_max).await {
            Ok(frame) => frame,
            Err(error) => return end_of(&error),
        };
        let Lane::Message(class) = lane else { continue };
        if frame.is_empty() {
            continue;
        }
        let counts = context.counters.class(class);
        counts.messages_received.increment();
        counts.bytes_received.add(frame.len() as u64);
        if context.inbox.push(context.member.key, class, frame).await.is_err() {
            return LinkEnd::Removed;
        }
    }
}

fn end_of(error: &FrameError) -> LinkEnd {
    match error {
        FrameError::Stream { .. } => LinkEnd::Closed,
        FrameError::Silent { silence } => LinkEnd::Silent { seconds: silence.as_secs() },
        FrameError::Oversize { bytes, bytes_max } => {
            LinkEnd::Oversize { bytes: *bytes, bytes_max: *bytes_max }
        }
    }
}
