//! `transaction`: what became of a transaction whose outcome was not seen.

use carechain_client::{Committed, OperationError};
use carechain_crypto::TransactionId;
use carechain_schema::{Base64, OutcomeLine, TransactionReport, TransactionState, TransactionStatus};
use clap::Subcommand;

use super::connection::Connection;
use super::words::timestamp;
use super::{CommandError, Global, Output};

/// Transactions.
#[derive(Debug, Subcommand)]
pub(super) enum TransactionCommand {
    /// Say what became of a transaction, with proof.
    #[command(after_help = "Example:\n  carechain transaction status 3f… --profile doctor")]
    Status {
        /// The transaction id: 64 hex characters.
        #[arg(value_parser = transaction_id)]
        id: TransactionId,
    },
}

fn transaction_id(text: &str) -> Result<TransactionId, String> {
    TransactionId::from_hex(text)
        .ok_or_else(|| "a transaction id has 64 lower-case hex characters".to_owned())
}

/// Runs it.
pub(super) fn run(
    command: &TransactionCommand,
    global: &Global,
    output: &Output,
) -> Result<(), CommandError> {
    let TransactionCommand::Status { id } = command;
    let connection = Connection::open(global)?;
    let status = match connection.session.transaction(id) {
        Ok((committed, _)) => TransactionStatus {
            transaction_id: id.to_hex(),
            state: TransactionState::Committed,
            report: Some(report(&connection, &committed)),
        },
        Err(OperationError::NotFound) => {
            TransactionStatus { transaction_id: id.to_hex(), state: TransactionState::Unknown, report: None }
        }
        Err(error) => return Err(error.into()),
    };
    output.done(status, describe);
    Ok(())
}

fn report(connection: &Connection, committed: &Committed) -> TransactionReport {
    let outcome = connection.origin(committed).outcome;
    TransactionReport {
        transaction_id: committed.id.to_hex(),
        height: committed.height.get(),
        block_time: timestamp(committed.time),
        outcome: outcome.unwrap_or(OutcomeLine { code: committed.outcome.code, name: "unknown".to_owned() }),
        result: Base64(committed.outcome.result.to_vec()),
        proof: Base64(committed.proof.clone()),
    }
}

fn describe(status: &TransactionStatus) -> String {
    match &status.report {
        Some(report) => {
            format!("committed at height {}, {}: {}", report.height, report.block_time, report.outcome.name)
        }
        None => "not known to this node; it may still come until its expiry, ten minutes at most".to_owned(),
    }
}
