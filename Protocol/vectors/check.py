#!/usr/bin/env python3
"""Checks every vector of this folder by an implementation of its own, made from the pages in Protocol/ alone.

Needs Python 3.9 or newer. Signatures are verified when the package `cryptography` can be imported, else skipped and counted.
Prints `N passed, 0 failed` and ends with 0, or names each mismatch and ends with 1.
"""
import base64
import datetime
import hashlib
import hmac
import json
import os
import re
import shutil
import subprocess
import sys

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    HAS_CRYPTOGRAPHY = True
except ImportError:
    HAS_CRYPTOGRAPHY = False

FOLDER = os.path.dirname(os.path.abspath(__file__))
unhex = bytes.fromhex


def system_zstd():
    """A decoder of Zstandard, for frames with compressed blocks: the standard library's or the command `zstd`; None without."""
    try:
        from compression import zstd
        return zstd.decompress
    except ImportError:
        pass
    command = shutil.which("zstd")
    if command is None:
        return None
    return lambda data: subprocess.run([command, "-dc"], input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout


class Refused(Exception):
    """Bytes that a reader refuses; `code` is the one of 11-errors.md."""

    def __init__(self, code, op=-1):
        super().__init__(code)
        self.code = code
        self.op = op


def sha256(data):
    return hashlib.sha256(data).digest()


def u16(n):
    return n.to_bytes(2, "big")


def u32(n):
    return n.to_bytes(4, "big")


def u64(n):
    return n.to_bytes(8, "big")


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def left(self):
        return len(self.data) - self.at

    def take(self, count):
        if count > self.left():
            raise Refused("truncated")
        self.at += count
        return self.data[self.at - count:self.at]

    def integer(self, size):
        return int.from_bytes(self.take(size), "big")

    def end(self):
        if self.left():
            raise Refused("trailing-bytes")


# ---------------------------------------------------------------- 02 clocks

def read_stamp(data):
    reader = Reader(data)
    milliseconds, counter, replica = reader.integer(6), reader.integer(2), reader.integer(4)
    reader.end()
    if replica == 0:
        raise Refused("stamp-replica-zero")
    return milliseconds, counter, replica


def write_stamp(stamp):
    return stamp[0].to_bytes(6, "big") + u16(stamp[1]) + u32(stamp[2])


def read_version(data):
    """(milliseconds, counter, replica, sequence): tuples compare as the bytes do."""
    if len(data) != 20:
        raise Refused("version-length")
    stamp = read_stamp(data[:12])
    sequence = int.from_bytes(data[12:], "big")
    if sequence == 0:
        raise Refused("version-sequence-zero")
    return stamp + (sequence,)


def write_version(version):
    return write_stamp(version[:3]) + u64(version[3])


def write_id(version):
    return version[2], version[3]


def just_above(stamp, replica):
    milliseconds, counter, _ = stamp
    return (milliseconds + 1, 0, replica) if counter == 0xFFFF else (milliseconds, counter + 1, replica)


AHEAD = 5 * 60 * 1000


def fix_stamp(claimed, last, bases, now):
    limit = now + AHEAD
    replica = claimed[2]
    stamp = (limit, 0, replica) if claimed[0] > limit else claimed
    floors = []
    for base, known in bases:
        floors.append((limit, 0, base[2]) if not known and base[0] > limit else base)
    if last is not None:
        floors.append(last)
    if floors and not max(floors) < stamp:
        stamp = just_above(max(floors), replica)
    return stamp


# ---------------------------------------------------------------- 03 values and records
# None, bool, int, bytes, str and list stand for null, boolean, integer, bytes, text and list.

def head(major, argument):
    if argument < 24:
        return bytes([major << 5 | argument])
    if argument < 0x100:
        return bytes([major << 5 | 24, argument])
    if argument < 0x10000:
        return bytes([major << 5 | 25]) + u16(argument)
    if argument < 0x100000000:
        return bytes([major << 5 | 26]) + u32(argument)
    return bytes([major << 5 | 27]) + u64(argument)


def encode(value):
    if value is None:
        return b"\xf6"
    if value is True:
        return b"\xf5"
    if value is False:
        return b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        data = value.encode("utf-8")
        return head(3, len(data)) + data
    return head(4, len(value)) + b"".join(encode(item) for item in value)


def decode(data):
    reader = Reader(data)
    value = read_value(reader, 0)
    reader.end()
    return value


def read_value(reader, depth):
    if depth > 8:
        raise Refused("value-depth")
    first = reader.take(1)[0]
    if first in (0xF4, 0xF5, 0xF6):
        return {0xF4: False, 0xF5: True, 0xF6: None}[first]
    info = first & 31
    if info < 24:
        argument = info
    elif info <= 27:
        size = 1 << (info - 24)
        argument = reader.integer(size)
        if argument < {1: 24, 2: 0x100, 4: 0x10000, 8: 0x100000000}[size]:
            raise Refused("value-not-canonical")
    else:
        raise Refused("value-not-canonical")
    major = first >> 5
    if major in (0, 1):
        if argument > 2 ** 63 - 1:
            raise Refused("value-range")
        return argument if major == 0 else -1 - argument
    if major > 4:
        raise Refused("value-type")
    if argument > reader.left():
        raise Refused("truncated")
    if major == 2:
        return reader.take(argument)
    if major == 3:
        try:
            text = reader.take(argument).decode("utf-8")
        except UnicodeDecodeError:
            raise Refused("value-text") from None
        if "\0" in text:
            raise Refused("value-text")
        return text
    return [read_value(reader, depth + 1) for _ in range(argument)]


def diagnostic(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return "h'" + value.hex() + "'"
    if isinstance(value, list):
        return "[" + ", ".join(diagnostic(item) for item in value) + "]"
    characters = []
    for character in value:
        if character in "\"\\":
            characters.append("\\" + character)
        elif ord(character) < 0x20:
            characters.append("\\u00%02x" % ord(character))
        else:
            characters.append(character)
    return '"' + "".join(characters) + '"'


def id_bytes(text):
    parts = text.split("-")
    if [len(part) for part in parts] != [8, 4, 4, 4, 12] or any(c not in "0123456789abcdef-" for c in text):
        return None
    return unhex("".join(parts))


def id_text(data):
    digits = data.hex()
    return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])


def derived_id(type_number, parts):
    data = sha256(b"truckroll/id/1\0" + u16(type_number) + b"".join(u32(len(part)) + part for part in parts))[:16]
    return data[:6] + bytes([data[6] & 0x0F | 0x80]) + data[7:8] + bytes([data[8] & 0x3F | 0x80]) + data[9:]


def read_key(data):
    reader = Reader(data)
    kind, identifier, facet = reader.integer(2), reader.take(16), reader.integer(1)
    reader.end()
    if facet > 3:
        raise Refused("facet-unknown")
    return kind, identifier, facet


def read_entries(data):
    """[(field, version, value bytes)] in ascending field."""
    reader, entries = Reader(data), []
    while reader.left():
        field = reader.integer(4)
        if entries and field <= entries[-1][0]:
            raise Refused("record-order")
        version = read_version(reader.take(20))
        entries.append((field, version, reader.take(reader.integer(4))))
    return entries


def write_entries(entries):
    return b"".join(u32(field) + write_version(version) + u32(len(value)) + value for field, version, value in entries)


def record_hash(key, entries):
    return sha256(b"truckroll/record/1\0" + key + write_entries(entries))[:16]


class Digest:
    def __init__(self):
        self.count, self.sum = 0, 0

    def add(self, record, sign=1):
        self.count = (self.count + sign) % 2 ** 64
        self.sum = (self.sum + sign * int.from_bytes(record, "big")) % 2 ** 128

    def encoded(self):
        return u64(self.count) + self.sum.to_bytes(16, "big")


def view_digest(scopes):
    return sha256(b"".join(name.encode() + b"\n" for name in sorted(scopes, key=lambda name: name.encode())))


def advance(history, set_hash, stamp, outcome):
    return sha256(history + set_hash + stamp + bytes([outcome]))


# ---------------------------------------------------------------- 04 merging

OPS_OF = {
    "set": {"last_writer", "multi_value", "immutable", "maximum", "workflow", "server", "derived", "sealed"},
    "add": {"add_wins", "remove_wins"}, "remove": {"add_wins", "remove_wins"}, "raise": {"safety"}, "release": {"safety"},
    "increment": {"counter"}, "insert": {"text"}, "erase": {"text"},
}


