//! From a block's transactions and outcomes to index rows.

use carechain_types::limits::OUTCOME_RESULT_BYTES_MAX;
use carechain_types::{
    Header, Outcome, PublicPart, ReadResult, Transaction, Visibility, decode, department_id, ehr_id,
    grant_id, person_id, request_id,
};

use super::list::{IndexEntry, IndexList, IndexPosition};
use crate::backend::{Batch, Table};

/// Adds the index rows of a block; a refused transaction has none.
pub(crate) fn stage_block(
    batch: &mut Batch,
    header: &Header,
    transactions: &[Transaction],
    outcomes: &[Outcome],
) {
    for (index, (transaction, outcome)) in (0_u32..).zip(transactions.iter().zip(outcomes)) {
        let position = IndexPosition { time: header.time, index };
        let Some((lists, id, number)) = items(header, transaction, outcome) else { continue };
        let entry = IndexEntry { position, height: header.height, id, number };
        for list in lists {
            batch.put(Table::Indexes, entry.row_key(&list), entry.row_value());
        }
    }
}

/// The lists a transaction joins, what they name, and the number beside it.
fn items(
    header: &Header,
    transaction: &Transaction,
    outcome: &Outcome,
) -> Option<(Vec<IndexList>, [u8; 20], u64)> {
    if !outcome.is_done() {
        return None;
    }
    let body = &transaction.body;
    let id = &outcome.transaction_id;
    match PublicPart::decode(body.kind, &body.public_part).ok()? {
        PublicPart::Department(part) => {
            Some((vec![IndexList::DepartmentsByHospital(part.hospital)], *department_id(id).get(), 0))
        }
        PublicPart::Person(part) => {
            let mut lists = vec![IndexList::PersonsByEnroller(part.enroller)];
            lists.extend(part.department.map(IndexList::PersonsByDepartment));
            Some((lists, *person_id(id).get(), 0))
        }
        PublicPart::Publish(part) => {
            let mut lists = vec![IndexList::RecordsByPatient(part.patient)];
            if part.visibility == Visibility::Searchable {
                lists.push(IndexList::RecordsByAuthor(body.sender));
                lists.push(IndexList::RecordsByHospital(part.hospital));
                lists.push(IndexList::Records);
            }
            Some((lists, *ehr_id(&header.chain_id, &body.sender, &part.commitment).get(), 0))
        }
        PublicPart::Request(part) => Some((
            vec![IndexList::RequestsByPatient(part.patient), IndexList::RequestsByGrantee(part.grantee)],
            *request_id(id).get(),
            0,
        )),
        PublicPart::Grant(part) => Some((
            vec![IndexList::GrantsByPatient(part.patient), IndexList::GrantsByGrantee(part.grantee)],
            *grant_id(id).get(),
            0,
        )),
        PublicPart::Read(part) => {
            let result: ReadResult = decode(&outcome.result, OUTCOME_RESULT_BYTES_MAX).ok()?;
            let entry = result.entry?;
            let lists = vec![
                IndexList::AttemptsByReader(part.request.reader),
                IndexList::AttemptsByGateway(body.sender.hospital()?),
            ];
            Some((lists, entry.subject, entry.index))
        }
        PublicPart::Deny(_) | PublicPart::Revoke(_) | PublicPart::Suspend(_) => None,
    }
}
