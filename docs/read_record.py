#!/usr/bin/env python3
"""An independent reader of carechain's formats: opens a record and checks a proof, from docs/formats.md alone.

    pip install blake3 pynacl
    docs/read_record.py record tests/fixtures/record.json            # the golden record
    docs/read_record.py record FILE.ccr --content-key HEX --out DIR  # any record
    docs/read_record.py proof tests/fixtures/proof.json tests/fixtures/genesis.json

It shares no code with the product, so that two readings of the page agree or one of them is wrong.
"""
import argparse, base64, io, json, struct, sys, zipfile

from blake3 import blake3
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as decrypt
from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import VerifyKey

SEGMENT, TAG, HEADER = 65_536, 16, 128


class Refused(Exception):
    """The bytes are not what the format says."""


def demand(holds, what):
    if not holds:
        raise Refused(what)


def kdf(context, data):
    return blake3(data, derive_key_context="carechain v1 " + context).digest()


def hash_of(data):
    return blake3(data).digest()


# --- records ---------------------------------------------------------------------------------------------------------

def padme(length):
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def zip_bytes_max(length):
    return length - HEADER - TAG * -(-length // SEGMENT) - 8


def file_length(zip_length):
    length = padme(max(SEGMENT, zip_length))
    while zip_bytes_max(length) < zip_length:
        length = padme(length + 1)
    return length


def open_record(file, content_key):
    """The zip inside a record file."""
    demand(len(file) >= SEGMENT and padme(len(file)) == len(file), "no record has this length")
    header = file[:HEADER]
    magic, suite, segment_log2, zeros, prefix, more_zeros, salt, commitment, last_zeros = struct.unpack(
        "<4sBB2s19s5s32s32s32s", header)
    demand(magic == b"CCR1" and suite == 1 and segment_log2 == 16, "not a record of this version")
    demand(not any(zeros + more_zeros + last_zeros), "reserved bytes are set")
    demand(commitment == kdf("key commitment", content_key + salt), "the content key is another record's")
    key, associated_data = kdf("segment key", content_key + salt), hash_of(header)
    count, text = -(-len(file) // SEGMENT), bytearray()
    for index in range(count):
        start = index * SEGMENT + (HEADER if index == 0 else 0)
        nonce = prefix + struct.pack(">IB", index, index + 1 == count)
        try:
            text += decrypt(file[start:(index + 1) * SEGMENT], associated_data, nonce, key)
        except CryptoError:
            raise Refused(f"segment {index} is not authentic") from None
    zip_length = int.from_bytes(text[-8:], "little")
    demand(file_length(zip_length) == len(file), "zip length and file length do not belong together")
    demand(not any(text[zip_length:-8]), "the padding is not zero")
    return bytes(text[:zip_length])


def show_record(path, content_key, out):
    with open(path, "rb") as source:
        file = source.read()
    root = None
    if content_key is None:
        vectors = json.loads(file)
        file, content_key = base64.b64decode(vectors["file"]), vectors["content key"]
        root = vectors["root"]
    demand(root is None or hash_of(file).hex() == root, "the file has another root")
    content = zipfile.ZipFile(io.BytesIO(open_record(file, bytes.fromhex(content_key))))
    print(f"record of {len(file)} bytes, root {hash_of(file).hex()}")
    for entry in content.infolist():
        print(f"  {entry.filename}, {entry.file_size} bytes")
    if out:
        content.extractall(out)


# --- proofs ----------------------------------------------------------------------------------------------------------

class Cursor:
    """Reads canonical bytes: little-endian fixed-width integers, u64 lengths, one byte before an option."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        demand(self.at + count <= len(self.data), "the bytes end early")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, width):
        return int.from_bytes(self.take(width), "little")

    def bytes(self):
        return self.take(self.number(8))

    def list(self, read):
        return [read() for _ in range(self.number(8))]

    def option(self, read):
        flag = self.number(1)
        demand(flag < 2, "an option is 0 or 1")
        return read() if flag else None

    def whole(self, read):
        """What `read` gives, and the canonical bytes it read."""
        start = self.at
        value = read()
        return value, self.data[start:self.at]

    def fields(self, layout):
        return {name: self.take(-width) if width < 0 else self.number(width) for name, width in layout}

    def header(self):
        header = self.fields((("protocol", 2), ("chain_id", -32), ("epoch", 8), ("height", 8), ("view", 8),
                              ("primary", 2), ("parent", -32), ("time", 8), ("count", 4), ("transactions", -32),
                              ("outcomes", -32), ("state", -32)))
        header["next_membership"] = self.option(lambda: self.take(32))
        return header

    def certificate(self):
        certificate = self.fields((("phase", 1), ("epoch", 8), ("view", 8), ("height", 8), ("block", -32)))
        certificate["votes"] = self.list(lambda: (self.number(2), self.take(64)))
        return certificate

    def sealing_key(self):
        return self.number(1), self.number(1), self.bytes()

    def member(self):
        member = self.fields((("hospital", -20), ("weight", 4), ("key", -32)))
        self.sealing_key(), self.bytes(), self.bytes()
        return member["key"]

    def membership(self):
        epoch, _protocol, _index_key = self.number(8), self.number(2), self.sealing_key()
        return epoch, self.list(self.member)

    def body(self):
        body = self.fields((("version", 2), ("sender", -21), ("key", -32), ("salt", -16), ("expiry", 8), ("kind", 2)))
        body["public"] = self.bytes()
        body["parts"] = self.list(lambda: self.fields((("kind", 1), ("bytes", 4), ("digest", -32))))
        return body

    def digests(self):
        return self.list(lambda: self.take(32))

    def claim(self):
        key = self.take(29)
        return (key, self.option(self.bytes), self.option(lambda: (self.take(32), self.take(32))), self.digests(),
                self.option(lambda: self.whole(self.body)))

    def transaction(self):
        body, signature = self.whole(self.body), self.take(64)
        outcome = self.whole(lambda: (self.take(32), self.number(2), self.bytes()))
        return body, signature, outcome, self.number(4), self.digests(), self.digests()

    def head(self):
        member = self.number(2)
        head = self.whole(lambda: self.fields((("epoch", 8), ("member", 2), ("view", 8), ("height", 8),
                                               ("block", -32), ("voted", 8), ("time", 8))))
        return member, head, self.take(64)


def signed(key, purpose, chain_id, body, signature):
    try:
        VerifyKey(key).verify(f"CARECHAIN_V1_{purpose}".encode() + b"\0" + chain_id + body, signature)
    except BadSignatureError:
        raise Refused(f"a {purpose} signature does not verify") from None


def quorum(members):
    return -(-(len(members) + (len(members) - 1) // 3 + 1) // 2)


def check_certificate(header, encoded, certificate, epoch, members):
    demand(certificate is not None, "only block 0 needs no certificate, and this reader wants one")
    block = kdf("block", encoded)
    fits = (certificate["phase"], certificate["epoch"], certificate["height"], certificate["block"])
    demand(fits == (2, epoch, header["height"], block) and header["epoch"] == epoch, "the certificate is another block's")
    voters = [voter for voter, _ in certificate["votes"]]
    demand(len(voters) == quorum(members) and voters == sorted(set(voters)), "not exactly a quorum, ascending")
    vote = struct.pack("<QQQ", epoch, certificate["view"], header["height"]) + block
    for voter, signature in certificate["votes"]:
        demand(voter < len(members), "a voter is no member")
        signed(members[voter], "COMMIT", header["chain_id"], vote, signature)


def check_claim(root, chain_id, claim):
    key, value, absence, siblings, body = claim
    place = int.from_bytes(hash_of(key), "big")
    leaf = lambda at, value_hash: hash_of(b"JMT::LeafNode" + at + value_hash)
    if value is not None:
        demand(absence is None, "a value and an absence")
        digest = leaf(hash_of(key), hash_of(value))
    elif absence is None:
        digest = b"SPARSE_MERKLE_PLACEHOLDER_HASH__"
    else:
        shared = 256 - (int.from_bytes(absence[0], "big") ^ place).bit_length()
        demand(len(siblings) <= shared < 256, "the absence leaf stands elsewhere")
        digest = leaf(*absence)
    for depth, sibling in zip(reversed(range(len(siblings))), siblings):
        pair = sibling + digest if place >> (255 - depth) & 1 else digest + sibling
        digest = hash_of(b"JMT::IntrnalNode" + pair)
    demand(digest == root, "a claim leads to another state root")
    if body is not None:
        written_by = value and value[1:33]
        demand(written_by == kdf("transaction", chain_id + body[1]), "a claim carries another transaction's body")


def root_of_path(digest, index, count, path):
    """RFC 6962, nearest sibling first."""
    if count < 2:
        return digest, path
    left = 1 << ((count - 1).bit_length() - 1)
    inner, rest = root_of_path(digest, index % left if index < left else index - left,
                               left if index < left else count - left, path)
    demand(rest, "a path is too short")
    return hash_of(b"\1" + (inner + rest[0] if index < left else rest[0] + inner)), rest[1:]


def check_transaction(header, chain_id, proof):
    (body, encoded), signature, (outcome, encoded_outcome), index, path, outcome_path = proof
    signed(body["key"], "TRANSACTION", chain_id, encoded, signature)
    transaction_id = kdf("transaction", chain_id + encoded)
    demand(outcome[0] == transaction_id and index < header["count"], "outcome and transaction do not belong together")
    for leaf, way, root in ((transaction_id + signature, path, "transactions"), (encoded_outcome, outcome_path, "outcomes")):
        demand(root_of_path(hash_of(b"\0" + leaf), index, header["count"], way) == (header[root], []),
               f"a path leads to another root of {root}")
    return f"transaction {transaction_id.hex()} with code {outcome[1]}"


def check_heads(header, chain_id, epoch, members, heads):
    voters = [member for member, _, _ in heads]
    demand(len(voters) == quorum(members) and voters == sorted(set(voters)), "not exactly a quorum of heads")
    for member, (head, encoded), signature in heads:
        demand(head["epoch"] == epoch and head["member"] == member < len(members), "a head is another member's")
        signed(members[member], "HEAD", chain_id, encoded, signature)
    covered = all(max(head["voted"], head["height"]) <= header["height"] for _, (head, _), _ in heads)
    return min(head["time"] for _, (head, _), _ in heads) if covered else None


def check_proof(proof_path, genesis_path):
    with open(genesis_path, "rb") as source:
        genesis_bytes = source.read()
    with open(proof_path, "rb") as source:
        file = source.read()
    cursor = Cursor(base64.b64decode(json.loads(file)["proof"], validate=True))
    exact = {"schema": "carechain/proof/1", "proof": base64.b64encode(cursor.data).decode()}
    demand(file == json.dumps(exact, separators=(",", ":")).encode() + b"\n", "the file is not exactly a proof")
    kind, chain_id = cursor.number(1), cursor.take(32)
    demand(chain_id == hash_of(genesis_bytes), "the proof is of another ledger")
    epoch, members = 0, [bytes.fromhex(hospital["node_key"]) for hospital in json.loads(genesis_bytes)["hospitals"]]
    for _ in range(cursor.number(8)):
        header, encoded = cursor.whole(cursor.header)
        (next_epoch, next_members), next_encoded = cursor.whole(cursor.membership)
        check_certificate(header, encoded, cursor.certificate(), epoch, members)
        demand(header["chain_id"] == chain_id and next_epoch == epoch + 1
               and header["next_membership"] == hash_of(next_encoded), "the epochs do not chain")
        epoch, members = next_epoch, next_members
    header, encoded = cursor.whole(cursor.header)
    demand(header["chain_id"] == chain_id, "the header is of another ledger")
    check_certificate(header, encoded, cursor.option(cursor.certificate), epoch, members)
    claims = cursor.list(cursor.claim)
    transaction, heads = cursor.option(cursor.transaction), cursor.option(lambda: cursor.list(cursor.head))
    demand(cursor.at == len(cursor.data), "bytes follow the proof")
    demand((kind == 1 and transaction is None) or (kind == 2 and transaction is not None and not claims), "not of its kind")
    print(f"block {kdf('block', encoded).hex()} at height {header['height']}, certified in epoch {epoch}")
    for claim in claims:
        check_claim(header["state"], chain_id, claim)
        print(f"  state {claim[0].hex()}: " + ("absent" if claim[1] is None else f"{len(claim[1])} bytes"))
    if transaction is not None:
        print("  " + check_transaction(header, chain_id, transaction))
    if heads is not None:
        time = check_heads(header, chain_id, epoch, members, heads)
        print("  not complete: a head votes above" if time is None else f"  complete as of {time} µs since 1970")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    record = commands.add_parser("record", help="open a record file, or the golden vectors of one")
    record.add_argument("file")
    record.add_argument("--content-key", help="64 hexadecimal digits; without it FILE is tests/fixtures/record.json")
    record.add_argument("--out", help="folder to unpack into")
    proof = commands.add_parser("proof", help="check a proof against a genesis file")
    proof.add_argument("proof")
    proof.add_argument("genesis")
    arguments = parser.parse_args()
    try:
        if arguments.command == "record":
            show_record(arguments.file, arguments.content_key, arguments.out)
        else:
            check_proof(arguments.proof, arguments.genesis)
    except (Refused, ValueError, KeyError, TypeError) as refusal:
        sys.exit(f"refused: {refusal}")


if __name__ == "__main__":
    main()