class Siblings:
    """siblings: [(version, value)], notes: [(version, bound)], both in ascending version."""

    def __init__(self, parts=None):
        pairs = [[(read_version(pair[0]), pair[1]) for pair in part] for part in parts or [[]]]
        self.siblings = pairs[0]
        self.notes = pairs[1] if len(pairs) > 1 else []

    def parts(self):
        def pairs(list_):
            return [[write_version(version), value] for version, value in list_]
        return [pairs(self.siblings)] + ([pairs(self.notes)] if self.notes else [])

    def join(
            self, value, version, bases, known, may_replace=lambda value: True, bound=None, swallows=lambda bound: True,
            stricter=lambda first, second: first):
        named = {write_id(base) for base in bases}
        self.siblings = [(v, x) for v, x in self.siblings if not (write_id(v) in named and may_replace(x))]
        for base in bases:
            if known(write_id(base)):
                continue
            index = next((i for i, (v, _) in enumerate(self.notes) if write_id(v) == write_id(base)), None)
            if index is None:
                self.notes.append((base, bound))
            else:
                former = self.notes[index][1]
                self.notes[index] = (base, None if former is None or bound is None else stricter(former, bound))
        note = next((note for note in self.notes if write_id(note[0]) == write_id(version)), None)
        if note:
            self.notes.remove(note)
        self.notes.sort(key=lambda note: note[0])
        if note and swallows(note[1]):
            return
        self.siblings.append((version, value))
        self.siblings.sort(key=lambda sibling: sibling[0])


def rank(value, lattice):
    return lattice.index(value) if isinstance(value, str) and value in lattice else -1


def strictest(siblings, lattice):
    """Of several of the same rank the last in version order."""
    best = None
    for sibling in siblings:
        if best is None or rank(sibling[1], lattice) > rank(best[1], lattice):
            best = sibling
    return best


def is_present(siblings, rule):
    says = [value is True for _, value in siblings]
    return any(says) if rule == "add_wins" else bool(says) and all(says)


def shown(state, rule, lattice):
    if rule in ("multi_value", "safety"):
        siblings = Siblings(state).siblings
        if not siblings:
            return None
        return strictest(siblings, lattice)[1] if rule == "safety" else siblings[-1][1]
    if rule in ("add_wins", "remove_wins"):
        return [element[0] for element in state if is_present(Siblings(element[1:]).siblings, rule)]
    return state[0] if rule == "last_writer" else state


def merge(entry, write, version, rule, lattice, known):
    """entry: (version, state value) or None. Gives ((version, state), siblings?, loss or None)."""
    op, value, bases = write
    if rule not in OPS_OF[op]:
        raise Refused("op-unfit")
    newest = max(entry[0], version) if entry else version
    named = {write_id(base) for base in bases}
    if rule == "last_writer":
        notes = [read_version(note) for note in entry[1][1]] if entry and len(entry[1]) > 1 else []
        for base in bases:
            if not known(write_id(base)) and write_id(base) not in {write_id(note) for note in notes}:
                notes.append(base)
        notes.sort()

        def state(value):
            return [value] + ([[write_version(note) for note in notes]] if notes else [])
        if entry is None:
            return (version, state(value)), False, None
        was_noted = write_id(version) in {write_id(note) for note in notes}
        notes = [note for note in notes if write_id(note) != write_id(version)]
        standing = entry[1][0]
        same = encode(standing) == encode(value)
        if entry[0] <= version:
            seen = write_id(entry[0]) in named or same or entry[0] == version
            return (version, state(value)), False, None if seen else (version, value, entry[0], standing)
        return (entry[0], state(standing)), False, None if was_noted or same else (entry[0], standing, version, value)
    if rule in ("immutable", "sealed"):
        if entry is None:
            return (version, value), False, None
        same = encode(entry[1]) == encode(value)
        return entry, False, None if same else (entry[0], entry[1], version, value)
    if rule == "maximum":
        if entry is None:
            return (version, value), False, None
        a, b = value, entry[1]
        both = all(isinstance(x, int) and not isinstance(x, bool) for x in (a, b))
        if encode(a) == encode(b):
            wins = version > entry[0]
        else:
            wins = a > b if both else encode(a) > encode(b)
        return ((version, value) if wins else entry), False, None
    if rule == "counter":
        if isinstance(value, bool) or not isinstance(value, int):
            raise Refused("value-type")
        total = (entry[1] if entry else 0) + value
        if not -2 ** 63 <= total < 2 ** 63:
            raise Refused("counter-overflow")
        return (newest, total), False, None
    if rule in ("workflow", "server", "derived"):
        return (version, value), False, None
    if rule == "multi_value":
        siblings = Siblings(entry[1] if entry else None)
        siblings.join(value, version, bases, known)
        return (newest, siblings.parts()), entry is not None and len(siblings.siblings) > 1, None
    if rule == "safety":
        siblings = Siblings(entry[1] if entry else None)
        own, raises = rank(value, lattice), op == "raise"
        siblings.join(
            value, version, bases, known, may_replace=lambda old: not raises or rank(old, lattice) <= own, bound=value if raises else None,
            swallows=lambda bound: bound is None or own <= rank(bound, lattice),
            stricter=lambda first, second: second if rank(first, lattice) < rank(second, lattice) else first)
        loss = None
        top = strictest(siblings.siblings, lattice)
        if entry and top and top[0] != version and encode(top[1]) != encode(value) and write_id(top[0]) not in named:
            loss = (top[0], top[1], version, value)
        return (newest, siblings.parts()), False, loss
    elements = {encode(element[0]): element for element in entry[1]} if entry else {}
    presence = Siblings(elements[encode(value)][1:] if encode(value) in elements else None)
    wanted = op == "add"
    presence.join(wanted, version, bases, known)
    elements[encode(value)] = [value] + presence.parts()
    loss = None
    if entry and is_present(presence.siblings, rule) != wanted:
        others = [sibling for sibling in presence.siblings if sibling[1] is (not wanted)]
        if others:
            loss = (others[-1][0], value, version, value)
    return (newest, [elements[key] for key in sorted(elements)]), False, loss


TEXT_CHARACTERS, TEXT_BYTES, TEXT_ENCODED = 1 << 20, 64 << 10, 256 << 10


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value, smallest=0):
    return is_int(value) and smallest <= value < 2 ** 32


def read_anchor(parts):
    """(replica, counter), (0, 0) for the beginning, and whether behind; None for anything else."""
    replica, counter, after = parts
    if not is_number(replica) or not is_number(counter) or not isinstance(after, bool) or (replica == 0) != (counter == 0):
        return None
    return None if replica == 0 and not after else (replica, counter, after)


def read_ranges(parts, code):
    if not isinstance(parts, list) or not parts:
        raise Refused(code)
    for part in parts:
        if not isinstance(part, list) or len(part) != 3 or not is_number(part[0], 1) or not is_number(part[1], 1) or not is_int(part[2]):
            raise Refused(code)
        if part[2] < 1 or part[1] + part[2] - 1 >= 2 ** 32:
            raise Refused(code)
    return [(replica, first, first + count - 1) for replica, first, count in parts]


