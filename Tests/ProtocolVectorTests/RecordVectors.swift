import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollSync

struct RecordKeyCase: VectorCase {
    static let file = "record-keys"
    var name: String
    var bytes: Hex
    var type: UInt16?
    var id: String?
    var facet: UInt8?
    var refused: String?

    static func make() throws -> [RecordKeyCase] {
        let id = RecordID(high: 0x0199_C82C_C000_7000, low: 0x8000_0000_0000_0001)
        let key = RecordKey(type: EntityType(rawValue: 25), id: id)
        func made(_ name: String, _ key: RecordKey) -> RecordKeyCase {
            RecordKeyCase(name: name, bytes: Hex(key.encoded), type: key.type.rawValue, id: key.id.description, facet: key.facet.rawValue)
        }
        func refused(_ name: String, _ bytes: [UInt8]) -> RecordKeyCase {
            RecordKeyCase(name: name, bytes: Hex(bytes), refused: refusal { _ = try RecordKey(decoding: bytes) })
        }
        return [
            made("common", key), made("commercial", RecordKey(type: EntityType(rawValue: 2), id: id, facet: .commercial)),
            made("personal", RecordKey(type: EntityType(rawValue: 5), id: id, facet: .personal)),
            made("office", RecordKey(type: EntityType(rawValue: 5), id: id, facet: .office)),
            made("a type this version does not know", RecordKey(type: EntityType(rawValue: 40_000), id: id)),
            refused("facet 4", Array(key.encoded.dropLast()) + [4]), refused("a byte short", Array(key.encoded.dropLast())),
            refused("a byte long", key.encoded + [0]), refused("empty", []),
        ]
    }
}

/// The text form of ids.
struct IdentifierCase: VectorCase {
    static let file = "ids"
    var name: String
    var text: String
    /// Absent when the text is no id.
    var bytes: Hex?

    static func make() throws -> [IdentifierCase] {
        let id = "0199c82c-c000-7000-8000-000000000001"
        return [
            ("ordinary", id), ("all zero", "00000000-0000-0000-0000-000000000000"), ("all ones", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
            ("upper case", id.uppercased()), ("without hyphens", "0199c82cc00070008000000000000001"), ("braces", "{\(id)}"),
            ("a space behind", id + " "),
            ("hyphens elsewhere", "0199c82cc-000-7000-8000-000000000001"), ("no hexadecimal digit", "0199c82c-c000-7000-8000-00000000000g"),
            ("empty", ""),
        ].map { IdentifierCase(name: $0.0, text: $0.1, bytes: RecordID($0.1).map { Hex($0.bytes) }) }
    }
}

struct DerivedIDCase: VectorCase {
    static let file = "derived-ids"
    var name: String
    var type: UInt16
    var parts: [Hex]
    var id: String

    var computed: String { RecordID.derived(type: EntityType(rawValue: type), key: parts.map(\.bytes)).description }

    static func make() throws -> [DerivedIDCase] {
        let a = (0..<16).map { UInt8($0) }
        let b = (16..<32).map { UInt8($0) }
        func derived(_ name: String, _ type: UInt16, _ parts: [[UInt8]]) -> DerivedIDCase {
            var made = DerivedIDCase(name: name, type: type, parts: parts.map { Hex($0) }, id: "")
            made.id = made.computed
            return made
        }
        return [
            derived("a reservation of order, part and location", 18, [a, b, a]), derived("an appointment of order and technician", 23, [a, b]),
            derived("the same parts of another type", 24, [a, b]), derived("the parts in another order", 23, [b, a]),
            derived("the device record of replica 7", 37, [bigEndian(UInt32(7))]),
            derived("two parts cut here", 1, [text("ab"), text("c")]), derived("two parts cut there", 1, [text("a"), text("bc")]),
            derived("an empty part", 1, [[]]), derived("no part", 1, []),
        ]
    }
}

struct RecordCase: VectorCase {
    static let file = "records"
    struct Entry: Codable, Hashable, Sendable {
        var field: UInt32
        var version: Hex
        var value: Hex
    }
    var name: String
    var key: Hex
    /// The encoded entries.
    var bytes: Hex
    var entries: [Entry]?
    var hash: Hex?
    var refused: String?

