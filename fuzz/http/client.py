"""A client of a node in Python, made from /v1/openapi.json and docs/formats.md alone.

It shares no code with the product. What it sends is right unless a caller says otherwise, so that whoever tests a node can say
what is wrong in exactly one place.
"""
import base64, os, pathlib, struct, sys, time

import nacl.public, nacl.signing
import requests

DOCS = pathlib.Path(__file__).resolve().parent.parent.parent / "docs"
sys.path.insert(0, str(DOCS))
from read_record import hash_of, id_of, kdf, text_id  # noqa: E402

RECORD_BYTES = 65_536
FIVE_MINUTES, HALF_AN_HOUR = 300, 1_800
READ, PUBLISH, REQUEST = 9, 3, 4


def u8(value):
    return struct.pack("<B", value)


def u16(value):
    return struct.pack("<H", value)


def u32(value):
    return struct.pack("<I", value)


def u64(value):
    return struct.pack("<Q", value)


def text(value):
    return u64(len(value)) + value


def sequence(items):
    return u64(len(items)) + b"".join(items)


def option(value):
    return b"\0" if value is None else b"\1" + value


def after(seconds):
    """A time so many seconds from now."""
    return u64(int((time.time() + seconds) * 1_000_000))


def person_party(person):
    return b"\1" + person


class Person:
    """The keys of a person, and their id once they are enrolled."""

    def __init__(self, seed):
        self.signing = nacl.signing.SigningKey(hash_of(b"signing" + seed))
        self.sealing = nacl.public.PrivateKey(hash_of(b"sealing" + seed))
        self.id = bytes(20)

    @property
    def key(self):
        return bytes(self.signing.verify_key)

    @property
    def sealing_key(self):
        return sealing_key(self.sealing)

    def sign(self, purpose, chain, body):
        return self.signing.sign(b"CARECHAIN_V1_" + purpose.encode() + b"\0" + chain + body).signature

    def enrolment(self):
        """The content of an `.enrol` file."""
        body = u8(1) + sequence([self.key]) + sequence([self.sealing_key])
        return {
            "schema": "carechain/enrol/1",
            "signing_keys": [self.key.hex()],
            "sealing_keys": [bytes(self.sealing.public_key).hex()],
            "possession": [self.sign("POSSESSION", bytes(32), body).hex()],
        }


def sealing_key(private):
    return u8(1) + u8(1) + text(bytes(private.public_key))


class Node:
    """A node, with the ledger and the hospital that it says it is of."""

    def __init__(self, url):
        self.url = url
        self.chain = hash_of(requests.get(url + "/v1/genesis", timeout=10).content)
        about = requests.get(url + "/v1/node", timeout=10).json()["data"]
        self.hospital = id_of(about["hospital"])

    def query(self, person, method, path, body):
        """The value of the header `carechain-query`."""
        query = (self.hospital + person.id + person.key + text(method.encode()) + text(path.encode()) + hash_of(body)
                 + os.urandom(16) + after(60) + option(None))
        return base64.b64encode(query + person.sign("QUERY", self.chain, query)).decode()

    def submission(self, person, kind, public, parts=()):
        """Transaction, signature and parts (kind, bytes), and the id of the transaction."""
        salted = [(part, os.urandom(32), content) for part, content in parts]
        heads = [u8(part) + u32(32 + len(content)) + hash_of(salt + content) for part, salt, content in salted]
        body = (u16(1) + person_party(person.id) + person.key + os.urandom(16) + after(FIVE_MINUTES) + u16(kind) + text(public)
                + sequence(heads))
        bodies = sequence([salt + text(content) for _, salt, content in salted])
        return body + person.sign("TRANSACTION", self.chain, body) + bodies, kdf("transaction", self.chain + body)

    def read_request(self, person, record, purpose=7, span=None, shown=True, grant=None):
        """A read of a record's range: by its owner, unless a grant is named."""
        salt, address = os.urandom(16), record.opening + record.root + u64(len(record.file))
        body = (u8(1) + self.hospital + person.id + person.key + sealing_key(nacl.public.PrivateKey.generate()) + option(None)
                + record.id(self.chain) + option(grant) + u8(purpose) + b"".join(map(u64, span or (0, len(record.file)))) + salt
                + after(FIVE_MINUTES) + (kdf("address shown", address + salt) if shown else bytes(32)))
        return body + person.sign("READ_REQUEST", self.chain, body) + option(address if shown else None)


class Record:
    """A file of one chunk, and the secrets of its address and of its upload."""

    def __init__(self, person, seed):
        self.person = person
        seed = person.key + seed
        self.opening, self.secret, self.upload = hash_of(b"opening" + seed), hash_of(b"secret" + seed), hash_of(seed)[:16]
        self.file = hash_of(b"file" + seed) * (RECORD_BYTES // 32)
        self.root = hash_of(self.file)

    @property
    def bearer(self):
        return "Bearer " + self.secret.hex()

    @property
    def tag(self):
        return kdf("address tag", self.opening)

    @property
    def commitment(self):
        owner = person_party(self.person.id) + self.person.id
        return kdf("address commitment", self.tag + self.root + u64(len(self.file)) + owner)

    def id(self, chain):
        return kdf("ehr id", chain + person_party(self.person.id) + self.commitment)[:20]

    def open(self, node, length=None):
        person = self.person
        body = (node.hospital + self.upload + person_party(person.id) + person.id + node.hospital
                + u64(len(self.file) if length is None else length) + person.key + hash_of(self.secret)[:16]
                + after(HALF_AN_HOUR))
        return body + person.sign("UPLOAD_OPEN", node.chain, body)

    def chunk(self):
        """Of a file with one chunk, the subtree value is the root."""
        return self.root + self.file

    def complete(self, node, values=None):
        body = self.upload + self.tag + self.root
        return body + self.person.sign("UPLOAD_COMPLETE", node.chain, body) + sequence([self.root] if values is None else values)

    def publish(self, node, receipts):
        """Public part and parts of the abstract: the address of this test is random bytes, which nobody opens."""
        key_id = kdf("key id", u8(1) + text(bytes(self.person.sealing.public_key)))[:20]
        recipient = u8(1) + person_party(self.person.id) + key_id + u16(0)
        public = (self.person.id + node.hospital + self.upload + self.commitment + u64(len(self.file)) + u8(1) + option(None)
                  + option(None) + u8(1) + sequence([recipient]) + receipts)
        return public, [(1, os.urandom(129))]