class Text:
    """characters: {(replica, counter): (anchor, scalar or None)}; ahead: [(replica, first, last)], apart and ascending."""

    def __init__(self):
        self.characters, self.ahead = {}, []

    def insert(self, replica, value):
        if not isinstance(value, list) or len(value) != 5 or not is_number(value[0], 1) or not isinstance(value[4], str):
            raise Refused("text-op")
        first, text, anchor = value[0], value[4], read_anchor(value[1:4])
        if anchor is None or not text or first + len(text) - 1 >= 2 ** 32:
            raise Refused("text-op")
        ids = [(replica, first + offset) for offset in range(len(text))]
        if anchor[:2] in ids:
            raise Refused("text-op")
        if len(self.characters) + len(text) > TEXT_CHARACTERS:
            raise Refused("text-full")
        if any(id_ in self.characters for id_ in ids):
            raise Refused("text-id-taken")
        for number, id_ in enumerate(ids):
            gone = any(r == replica and low <= id_[1] <= high for r, low, high in self.ahead)
            self.characters[id_] = (anchor if number == 0 else ids[number - 1] + (True,), None if gone else text[number])
        self.tidy()

    def erase(self, value):
        for replica, low, high in read_ranges(value, "text-op"):
            self.ahead.append((replica, low, high))
            for id_, (anchor, _) in list(self.characters.items()):
                if id_[0] == replica and low <= id_[1] <= high:
                    self.characters[id_] = (anchor, None)
        self.tidy()

    def tidy(self):
        """What was erased ahead, without what is there, in as few ranges as can be."""
        cut = []
        for replica, low, high in self.ahead:
            for counter in sorted(c for r, c in self.characters if r == replica and low <= c <= high):
                if low < counter:
                    cut.append((replica, low, counter - 1))
                low = counter + 1
            if low <= high:
                cut.append((replica, low, high))
        self.ahead = []
        for replica, low, high in sorted(cut):
            if self.ahead and self.ahead[-1][0] == replica and low <= self.ahead[-1][2] + 1:
                self.ahead[-1] = (replica, self.ahead[-1][1], max(high, self.ahead[-1][2]))
            else:
                self.ahead.append((replica, low, high))

    def runs(self):
        """Lists of ids: each character but the first hangs behind the one before."""
        runs = []
        for id_ in sorted(self.characters):
            before = (id_[0], id_[1] - 1)
            if runs and runs[-1][-1] == before and self.characters[id_][0] == before + (True,):
                runs[-1].append(id_)
            else:
                runs.append([id_])
        return runs

    def state(self):
        writers = []
        for run in self.runs():
            pieces = []
            for id_ in run:
                scalar = self.characters[id_][1]
                if scalar is None:
                    pieces = pieces[:-1] + [pieces[-1] + 1] if pieces and is_int(pieces[-1]) else pieces + [1]
                else:
                    pieces = pieces[:-1] + [pieces[-1] + scalar] if pieces and isinstance(pieces[-1], str) else pieces + [scalar]
            if not writers or writers[-1][0] != run[0][0]:
                writers.append([run[0][0], []])
            writers[-1][1].append([run[0][1], *self.characters[run[0]][0], pieces])
        ranges = [[replica, low, high - low + 1] for replica, low, high in self.ahead]
        return [writers] + ([ranges] if ranges else [])

    @staticmethod
    def read(state):
        text = Text()
        if not isinstance(state, list) or not 1 <= len(state) <= 2 or not isinstance(state[0], list):
            raise Refused("field-state")
        for writer in state[0]:
            if not isinstance(writer, list) or len(writer) != 2 or not is_number(writer[0], 1) or not isinstance(writer[1], list):
                raise Refused("field-state")
            for run in writer[1]:
                text.read_run(writer[0], run)
        if len(state) == 2:
            text.ahead = read_ranges(state[1], "field-state")
            text.tidy()
        # One state has one encoding.
        if encode(text.state()) != encode(state):
            raise Refused("field-state")
        return text

    def read_run(self, replica, run):
        if not isinstance(run, list) or len(run) != 5 or not is_number(run[0], 1) or not isinstance(run[4], list):
            raise Refused("field-state")
        counter, anchor = run[0], read_anchor(run[1:4])
        if anchor is None:
            raise Refused("field-state")
        for piece in run[4]:
            if not isinstance(piece, str) and not (is_int(piece) and 0 < piece <= TEXT_CHARACTERS):
                raise Refused("field-state")
            for scalar in piece if isinstance(piece, str) else [None] * piece:
                if counter >= 2 ** 32 or (replica, counter) in self.characters or len(self.characters) >= TEXT_CHARACTERS:
                    raise Refused("field-state")
                self.characters[(replica, counter)] = (anchor, scalar)
                anchor, counter = (replica, counter, True), counter + 1

    def order(self):
        """Fugue's walk of the tree, with a stack of what is still to do."""
        children = {}
        for id_ in sorted(self.characters):
            children.setdefault(self.characters[id_][0], []).append(id_)
        order, left = [], [(id_, False) for id_ in reversed(children.get((0, 0, True), []))]
        while left:
            id_, entered = left.pop()
            if entered:
                order.append(id_)
                left += [(child, False) for child in reversed(children.get(id_ + (True,), []))]
            else:
                left.append((id_, True))
                left += [(child, False) for child in reversed(children.get(id_ + (False,), []))]
        return order

    def shown(self):
        return "".join(self.characters[id_][1] or "" for id_ in self.order())

    def waiting(self):
        stands = set(self.order())
        texts = ["".join(self.characters[id_][1] or "" for id_ in run) for run in self.runs() if run[0] not in stands]
        return [text for text in texts if text]

    def is_full(self):
        bytes_ = sum(len((scalar or "").encode("utf-8")) for _, scalar in self.characters.values())
        return bytes_ > TEXT_BYTES or len(encode(self.state())) > TEXT_ENCODED


def edit_text(state, op, value, version):
    if op not in ("insert", "erase"):
        raise Refused("op-unfit")
    text = Text.read(state) if state is not None else Text()
    if op == "insert":
        text.insert(version[2], value)
    else:
        text.erase(value)
    if text.is_full():
        raise Refused("text-full")
    return text.state()


def tombstone(standing, deletions):
    seen, newest = set(), None
    for version, names in deletions:
        seen |= set(names)
        newest = version if newest is None else max(newest, version)
    covered = {write_id(version) for version in seen}
    return newest, [write_version(version) for version in sorted(seen)], all(write_id(version) in covered for version in standing)


# ---------------------------------------------------------------- 05 workflow

WORKING = ["on_site", "in_progress", "paused"]
MACHINE = [
    (["draft"], "submit", "submitted"), (["draft"], "take", "dispatched"), (["submitted"], "validate", "ready_to_plan"),
    (["submitted", "ready_to_plan"], "hold", "on_hold"), (["on_hold"], "release", "ready_to_plan"),
    (["ready_to_plan", "needs_replan"], "schedule", "scheduled"), (["scheduled"], "dispatch", "dispatched"),
    (["scheduled", "dispatched", "accepted", "en_route", "on_site"], "reassign", "dispatched"),
    (["scheduled", "dispatched", "accepted", "en_route"], "withdraw", "ready_to_plan"), (["dispatched"], "accept", "accepted"),
    (["dispatched"], "decline", "ready_to_plan"), (["accepted"], "travel", "en_route"), (["en_route"], "arrive", "on_site"),
    (["on_site"], "start", "in_progress"), (["in_progress"], "pause", "paused"), (["paused"], "resume", "in_progress"),
    (WORKING, "no_access", "needs_replan"), (WORKING, "unsafe", "needs_replan"), (WORKING, "cannot_complete", "needs_replan"),
    (["in_progress"], "complete", "work_complete"), (["work_complete"], "customer_sign", "signed_off"),
    (["work_complete"], "customer_refuse", "signed_off"), (["work_complete"], "customer_absent", "signed_off"),
    (["signed_off"], "certify", "certified"), (["signed_off", "certified"], "close", "closed"),
    (["draft", "submitted", "on_hold", "ready_to_plan", "scheduled", "dispatched", "accepted", "en_route", "on_site", "needs_replan"], "cancel", "cancelled"),
]
TECHNICIANS = ["technician", "importer"]
OFFICE = ["dispatcher", "importer"]
ROLES = {"create": TECHNICIANS + OFFICE, "submit": TECHNICIANS + OFFICE, "take": ["technician"], "validate": [], "hold": [], "release": [], "close": ["importer"]}
ROLES.update({event: OFFICE for event in ("schedule", "dispatch", "reassign", "withdraw", "cancel")})


def step(state, event):
    if state is None:
        return "draft" if event == "create" else None
    return next((to for states, name, to in MACHINE if name == event and state in states), None)


PAST_WORK = ("work_complete", "signed_off", "certified", "closed")


def rule_event(event, present, branch, unseen, taken_up=False):
    """(ruling, state or None, rule or None)"""
    def legal_now():
        to = step(present, event)
        return ("effective", to, None) if to else ("not-effective", None, "illegal-event")
    if not unseen:
        return legal_now()
    on_branch = step(branch, event)
    if "cancel" in unseen and present == "cancelled":
        if event == "start" and on_branch:
            return "cancellation-asked", on_branch, None
        return "not-effective", None, "cancel-stands"
    given_away = next((index for index, name in enumerate(unseen) if name in ("reassign", "withdraw")), None)
    is_decided = taken_up and event not in ("start", "complete")
    if given_away is not None and not is_decided and set(ROLES.get(event, TECHNICIANS)) & {"technician", "dispatcher"} == {"technician"}:
        others = unseen[given_away:]
        if event not in ("start", "complete"):
            return "not-effective", None, "reassignment-stands"
        if not on_branch:
            return "not-effective", None, "illegal-event"
        if event == "start":
            if present is None or present in PAST_WORK or "complete" in others:
                return "not-effective", None, "confirmation"
            return "double-assignment", "paused" if present == "paused" else on_branch, None
        if "complete" in others:
            return "not-effective", None, "confirmation"
        return ("effective" if "start" in others else "reassignment-void"), on_branch, None
    if step(present, event) is None:
        if event == "cancel" and "start" in unseen:
            return "not-effective", None, "cancel-requested"
        if on_branch and (on_branch == present or event in unseen):
            return "not-effective", None, "confirmation"
    return legal_now()