    static func make() throws -> [RecordCase] {
        let key = RecordKey(type: EntityType(rawValue: 22), id: RecordID(high: 0x0199_C82C_C000_7000, low: 0x8000_0000_0000_0002))
        func version(_ milliseconds: UInt64, _ replica: UInt32, _ sequence: UInt64) -> Version {
            Version(stamp: Stamp(milliseconds: milliseconds, counter: 0, replica: ReplicaID(rawValue: replica)), sequence: sequence)
        }
        func made(_ name: String, _ key: RecordKey, _ entries: [FieldEntry]) -> RecordCase {
            let record = Record(key: key, entries: entries)
            return RecordCase(
                name: name, key: Hex(key.encoded), bytes: Hex(record.encodedEntries),
                entries: record.entries.map { Entry(field: $0.field.rawValue, version: Hex($0.version.encoded), value: Hex($0.value)) },
                hash: Hex(RecordHash(record).bytes))
        }
        func refused(_ name: String, _ bytes: [UInt8]) -> RecordCase {
            RecordCase(name: name, key: Hex(key.encoded), bytes: Hex(bytes), refused: refusal { _ = try Record(key: key, decoding: bytes) })
        }
        func entry(_ field: UInt32, _ version: Version, _ value: [UInt8]) -> FieldEntry {
            FieldEntry(field: FieldID(rawValue: field), version: version, value: value)
        }
        let order = entry(1, version(100, 2, 1), Value.bytes((0..<16).map { UInt8($0) }).encoded)
        let title = entry(2, version(150, 3, 4), Value.list([.text("Check the sensor")]).encoded)
        let unknown = entry(70_000, version(160, 3, 5), Value.text("of a newer schema").encoded)
        let good = Record(key: key, entries: [order, title]).encodedEntries
        return [
            made("no entries", key, []), made("a task", key, [order, title]), made("with a field of a newer schema", key, [order, title, unknown]),
            made("deleted", key, [entry(0, version(200, 2, 2), Tombstone(seen: [version(100, 2, 1), version(150, 3, 4)]).encoded), order, title]),
            made(
                "the same id in another facet", RecordKey(type: key.type, id: key.id, facet: .office), [order, title]),
            refused("fields do not ascend", Record(key: key, entries: [title]).encodedEntries + Record(key: key, entries: [order]).encodedEntries),
            refused("a field twice", Record(key: key, entries: [title]).encodedEntries + Record(key: key, entries: [title]).encodedEntries),
            refused("cut in a value", Array(good.dropLast())), refused("cut in a version", Array(good.prefix(10))),
            refused(
                "a version of sequence zero",
                bigEndian(UInt32(1)) + Array(order.version.encoded.prefix(12)) + bigEndian(UInt64(0)) + bigEndian(UInt32(1)) + [0xF6]),
        ]
    }
}

struct ScopeDigestCase: VectorCase {
    static let file = "scope-digest"
    var name: String
    var added: [Hex]
    var removed: [Hex]
    /// Count, 8 bytes, then sum, 16 bytes.
    var digest: Hex

    var computed: [UInt8] {
        var digest = ScopeDigest()
        for hash in added { digest.add(Self.hash(hash)) }
        for hash in removed { digest.remove(Self.hash(hash)) }
        return digest.encoded
    }

    private static func hash(_ hex: Hex) -> RecordHash { RecordHash(rawValue: hex.bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }) }

    static func make() throws -> [ScopeDigestCase] {
        let hashes = (1...4).map { Hex(Array(ContentDigest.sha256([UInt8($0)]).prefix(16))) }
        let top = Hex([UInt8](repeating: 0xFF, count: 16))
        func digest(_ name: String, _ added: [Hex], _ removed: [Hex] = []) -> ScopeDigestCase {
            var made = ScopeDigestCase(name: name, added: added, removed: removed, digest: Hex([]))
            made.digest = Hex(made.computed)
            return made
        }
        return [
            digest("nothing", []), digest("one record", [hashes[0]]), digest("four records", hashes),
            digest("four records in another order", hashes.reversed()), digest("added and removed", hashes, [hashes[1], hashes[3]]),
            digest("the sum wraps at 2^128", [top, hashes[0]]), digest("the same hash twice counts twice", [hashes[0], hashes[0]]),
        ]
    }
}

struct HistoryHashCase: VectorCase {
    static let file = "history-hash"
    struct Admitted: Codable, Hashable, Sendable {
        var setHash: Hex
        var stamp: Hex
        var outcome: UInt8
    }
    var name: String
    var sets: [Admitted]
    var history: Hex
    /// What a checkpoint carries.
    var prefix: Hex

    var computed: [UInt8] {
        get throws {
            try sets.reduce(HistoryHash.start) {
                $0.advanced(setHash: SetHash(bytes: $1.setHash.bytes), stamp: try Stamp(decoding: $1.stamp.bytes), outcome: $1.outcome)
            }.bytes
        }
    }

