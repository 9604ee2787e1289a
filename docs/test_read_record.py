#!/usr/bin/env python3
"""Cuts each claim out of the golden lists in turn: the independent reader refuses every list that has a gap.

    docs/test_read_record.py    # needs what docs/requirements.txt names
"""
import base64, contextlib, io, json, pathlib, tempfile

import read_record
from read_record import Cursor, Refused

FIXTURES = pathlib.Path(__file__).parent.parent / "tests" / "fixtures"


def claims_of(data):
    """Where the list of claims starts, where it ends, and the bytes of each claim."""
    cursor = Cursor(data)
    cursor.take(1 + 32)
    assert cursor.number(8) == 0, "the golden proofs end no epoch"
    cursor.header(), cursor.option(cursor.certificate)
    start = cursor.at
    claims = [cursor.whole(cursor.claim)[1] for _ in range(cursor.number(8))]
    return start, cursor.at, claims


def says(folder, pages):
    """What the reader prints about files with these claims of one proof, or None if it refuses them."""
    paths = []
    for number, (data, keep) in enumerate(pages):
        start, end, claims = claims_of(data)
        kept = [claim for index, claim in enumerate(claims) if keep(index)]
        changed = data[:start] + len(kept).to_bytes(8, "little") + b"".join(kept) + data[end:]
        file = {"schema": "carechain/proof/1", "proof": base64.b64encode(changed).decode()}
        paths.append(pathlib.Path(folder) / f"{number}.json")
        paths[-1].write_bytes(json.dumps(file, separators=(",", ":")).encode() + b"\n")
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            read_record.check_proofs(paths, FIXTURES / "genesis.json")
    except Refused:
        return None
    return printed.getvalue()


def main():
    checks = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("proof_audit.json", "proof_lists.json"):
            data = base64.b64decode(json.loads((FIXTURES / name).read_bytes())["proof"])
            claims = claims_of(data)[2]
            assert "complete: " in says(folder, [(data, lambda _: True)]), name
            for cut, claim in enumerate(claims):
                # The abstract of the audited record is no part of its list of access entries.
                is_part = not (name == "proof_audit.json" and claim[0] == read_record.EHR)
                printed = says(folder, [(data, lambda index: index != cut)])
                assert (printed is None) == is_part, f"{name} without claim {cut}"
                checks += 1
        audit = base64.b64decode(json.loads((FIXTURES / "proof_audit.json").read_bytes())["proof"])
        newest, oldest = (audit, lambda index: index < 2 or index >= 5), (audit, lambda index: index < 5)
        assert says(folder, [newest]) is None and says(folder, [oldest]) is None
        assert "complete: 6 access entries" in says(folder, [newest, oldest]), "two files, one list"
    print(f"{checks} cut lists judged as docs/formats.md says")


if __name__ == "__main__":
    main()