def fold(events, open_tasks):
    """Gives what the fold writes into each event, and the order's state and last event."""
    records, state, last, results = {}, None, None, []
    for event in events:
        replica = unhex(event["version"])[8:12]
        cursor, met = event.get("seen"), {event["id"]}
        while cursor in records and cursor not in met and records[cursor]["replica"] == replica:
            met.add(cursor)
            cursor = records[cursor]["seen"]
        if cursor in met or len(met) >= 1000:
            cursor = None
        anchor = cursor
        if cursor in records and not records[cursor]["effective"]:
            anchor = records[cursor]["after"]
        unseen, taken_up, cursor, steps = [], False, last, 0
        while cursor is not None and cursor != anchor and steps < 1000:
            steps += 1
            if records[cursor]["replica"] == replica:
                taken_up = taken_up or not {"reassign", "withdraw"} & set(unseen)
            else:
                unseen.insert(0, records[cursor]["event"])
            cursor = records[cursor]["after"]
        branch = records.get(event.get("seen"), {}).get("state_after")
        name = event["event"]
        ruling, to, rule = rule_event(name, state, branch, unseen, taken_up)
        if event["role"] != "server" and event["role"] not in ROLES.get(name, TECHNICIANS):
            ruling, to, rule = "not-effective", None, "role"
        elif name == "certify" and event["role"] == "technician":  # no vector has a certificate
            ruling, to, rule = "not-effective", None, "incomplete"
        elif name == "complete" and open_tasks:
            ruling, to, rule = "not-effective", None, "incomplete"
        after_own = to or step(branch if unseen else state, name) or branch or state
        records[event["id"]] = {
            "replica": replica, "seen": event.get("seen"), "event": name, "effective": to is not None, "after": last, "state_after": after_own}
        results.append({"ruling": ruling, "rule": rule, "effective": to is not None, "state_after": after_own, "after": last})
        if to:
            state, last = to, event["id"]
    return results, state, last


# ---------------------------------------------------------------- protobuf

def varint(data, at):
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise Refused("undecodable")
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value & (2 ** 64 - 1), at


def fields(data):
    """{field number: [values]}: integers, or bytes for length-delimited ones."""
    found, at = {}, 0
    while at < len(data):
        tag, at = varint(data, at)
        number, wire = tag >> 3, tag & 7
        if number == 0:
            raise Refused("undecodable")
        if wire == 0:
            value, at = varint(data, at)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
            if at + size > len(data):
                raise Refused("undecodable")
            value, at = int.from_bytes(data[at:at + size], "little"), at + size
        elif wire == 2:
            length, at = varint(data, at)
            if at + length > len(data):
                raise Refused("undecodable")
            value, at = data[at:at + length], at + length
        else:
            raise Refused("undecodable")
        found.setdefault(number, []).append(value)
    return found


def one(message, number, default):
    return message.get(number, [default])[-1]


def text_of(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("undecodable") from None


def checkpoint(data):
    message = fields(data)
    return {
        "epoch": u64(one(message, 1, 0)).hex(), "position": one(message, 2, 0), "history": one(message, 3, b"").hex(), "view_version": one(message, 4, 0)}


def checkpoint_mac(data, device, receipt_key):
    """Protocol/09-epochs.md, 9.12."""
    message = fields(data)
    covered = b"truckroll/checkpoint/2\0" + device + u64(one(message, 1, 0)) + u64(one(message, 2, 0)) + one(message, 3, b"")
    return hmac.new(receipt_key, covered + u64(one(message, 4, 0)), hashlib.sha256).digest()


KINDS = {1: "create", 2: "patch", 3: "delete"}
MERGE_OPS = {1: "set", 2: "add", 3: "remove", 4: "raise", 5: "release", 6: "increment"}


def read_op(data):
    message = fields(data)
    if one(message, 1, 0) not in KINDS:
        raise Refused("malformed")
    writes = []
    for part in message.get(3, []):
        write = fields(part)
        if one(write, 2, 0) not in MERGE_OPS:
            raise Refused("malformed")
        value, bases = one(write, 3, b""), write.get(4, [])
        if len(value) > 256 << 10:
            raise Refused("value-too-large")
        if len(bases) > 64:
            raise Refused("too-many-bases")
        decode(value)
        writes.append({
            "field": one(write, 1, 0), "op": MERGE_OPS[one(write, 2, 0)], "value": value.hex(),
            "bases": [write_version(read_version(base)).hex() for base in bases]})
    seen = message.get(4, [])
    if len(seen) > 4096:
        raise Refused("malformed")
    key = one(message, 2, b"")
    read_key(key)
    return {"kind": KINDS[one(message, 1, 0)], "key": key.hex(), "writes": writes, "seen": [write_version(read_version(v)).hex() for v in seen]}


def read_body(body):
    """The fields of a change set, in the order of the checks of 06-outcomes.md."""
    if len(body) > 256 << 10:
        raise Refused("set-too-large")
    message = fields(body)
    for number in (11,):
        text_of(one(message, number, b""))
    tenant, device, user = one(message, 3, b""), one(message, 4, b""), one(message, 10, b"")
    replica, sequence, previous = one(message, 5, 0), one(message, 6, 0), one(message, 7, b"")
    if any(len(part) != 16 for part in (tenant, device, user)):
        raise Refused("malformed")
    if replica == 0 or sequence == 0 or len(previous) != 32:
        raise Refused("malformed")
    if len(message.get(13, [])) > 500:
        raise Refused("too-many-ops")
    intent = one(message, 11, b"")
    if len(intent) > 100 or b"\0" in intent:
        raise Refused("malformed")
    stamp = read_stamp(one(message, 9, b""))
    if stamp[2] != replica:
        raise Refused("malformed")
    ops = []
    for index, part in enumerate(message.get(13, [])):
        try:
            ops.append(read_op(part))
        except Refused as problem:
            raise Refused(problem.code, index) from None
    guards = []
    for part in message.get(12, []):
        guard = fields(part)
        read_key(one(guard, 1, b""))
        guards.append({
            "key": one(guard, 1, b"").hex(), "field": one(guard, 2, 0), "seen": [write_version(read_version(v)).hex() for v in guard.get(3, [])]})
    result = {
        "protocol_version": one(message, 1, 0), "schema_version": one(message, 2, 0), "tenant": id_text(tenant), "device": id_text(device),
        "replica": replica, "sequence": sequence, "previous_hash": previous.hex(), "base": checkpoint(one(message, 8, b"")),
        "stamp": write_stamp(stamp).hex(), "user": id_text(user), "intent": intent.decode("utf-8"), "guards": guards, "ops": ops}
    if 14 in message:
        origin = fields(one(message, 14, b""))
        if one(origin, 1, 0) == 0 or one(origin, 2, 0) == 0 or len(one(origin, 3, b"")) != 32:
            raise Refused("malformed")
        result["origin"] = {"replica": one(origin, 1, 0), "sequence": one(origin, 2, 0), "hash": one(origin, 3, b"").hex()}
    return result


def set_message(body):
    return b"truckroll/change-set/1\0" + body


# ---------------------------------------------------------------- signatures

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Skipped(Exception):
    pass


def verifies(signature, message, public_key, algorithm=1):
    if len(signature) != 64:
        return False
    if algorithm == 1:
        if len(public_key) != 65 or public_key[0] != 4:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if s > ORDER // 2:
            return False
        if not HAS_CRYPTOGRAPHY:
            raise Skipped()
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
            key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
            return True
        except (ValueError, InvalidSignature):
            return False
    if algorithm == 2:
        if len(public_key) != 32:
            return False
        if not HAS_CRYPTOGRAPHY:
            raise Skipped()
        try:
            ed25519.Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
            return True
        except (ValueError, InvalidSignature):
            return False
    return False


# ---------------------------------------------------------------- 08 enrolment and requests

def read_statement(data):
    label = b"truckroll/enrolment/1\0"
    reader = Reader(data)
    try:
        if reader.take(len(label)) != label:
            raise Refused("malformed")
        tenant, device, user = reader.take(16), reader.take(16), reader.take(16)
        replica = reader.integer(4)
        if reader.integer(1) != 1:
            raise Refused("unknownKeyKind")
        key = reader.take(reader.integer(2))
        issued = reader.integer(8)
        reader.end()
    except Refused as problem:
        raise Refused("malformed" if problem.code in ("truncated", "trailing-bytes") else problem.code) from None
    if replica == 0:
        raise Refused("replicaZero")
    if not is_point(key):
        raise Refused("keyMalformed")
    return tenant, device, user, replica, key, issued


def is_point(key):
    """Whether 65 bytes are an uncompressed point of P-256."""
    p = 2 ** 256 - 2 ** 224 + 2 ** 192 + 2 ** 96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    if len(key) != 65 or key[0] != 4:
        return False
    x, y = int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:], "big")
    return x < p and y < p and (y * y - (x * x * x - 3 * x + b)) % p == 0


def base64_url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def content_digest(body):
    return "sha-256=:" + base64.b64encode(sha256(body)).decode() + ":"