    static func make() throws -> [HistoryHashCase] {
        let sets = (1...3).map { number in
            Admitted(
                setHash: Hex(SetHash(body: [UInt8(number)]).bytes),
                stamp: Hex(Stamp(milliseconds: UInt64(1000 * number), counter: 0, replica: ReplicaID(rawValue: UInt32(number))).encoded),
                outcome: UInt8(number))
        }
        func history(_ name: String, _ sets: [Admitted]) throws -> HistoryHashCase {
            var made = HistoryHashCase(name: name, sets: sets, history: Hex([]), prefix: Hex([]))
            made.history = Hex(try made.computed)
            made.prefix = Hex(Array(made.history.bytes.prefix(8)))
            return made
        }
        return [
            try history("before the first set", []), try history("one set", [sets[0]]), try history("three sets", sets),
            try history("the order matters", [sets[1], sets[0], sets[2]]),
        ]
    }
}

struct ViewDigestCase: VectorCase {
    static let file = "view-digest"
    var name: String
    var scopes: [String]
    var digest: Hex

    static func make() throws -> [ViewDigestCase] {
        [
            ("no scope", []), ("one scope", ["tenant"]),
            (
                "given in any order",
                ["user:0199c82c-c000-7000-8000-000000000001", "people", "catalogue", "tenant", "order:0199c82c-c000-7000-8000-000000000002"]
            ),
        ].map { ViewDigestCase(name: $0.0, scopes: $0.1, digest: Hex(ViewDigest.of($0.1.map { Scope($0) }))) }
    }
}

@Suite("Vectors: records and digests")
struct RecordVectorTests {
    @Test("record keys", arguments: try VectorFile.load(RecordKeyCase.self))
    func key(_ vector: RecordKeyCase) throws {
        #expect(refusal { _ = try RecordKey(decoding: vector.bytes.bytes) } == vector.refused)
        guard vector.refused == nil else { return }
        let key = try RecordKey(decoding: vector.bytes.bytes)
        #expect(key.type.rawValue == vector.type && key.id.description == vector.id && key.facet.rawValue == vector.facet)
        #expect(key.encoded == vector.bytes.bytes)
    }

    @Test("ids", arguments: try VectorFile.load(IdentifierCase.self))
    func id(_ vector: IdentifierCase) { #expect(RecordID(vector.text)?.bytes == vector.bytes?.bytes) }

    @Test("derived ids", arguments: try VectorFile.load(DerivedIDCase.self))
    func derived(_ vector: DerivedIDCase) { #expect(vector.computed == vector.id) }

    @Test("records", arguments: try VectorFile.load(RecordCase.self))
    func record(_ vector: RecordCase) throws {
        let key = try RecordKey(decoding: vector.key.bytes)
        #expect(refusal { _ = try Record(key: key, decoding: vector.bytes.bytes) } == vector.refused)
        guard vector.refused == nil else { return }
        let record = try Record(key: key, decoding: vector.bytes.bytes)
        #expect(record.entries.map { $0.field.rawValue } == vector.entries?.map(\.field))
        #expect(record.entries.map { $0.version.encoded } == vector.entries?.map(\.version.bytes))
        #expect(record.entries.map(\.value) == vector.entries?.map(\.value.bytes))
        #expect(record.encodedEntries == vector.bytes.bytes)
        #expect(RecordHash(record).bytes == vector.hash?.bytes)
    }

    @Test("scope digests", arguments: try VectorFile.load(ScopeDigestCase.self))
    func digest(_ vector: ScopeDigestCase) { #expect(vector.computed == vector.digest.bytes) }

    @Test("history hashes", arguments: try VectorFile.load(HistoryHashCase.self))
    func history(_ vector: HistoryHashCase) throws { #expect(try vector.computed == vector.history.bytes) }

    @Test("view digests", arguments: try VectorFile.load(ViewDigestCase.self))
    func view(_ vector: ViewDigestCase) { #expect(ViewDigest.of(vector.scopes.map { Scope($0) }) == vector.digest.bytes) }

    @Test("the files are as this code makes them")
    func made() throws {
        #expect(try RecordKeyCase.make() == VectorFile.load(RecordKeyCase.self))
        #expect(try IdentifierCase.make() == VectorFile.load(IdentifierCase.self))
        #expect(try DerivedIDCase.make() == VectorFile.load(DerivedIDCase.self))
        #expect(try RecordCase.make() == VectorFile.load(RecordCase.self))
        #expect(try ScopeDigestCase.make() == VectorFile.load(ScopeDigestCase.self))
        #expect(try HistoryHashCase.make() == VectorFile.load(HistoryHashCase.self))
        #expect(try ViewDigestCase.make() == VectorFile.load(ViewDigestCase.self))
    }
}