def request_signature(method, target, body, created, nonce, key):
    """(Content-Digest, Signature-Input, base, Signature)"""
    path, mark, query = target.partition("?")
    components = '"@method" "@path"' + (' "@query"' if mark else "") + ' "content-digest"'
    parameters = '(%s);created=%d;nonce="%s";keyid="token";alg="hmac-sha256"' % (components, created, base64_url(nonce))
    digest = content_digest(body)
    lines = ['"@method": ' + method, '"@path": ' + path]
    if mark:
        lines.append('"@query": ?' + query)
    lines += ['"content-digest": ' + digest, '"@signature-params": ' + parameters]
    base = "\n".join(lines)
    code = hmac.new(key, base.encode(), hashlib.sha256).digest()
    return digest, "sig=" + parameters, base, "sig=:" + base64.b64encode(code).decode() + ":"


# ---------------------------------------------------------------- 12 certificates

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def check_characters(content_hash):
    bits = int.from_bytes(content_hash[:3], "big") >> 4
    return "".join(ALPHABET[bits >> shift & 31] for shift in (15, 10, 5, 0))


def split_number(printed):
    """(number, check characters) or None"""
    if len(printed) < 6 or printed[-5] != "-" or any(c not in ALPHABET for c in printed[-4:]):
        return None
    number = printed[:-5]
    groups = number.split("-")
    letters = set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    if not 3 <= len(number) <= 55 or not 2 <= len(groups) <= 8 or any(not g or set(g) - letters for g in groups):
        return None
    return number, printed[-4:]


def canonical(value):
    """RFC 8785 without fractions."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
        return '"' + "".join(short.get(c, c if ord(c) >= 0x20 else "\\u%04x" % ord(c)) for c in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"


def is_canonical(data):
    def pairs(list_):
        if len({key for key, _ in list_}) != len(list_):
            raise ValueError("a key twice")
        return dict(list_)

    def refuse(_):
        raise ValueError("a fraction")
    try:
        text = data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse)

        def walk(item):
            if isinstance(item, int) and not isinstance(item, bool) and abs(item) > 2 ** 53 - 1:
                raise ValueError("a number beyond 2^53")
            if isinstance(item, str) and "\0" in item:
                raise ValueError("NUL")
            for part in (list(item) + list(item.values()) if isinstance(item, dict) else item if isinstance(item, list) else []):
                walk(part)
        walk(value)
        return canonical(value) == text
    except (ValueError, UnicodeDecodeError):
        return False


# ---------------------------------------------------------------- the checks

class Checks:
    def __init__(self):
        self.passed = self.skipped = self.skipped_frames = 0
        self.failures = []

    def expect(self, what, *pairs):
        """Counts one case; every pair (mine, theirs) must be equal."""
        wrong = [(mine, theirs) for mine, theirs in pairs if mine != theirs]
        if wrong:
            self.failures.append("%s: %r, the vector has %r" % (what, wrong[0][0], wrong[0][1]))
        else:
            self.passed += 1

    def signature(self, what, valid, signature, message, key, algorithm=1):
        try:
            self.expect(what, (verifies(signature, message, key, algorithm), valid))
        except Skipped:
            self.skipped += 1


checks = Checks()


def cases(name):
    with open(os.path.join(FOLDER, name + ".json"), encoding="utf-8") as file:
        for case in json.load(file):
            yield name + ": " + case.get("name", ""), case


def refusal(function, *arguments):
    try:
        function(*arguments)
        return None
    except Refused as problem:
        return problem.code


def check_clocks():
    for what, c in cases("stamps"):
        code = refusal(read_stamp, unhex(c["bytes"]))
        pairs = [(code, c.get("refused"))]
        if code is None:
            stamp = read_stamp(unhex(c["bytes"]))
            pairs += [(stamp, (c["milliseconds"], c["counter"], c["replica"])), (write_stamp(stamp).hex(), c["bytes"])]
        checks.expect(what, *pairs)
    for what, c in cases("versions"):
        code = refusal(read_version, unhex(c["bytes"]))
        pairs = [(code, c.get("refused"))]
        if code is None:
            version = read_version(unhex(c["bytes"]))
            pairs += [(version, (c["milliseconds"], c["counter"], c["replica"], c["sequence"])), (write_version(version).hex(), c["bytes"])]
        checks.expect(what, *pairs)
    for what, c in cases("stamp-fixing"):
        bases = [(read_stamp(unhex(base["stamp"])), base["known"]) for base in c["bases"]]
        last = read_stamp(unhex(c["last"])) if "last" in c else None
        fixed = fix_stamp(read_stamp(unhex(c["claimed"])), last, bases, c["now_milliseconds"])
        checks.expect(what, (write_stamp(fixed).hex(), c["fixed"]))


def check_records():
    for what, c in cases("values"):
        code = refusal(decode, unhex(c["bytes"]))
        pairs = [(code, c.get("refused"))]
        if code is None:
            value = decode(unhex(c["bytes"]))
            pairs += [(encode(value).hex(), c["bytes"]), (diagnostic(value), c["diagnostic"])]
        checks.expect(what, *pairs)
    for what, c in cases("ids"):
        data = id_bytes(c["text"])
        checks.expect(what, (data.hex() if data is not None else None, c.get("bytes")))
    for what, c in cases("derived-ids"):
        checks.expect(what, (id_text(derived_id(c["type"], [unhex(part) for part in c["parts"]])), c["id"]))
    for what, c in cases("record-keys"):
        code = refusal(read_key, unhex(c["bytes"]))
        pairs = [(code, c.get("refused"))]
        if code is None:
            kind, identifier, facet = read_key(unhex(c["bytes"]))
            pairs.append(((kind, id_text(identifier), facet), (c["type"], c["id"], c["facet"])))
        checks.expect(what, *pairs)
    for what, c in cases("records"):
        code = refusal(read_entries, unhex(c["bytes"]))
        pairs = [(code, c.get("refused"))]
        if code is None:
            entries = read_entries(unhex(c["bytes"]))
            mine = [{"field": field, "version": write_version(version).hex(), "value": value.hex()} for field, version, value in entries]
            pairs += [(mine, c["entries"]), (write_entries(entries).hex(), c["bytes"]), (record_hash(unhex(c["key"]), entries).hex(), c["hash"])]
        checks.expect(what, *pairs)
    for what, c in cases("scope-digest"):
        digest = Digest()
        for added in c["added"]:
            digest.add(unhex(added))
        for removed in c["removed"]:
            digest.add(unhex(removed), -1)
        checks.expect(what, (digest.encoded().hex(), c["digest"]))
    for what, c in cases("view-digest"):
        checks.expect(what, (view_digest(c["scopes"]).hex(), c["digest"]))
    for what, c in cases("history-hash"):
        history = bytes(32)
        for admitted in c["sets"]:
            history = advance(history, unhex(admitted["set_hash"]), unhex(admitted["stamp"]), admitted["outcome"])
        checks.expect(what, (history.hex(), c["history"]), (history[:8].hex(), c["prefix"]))


CONTENT_BYTES = 2 << 20


def read_frame(data):
    """The content of exactly one Zstandard frame that says its length (RFC 8878, 3.1.1); None for a sound one that has
    compressed blocks, when there is no decoder for these."""
    if data[:4] != unhex("28b52ffd"):
        raise Refused("frame")
    reader = Reader(data[4:])
    descriptor = reader.integer(1)
    single, size_flag = descriptor >> 5 & 1, descriptor >> 6
    if descriptor & 0x1F:
        raise Refused("frame")
    if not single:
        reader.take(1)
    width = {0: single, 1: 2, 2: 4, 3: 8}[size_flag]
    if width == 0:
        raise Refused("frame")
    size = int.from_bytes(reader.take(width), "little") + (256 if width == 2 else 0)
    if size > CONTENT_BYTES:
        raise Refused("frame")
    content, is_last, is_compressed = b"", False, False
    while not is_last:
        header = int.from_bytes(reader.take(3), "little")
        is_last, kind, length = header & 1, header >> 1 & 3, header >> 3
        if kind == 0:
            content += reader.take(length)
        elif kind == 1:
            content += reader.take(1) * length
        elif kind == 2:
            reader.take(length)
            is_compressed = True
        else:
            raise Refused("frame")
    reader.end()
    if is_compressed:
        decoder = system_zstd()
        if decoder is None:
            return None
        content = decoder(data)
    if len(content) != size:
        raise Refused("frame")
    return content


def read_segment(data):
    content = read_frame(data)
    if content is None:
        return None
    records = []
    for part in fields(content).get(1, []):
        chunk = fields(part)
        for change in map(fields, chunk.get(3, [])):
            if not one(change, 2, 0) or not one(change, 40, 0):
                raise Refused("segment")
            entries = []
            for entry in map(fields, change.get(3, [])):
                entries.append((one(entry, 1, 0), read_version(chunk[1][one(entry, 2, 0)]), one(entry, 3, b"")))
            indices, at = [], 0
            packed = one(change, 4, b"")
            while at < len(packed):
                index, at = varint(packed, at)
                indices.append(index)
            key = one(change, 1, b"")
            records.append({"key": key.hex(), "scopes": [chunk[2][i].decode() for i in indices], "hash": record_hash(key, sorted(entries)).hex()})
    return records


def check_segments():
    """Protocol/07-sync.md, 7.42."""
    for what, c in cases("segments"):
        data = unhex(c["bytes"])
        pairs = [(sha256(data).hex(), c["sha256"])]
        code = refusal(read_segment, data)
        pairs.append((code is not None, "records" not in c))
        if code is None:
            records = read_segment(data)
            if records is None:
                checks.skipped_frames += 1
            else:
                pairs.append((records, c["records"]))
        checks.expect(what, *pairs)


def check_merge():
    for what, c in cases("merge"):
        for number, order in enumerate(c["orders"]):
            entry, admitted, steps, code = None, set(), [], None
            for index in order:
                write = c["writes"][index]
                version = read_version(unhex(write["version"]))
                bases = [read_version(unhex(base)) for base in write["bases"]]
                admitted.add(write_id(version))
                try:
                    entry, siblings, loss = merge(
                        entry, (write["op"], decode(unhex(write["value"])), bases), version, c["rule"], c["lattice"], lambda id_: id_ in admitted)
                except Refused as problem:
                    code = problem.code
                    break
                result = {
                    "write": index, "entry_version": write_version(entry[0]).hex(), "state": encode(entry[1]).hex(),
                    "shown": encode(shown(entry[1], c["rule"], c["lattice"])).hex(), "siblings": siblings}
                if loss:
                    result["loss"] = {
                        "winner": write_version(loss[0]).hex(), "winner_value": encode(loss[1]).hex(), "loser": write_version(loss[2]).hex(),
                        "loser_value": encode(loss[3]).hex()}
                steps.append(result)
            checks.expect("%s, order %d" % (what, number), (code, c.get("refused")), (steps, c["steps"][number]))
    for what, c in cases("tombstones"):
        deletions = [(read_version(unhex(d["version"])), [read_version(unhex(v)) for v in d["seen"]]) for d in c["deletions"]]
        version, state, deleted = tombstone([read_version(unhex(v)) for v in c["standing"]], deletions)
        checks.expect(what, (write_version(version).hex(), c["entry_version"]), (encode(state).hex(), c["state"]), (deleted, c["is_deleted"]))


def check_texts():
    for what, c in cases("text"):
        if not c["writes"]:
            code, text = None, None
            try:
                text = Text.read(decode(unhex(c["state"])))
            except Refused as problem:
                code = problem.code
            shown_, waiting = (text.shown(), text.waiting()) if text else ("", [])
            checks.expect(what, (code, c.get("refused")), (shown_, c["shown"]), (waiting, c["waiting"]))
        for number, order in enumerate(c["orders"]):
            state, code = None, None
            try:
                for index in order:
                    write = c["writes"][index]
                    state = edit_text(state, write["op"], decode(unhex(write["value"])), read_version(unhex(write["version"])))
            except Refused as problem:
                code = problem.code
            checks.expect("%s, order %d" % (what, number), (code, c.get("refused")))
            if code is None:
                text = Text.read(state)
                checks.expect(
                    "%s, order %d" % (what, number), (encode(state).hex(), c["state"]), (text.shown(), c["shown"]), (text.waiting(), c["waiting"]))


def check_workflow():
    for what, c in cases("transitions"):
        state = None if c["state"] == "none" else c["state"]
        checks.expect(what + c["state"] + " " + c["event"], (step(state, c["event"]), c.get("next")))
    for what, c in cases("rulings"):
        mine = rule_event(c["event"], c.get("present"), c.get("branch"), c["unseen"])
        checks.expect(what, (mine, (c["ruling"], c.get("state"), c.get("rule"))))
    for what, c in cases("fold"):
        results, state, last = fold(c["events"], c["open_mandatory_tasks"])
        theirs = [{key: event.get(key) for key in ("ruling", "rule", "effective", "state_after", "after")} for event in c["events"]]
        checks.expect(what, (results, theirs), (state, c.get("state")), (last, c.get("last_event")))


def check_sets():
    keys = {c["key"]: unhex(c["public_key"]) for _, c in cases("signatures")}
    for what, c in cases("change-sets"):
        body = unhex(c["body"])
        problem, mine = None, None
        try:
            mine = read_body(body)
        except Refused as refused:
            problem = refused
        checks.expect(
            what, (sha256(set_message(body)).hex(), c["set_hash"]), (problem and problem.code, c.get("refused")),
            (problem and problem.op, c.get("refused_op")), (mine, c.get("fields")))
        if mine:
            checks.signature(what, True, unhex(c["signature"]), set_message(body), keys[c["key"]])
    for what, c in cases("set-signatures"):
        checks.signature(what, c["valid"], unhex(c["signature"]), set_message(unhex(c["body"])), unhex(c["public_key"]), c["algorithm"])
    for what, c in cases("signatures"):
        checks.signature(what, True, unhex(c["signature"]), unhex(c["message"]), unhex(c["public_key"]))
    for what, c in cases("checkpoints"):
        data = b"truckroll/checkpoint/2\0" + unhex(c["device"]) + unhex(c["epoch"]) + u64(c["position"]) + unhex(c["history"]) + u64(c["view_version"])
        code = hmac.new(unhex(c["receipt_key"]), data, hashlib.sha256).hexdigest()
        checks.expect(what, (data.hex(), c["authenticated"]), (code, c["mac"]))
    for what, c in cases("leases"):
        data = b"truckroll/lease/1\0" + unhex(c["lease"]) + u32(c["replica"]) + unhex(c["part"]) + unhex(c["location"])
        data += c["granted"].to_bytes(8, "big", signed=True) + u64(c["soft_expiry"]) + u64(c["hard_expiry"])
        code = hmac.new(unhex(c["receipt_key"]), data, hashlib.sha256).hexdigest()
        checks.expect(what, (data.hex(), c["authenticated"]), (code, c["mac"]))
    for what, c in cases("receipts"):
        data = b"truckroll/receipt/1\0" + u32(c["replica"]) + u64(c["sequence"]) + unhex(c["set_hash"])
        data += unhex(c["epoch"]) + u64(c["position"]) + unhex(c["stamp"]) + bytes([c["outcome"]])
        code = hmac.new(unhex(c["receipt_key"]), data, hashlib.sha256).hexdigest()
        checks.expect(what, (data.hex(), c["authenticated"]), (code, c["mac"]))


def check_enrolment():
    for what, c in cases("enrolment-statements"):
        data = unhex(c["bytes"])
        code = refusal(read_statement, data)
        pairs = [(code, c.get("refused"))]
        if code is None:
            tenant, device, user, replica, key, issued = read_statement(data)
            pairs += [
                ((id_text(tenant), id_text(device), id_text(user)), (c["tenant"], c["device"], c["user"])),
                ((replica, key.hex(), issued), (c["replica"], c["public_key"], c["issued_at"]))]
            checks.signature(what, True, unhex(c["signature"]), data, unhex(c["tenant_key"]))
        checks.expect(what, *pairs)
    for what, c in cases("proofs"):
        device = id_bytes(c["device"])
        if c["kind"] == "enrol":
            message = b"truckroll/enrol/1\0" + c["code"].encode() + device + unhex(c["new_public_key"])
        elif c["kind"] == "sign-in":
            message = b"truckroll/sign-in/1\0" + unhex(c["nonce"]) + device + u32(c["replica"])
        else:
            message = b"truckroll/replica/1\0" + device + u32(c["replica"]) + unhex(c["new_public_key"])
        checks.expect(what, (message.hex(), c["message"]))
        checks.signature(what, True, unhex(c["signature"]), message, unhex(c["signing_key"]))
    for what, c in cases("request-signatures"):
        mine = request_signature(c["method"], c["path_and_query"], unhex(c["body"]), c["created"], unhex(c["nonce"]), unhex(c["mac_key"]))
        checks.expect(what, (mine, (c["content_digest"], c["signature_input"], c["base"], c["signature"])))
    nonce = bytes(range(0xA0, 0xB0))
    only = request_signature("GET", "/v1/default/stream", b"", 1760000000, nonce, b"")[1]
    for what, c in cases("signature-inputs"):
        checks.expect(what, (c["value"] == only, c["accepted"]))


# The members of a certificate's content (12.2). "?" may be null; a list holds its only item's kind.
PARTY = {"name": "text", "address": ["text"], "contact": "text?", "reference": "text?"}
ACT = {name: "decimal" for name in ("applied", "indicated", "error", "tolerance", "uncertainty", "coverage_factor")}
ACT |= {"verdict": "verdict", "cylinder": "text?", "at": "instant"}
CONTENT = {
    "format": ("truckroll/certificate/1",), "title": "text", "level": ("functional_check", "traceable", "accredited"), "accreditation": "text?",
    "number": "number", "revision": range(0, 1001), "order": "text?",
    "supersedes": (None, {"number": "text", "revision": range(0, 1001), "reason": "text"}),
    "issuer": PARTY, "customer": PARTY, "place": {"site": "text", "area": "text?", "zone": "text?", "mounting": "text?"},
    "method": {"procedure": "text", "revision": "text?", "standard": "text?"},
    "item": {
        "maker": "text", "model": "text", "serial": "text", "tag": "text?", "firmware": "text?", "ex_marking": "text?",
        "ex_certificate": "text?", "condition_as_received": "text"},
    "dates": {"received": "instant?", "begin": "instant", "end": "instant", "issued": "instant"},
    "conditions": {
        "temperature": "decimal?", "humidity": "decimal?", "pressure": "decimal?", "flow": "decimal?",
        "exposure_seconds": (None, range(0, 86401)), "are_estimated": "flag"},
    "references": [{
        "cylinder": "text", "lot": "text", "maker": "text", "gas": "text", "cas": "text", "concentration": "decimal", "unit": "unit",
        "uncertainty": "decimal", "coverage_factor": "decimal", "balance": "text?", "certificate": "text", "certificate_hash": "text?",
        "expires_on": "text"}],
    "channels": [{
        "number": range(1, 65), "gas": "text", "cas": "text", "unit": "unit", "lfl": (None, {"percent_volume": "decimal", "source": "text"}),
        "range_low": "decimal?", "range_high": "decimal", "resolution": "decimal", "technology": "text", "sensor_serial": "text?",
        "sensor_expires": "text?", "is_mandatory": "flag",
        "points": [{"point": ("zero", "span"), "as_found": (None, ACT), "as_left": (None, ACT)}],
        "adjustment": (None, {
            "at": "instant", "gain_before": "decimal?", "gain_after": "decimal?", "offset_before": "decimal?", "offset_after": "decimal?"}),
        "alarms": [{"name": "text", "set_point": "decimal", "reached": (None, {"reached": "flag", "outputs": "text?"})}],
        "t90_seconds": (None, range(0, 3601))}],
    "decision_rule": {"rule": "text", "guard_band": "text"}, "outcome": "verdict", "left_in_service": "flag",
    "deviations": ["text"], "opinions": ["text"], "supplied_by_customer": ["text"], "from_others": ["text"],
    "parts": [{"action": ("fitted", "removed", "consumed"), "part": "text", "serial": "text?", "certificate": "text?"}],
    "next_calibration": "text?",
    "technician": {
        name: "text" for name in ("name", "role", "qualification", "qualification_number", "qualification_issuer", "valid_until")},
    "acceptance": (None, {
        "name": "text", "role": "text", "meaning": ("reviewed", "accepted", "refused"), "at": "instant", "shown_hash": "hash",
        "strokes": [["coordinate"]]}),
    "software": {"name": "text", "version": "text", "rules": "text"},
}
INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,3})?(?:Z|[+-](\d\d):(\d\d))", re.ASCII)


def is_instant(text):
    match = INSTANT.fullmatch(text)
    if not match:
        return False
    year, month, day, hour, minute, second, hours, minutes = (int(part or 0) for part in match.groups())
    try:
        datetime.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return False
    return year >= 1970 and hours <= 18 and minutes <= 59


def is_printable(text):
    hidden = any(ord(c) < 0x20 and c != "\n" or 0x7F <= ord(c) <= 0x9F for c in text)
    reordering = re.search("[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]", text)
    return len(text.encode()) <= 4000 and text.strip() != "" and not hidden and not reordering


def is_content(value, kind):
    if isinstance(kind, dict):
        return isinstance(value, dict) and value.keys() == kind.keys() and all(is_content(value[name], kind[name]) for name in kind)
    if isinstance(kind, list):
        if kind == ["coordinate"] and (not isinstance(value, list) or len(value) % 2):
            return False
        return isinstance(value, list) and all(is_content(item, kind[0]) for item in value)
    if isinstance(kind, range):
        return isinstance(value, int) and not isinstance(value, bool) and value in kind
    if isinstance(kind, tuple):
        return any(value is None if one is None else value == one if isinstance(one, str) else is_content(value, one) for one in kind)
    if kind.endswith("?"):
        return value is None or is_content(value, kind[:-1])
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "coordinate":
        return is_content(value, range(-50000, 50001))
    if not isinstance(value, str) or not is_printable(value):
        return False
    return {
        "text": lambda: True, "verdict": lambda: value in ("pass", "conditionalPass", "conditionalFail", "fail"),
        "unit": lambda: value in ("ppm", "%vol", "%LEL"), "instant": lambda: is_instant(value),
        "hash": lambda: re.fullmatch("[0-9a-f]{64}", value), "number": lambda: split_number(value + "-0000"),
        "decimal": lambda: re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) and sum(c.isdigit() for c in value) <= 18}[kind]()


def check_certificates():
    for what, c in cases("certificate-contents"):
        accepted = is_canonical(c["content"].encode())
        if accepted:
            content = json.loads(c["content"])
            accepted = bool(is_content(content, CONTENT)) and (content["level"] == "accredited") == (content["accreditation"] is not None)
        checks.expect(what, (accepted, c["accepted"]))
    for what, c in cases("certificate-numbers"):
        parts = split_number(c["printed"])
        if c.get("refused"):
            checks.expect(what, (parts, None))
        else:
            checks.expect(
                what, (parts, (c["number"], c["check_characters"])), (check_characters(unhex(c["content_hash"])), c["check_characters"]))
    for what, c in cases("canonical-json"):
        checks.expect(what, (is_canonical(unhex(c["bytes"])), c["accepted"]))
    for what, c in cases("seals"):
        content, pdf = unhex(c["content"]), unhex(c["pdf"])
        content_hash = sha256(content)
        message = b"truckroll/certificate/1\0" + content
        registration = b"truckroll/certificate-pdf/1\0" + content_hash + sha256(pdf) + u64(len(pdf))

        def b64(name):
            return base64.b64encode(unhex(c[name])).decode()
        enrolment = {"statement": b64("statement"), "signature": b64("statement_signature")}
        proof = canonical({
            "format": "truckroll/certificate-proof/1", "number": c["printed_number"], "content": b64("content"), "device": b64("device"),
            "signature": b64("signature"), "enrolment": enrolment,
            "pdf": {
                "sha256": sha256(pdf).hex(), "size": len(pdf), "device": b64("device"), "signature": b64("registration_signature"),
                "enrolment": enrolment}})
        number = json.loads(content)["number"] + "-" + check_characters(content_hash)
        checks.expect(
            what, (content_hash.hex(), c["content_hash"]), (message.hex(), c["signed_message"]), (registration.hex(), c["registration"]),
            (number, c["printed_number"]), (proof.encode().hex(), c["proof_file"]))
        _, device, _, _, key, _ = read_statement(unhex(c["statement"]))
        checks.expect(what + ", statement", (device.hex(), c["device"]), (key.hex(), c["device_public_key"]))
        checks.signature(what, True, unhex(c["statement_signature"]), unhex(c["statement"]), unhex(c["tenant_public_key"]))
        checks.signature(what, True, unhex(c["signature"]), message, key)
        checks.signature(what, True, unhex(c["registration_signature"]), registration, key)


# ---------------------------------------------------------------- 07 a device

class Device:
    """The confirmed side of a client: records, scopes, checkpoint."""

    def __init__(self):
        self.records = {}   # key: ({field: (version, value)}, scopes)
        self.scopes = set()
        self.checkpoint = None
        self.id = self.receipt_key = b""
        self.visible = 0
        self.parts = []     # chunks kept aside of classes that are not complete

    def hash(self, key):
        entries = [(field,) + entry for field, entry in sorted(self.records[key][0].items())]
        return record_hash(key, entries)

    def digest(self, scope):
        digest = Digest()
        for key, (_, scopes) in self.records.items():
            if scope in scopes:
                digest.add(self.hash(key))
        return digest.count, digest.sum.to_bytes(16, "big")

    def chunk(self, data):
        message = fields(data)
        versions = [read_version(version) for version in message.get(1, [])]
        names = [name.decode() for name in message.get(2, [])]
        for part in message.get(3, []):
            change = fields(part)
            key = one(change, 1, b"")
            read_key(key)
            entries = {} if one(change, 2, 0) else dict(self.records.get(key, ({}, set()))[0])
            for item in change.get(3, []):
                entry = fields(item)
                entries[one(entry, 1, 0)] = (versions[one(entry, 2, 0)], one(entry, 3, b""))
            indexes = []
            for packed in change.get(4, []):
                if isinstance(packed, int):
                    indexes.append(packed)
                    continue
                at = 0
                while at < len(packed):
                    index, at = varint(packed, at)
                    indexes.append(index)
            scopes = {names[index] for index in indexes}
            if scopes:
                self.records[key] = (entries, scopes)
                self.scopes |= scopes
            else:
                self.records.pop(key, None)

    def commit(self, what, data):
        message = fields(data)
        pairs = []
        for part in message.get(2, []):
            state = fields(part)
            scope = one(state, 1, b"").decode()
            self.scopes.add(scope)
            pairs.append((self.digest(scope), (one(state, 2, 0), one(state, 3, b""))))
        pairs.append((view_digest(self.scopes).hex(), one(message, 4, b"").hex()))
        pairs.append((checkpoint_mac(one(message, 1, b""), self.id, self.receipt_key).hex(), one(message, 5, b"").hex()))
        checks.expect(what + ", digests of %d scopes" % (len(pairs) - 2), *pairs)
        self.checkpoint = checkpoint(one(message, 1, b""))

    def sync(self, what, reply):
        """Protocol/07-sync.md, 7.9 and 7.33 to 7.36."""
        part = reply.get(8, [])
        if 9 in reply:
            self.parts += part
        if 3 not in reply:
            return
        commit = one(reply, 3, b"")
        dropped = [scope.decode() for scope in fields(commit).get(3, [])]
        touched = {one(fields(state), 1, b"").decode() for state in fields(commit).get(2, [])}
        visible = one(fields(commit), 6, 0)
        for scope in dropped:
            self.drop(scope)
        before = set(self.scopes)
        if visible > self.visible:
            for chunk in self.parts + part:
                self.chunk(chunk)
            for scope in dropped:
                self.drop(scope)
        for chunk in reply.get(2, []):
            self.chunk(chunk)
        if visible > self.visible:
            for scope in self.scopes - before - touched:
                self.drop(scope)
            self.parts, self.visible = [], visible
        self.commit(what, commit)

    def drop(self, scope):
        self.scopes.discard(scope)
        for key in list(self.records):
            entries, scopes = self.records[key]
            self.records[key] = (entries, scopes - {scope})
            if not self.records[key][1]:
                del self.records[key]


OUTCOMES = {1: "applied", 2: "merged", 3: "set aside", 4: "quarantined", 5: "deferred"}


def check_session():
    device, keys, mac_key, token, pushed, chain = Device(), None, None, None, {}, bytes(32)
    for what, c in cases("session"):
        request, reply = fields(unhex(c["request"])), fields(unhex(c["reply"]))
        if "headers" in c:
            headers = c["headers"]
            created = int(headers["signature_input"].split(";created=")[1].split(";")[0])
            text = headers["signature_input"].split(';nonce="')[1].split('"')[0]
            nonce = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            digest, signature_input, _, signature = request_signature("POST", c["path"], unhex(c["request"]), created, nonce, mac_key)
            checks.expect(
                what + ", header fields", (headers["authorization"], "Bearer " + token), (digest, headers["content_digest"]),
                (signature_input, headers["signature_input"]), (signature, headers["signature"]))
        name = c["request_message"]
        if name == "EnrolRequest":
            keys = c["keys"]
            key = unhex(keys["device_public_key"])
            message = b"truckroll/enrol/1\0" + keys["enrolment_code"].encode() + one(request, 2, b"") + key
            checks.signature(what, True, one(request, 6, b""), message, key)
            statement = read_statement(one(reply, 5, b""))
            checks.expect(what, (statement[1], one(request, 2, b"")), (statement[3], one(reply, 4, 0)), (statement[4], key))
            checks.signature(what, True, one(reply, 6, b""), one(reply, 5, b""), unhex(keys["tenant_public_key"]))
            replica = one(reply, 4, 0)
            device.id, device.receipt_key = one(request, 2, b""), unhex(keys["receipt_key"])
        elif name == "SignInRequest":
            message = b"truckroll/sign-in/1\0" + one(request, 3, b"") + one(request, 1, b"") + u32(one(request, 2, 0))
            checks.signature(what, True, one(request, 4, b""), message, key)
            token, mac_key = one(reply, 1, b"").decode(), one(reply, 2, b"")
        elif name == "SyncRequest":
            checks.expect(what + ", checkpoint", (checkpoint(request[1][0]) if 1 in request else None, device.checkpoint))
            for part in request.get(2, []):
                signed = fields(part)
                body = one(signed, 3, b"")
                content = read_body(body)
                checks.expect(
                    what + ", set %d" % one(signed, 2, 0), ((content["replica"], content["sequence"]), (one(signed, 1, 0), one(signed, 2, 0))),
                    (content["previous_hash"], chain.hex()), (content["base"], device.checkpoint), (content["replica"], replica))
                checks.signature(what, True, one(signed, 5, b""), set_message(body), key)
                chain = sha256(set_message(body))
                pushed[content["sequence"]] = chain
            answers = []
            for part in reply.get(1, []):
                receipt = fields(part)
                data = b"truckroll/receipt/1\0" + u32(one(receipt, 1, 0)) + u64(one(receipt, 2, 0)) + one(receipt, 3, b"")
                data += u64(one(receipt, 4, 0)) + u64(one(receipt, 5, 0)) + one(receipt, 6, b"") + bytes([one(receipt, 7, 0)])
                code = hmac.new(unhex(keys["receipt_key"]), data, hashlib.sha256).digest()
                checks.expect(what + ", receipt", (code, one(receipt, 8, b"")), (pushed[one(receipt, 2, 0)], one(receipt, 3, b"")))
                remarks = [one(fields(remark), 1, b"").decode() for remark in receipt.get(10, [])]
                answers.append({"sequence": one(receipt, 2, 0), "outcome": OUTCOMES[one(receipt, 7, 0)], "remarks": remarks})
            checks.expect(what + ", answers", (answers, c.get("answers", [])))
            device.sync(what, reply)
        elif name == "AuditRequest":
            pairs = [(device.checkpoint["position"], checkpoint(one(reply, 1, b""))["position"])]
            listed = set()
            for part in reply.get(2, []):
                state = fields(part)
                scope = one(state, 1, b"").decode()
                listed.add(scope)
                pairs.append((device.digest(scope), (one(state, 2, 0), one(state, 3, b""))))
            checks.expect(what, (listed, device.scopes), *pairs)
        elif name == "RepairRequest":
            before = {key: device.hash(key) for key in device.records}
            for part in request.get(1, []):
                for key in [key for key, (_, scopes) in device.records.items() if part.decode() in scopes]:
                    del device.records[key]
            for part in reply.get(1, []):
                device.chunk(part)
            device.commit(what, one(reply, 2, b""))
            checks.expect(what + ", the same records", ({key: device.hash(key) for key in device.records}, before))


def check_example():
    """Every run of bytes in the worked example of Protocol/README.md stands in the recorded session."""
    page = open(os.path.join(os.path.dirname(FOLDER), "README.md"), encoding="utf-8").read()
    example = page[page.index("## A whole exchange"):page.index("## Vectors")]
    steps = [case for _, case in cases("session")]
    known = "".join(c["request"] + " " + c["reply"] + " " for c in steps)
    for c in steps:
        if c["request_message"] == "SyncRequest":
            for part in fields(unhex(c["request"])).get(2, []):
                known += sha256(set_message(one(fields(part), 3, b""))).hex() + " "
    headers = " ".join(value for c in steps for value in c.get("headers", {}).values())
    for token in re.findall(r"(?<![0-9A-Za-z-])[0-9a-f]{6,}(?![0-9A-Za-z-])", example):
        # An epoch is told as a number and travels with its lowest byte first.
        swapped = unhex(token)[::-1].hex() if len(token) == 16 else token
        checks.expect("example, %s" % token, (token in known or swapped in known or token in headers, True))
    for header in re.findall(r"^ +(?:Authorization|Content-Digest|Signature-Input|Signature): (.*)$", example, re.M):
        checks.expect("example, %s" % header, (header in headers, True))


def main():
    for check in (check_clocks, check_records, check_merge, check_texts, check_workflow, check_sets, check_enrolment, check_certificates, check_segments,
                  check_session, check_example):
        check()
    for failure in checks.failures:
        print("FAILED " + failure)
    if checks.skipped:
        print("%d signatures not verified: the package `cryptography` cannot be imported" % checks.skipped)
    if checks.skipped_frames:
        print("%d compressed segments not read: there is no zstd" % checks.skipped_frames)
    print("%d passed, %d failed" % (checks.passed, len(checks.failures)))
    return 1 if checks.failures else 0


if __name__ == "__main__":
    sys.exit(main())
