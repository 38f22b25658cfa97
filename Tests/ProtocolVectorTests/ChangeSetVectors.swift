import Testing
import TruckrollCore
import TruckrollCryptography
import TruckrollProtocol

/// Bodies of change sets: read into these fields, or refused.
struct ChangeSetCase: VectorCase {
    static let file = "change-sets"

    struct Fields: Codable, Hashable, Sendable {
        struct Base: Codable, Hashable, Sendable {
            var epoch: String
            var position: UInt64
            var history: Hex
            var viewVersion: UInt64
        }
        struct Condition: Codable, Hashable, Sendable {
            var key: Hex
            var field: UInt32
            var seen: [Hex]
        }
        struct Write: Codable, Hashable, Sendable {
            var field: UInt32
            var op: String
            var value: Hex
            var bases: [Hex]
        }
        struct Change: Codable, Hashable, Sendable {
            var kind: String
            var key: Hex
            var writes: [Write]
            var seen: [Hex]
        }
        struct Source: Codable, Hashable, Sendable {
            var replica: UInt32
            var sequence: UInt64
            var hash: Hex
        }
        var protocolVersion: UInt32
        var schemaVersion: UInt32
        var tenant: String
        var device: String
        var replica: UInt32
        var sequence: UInt64
        var previousHash: Hex
        var base: Base
        var stamp: Hex
        var user: String
        var intent: String
        var guards: [Condition]
        var ops: [Change]
        var origin: Source?

        init(_ set: ChangeSet) {
            protocolVersion = set.protocolVersion
            schemaVersion = set.schemaVersion
            tenant = set.tenant.description
            device = set.device.description
            replica = set.writeID.replica.rawValue
            sequence = set.writeID.sequence
            previousHash = Hex(set.previous.bytes)
            base = Base(
                epoch: set.base.epoch.description, position: set.base.position.rawValue, history: Hex(set.base.historyPrefix),
                viewVersion: set.base.viewVersion)
            stamp = Hex(set.claimed.encoded)
            user = set.user.description
            intent = set.intent
            guards = set.guards.map { Condition(key: Hex($0.key.encoded), field: $0.field.rawValue, seen: $0.seen.map { Hex($0.encoded) }) }
            ops = set.ops.map { op in
                Change(
                    kind: "\(op.kind)", key: Hex(op.key.encoded),
                    writes: op.writes.map {
                        Write(field: $0.field.rawValue, op: "\($0.op)", value: Hex($0.value.encoded), bases: $0.bases.map { Hex($0.encoded) })
                    }, seen: op.seen.map { Hex($0.encoded) })
            }
            origin = set.origin.map { Source(replica: $0.writeID.replica.rawValue, sequence: $0.writeID.sequence, hash: Hex($0.hash.bytes)) }
        }
    }

    var name: String
    var body: Hex
    var setHash: Hex
    var fields: Fields?
    /// The key's name in `signatures.json`.
    var key: String?
    var signature: Hex?
    var refused: String?
    /// The index of the op at fault, -1 for the whole set.
    var refusedOp: Int?

    static func refusal(_ body: [UInt8]) -> WireProblem? {
        do throws(WireProblem) {
            _ = try ChangeSet(decodingBody: body)
            return nil
        } catch { return error }
    }

    // MARK: Making

    static let tenant = TenantID(high: 0x0199_C82C_C000_7000, low: 0x8000_0000_0000_00A1)
    static let device = DeviceID(high: 0x0199_C82C_C000_7000, low: 0x8000_0000_0000_00B1)
    static let user = RecordID(high: 0x0199_C82C_C000_7000, low: 0x8000_0000_0000_00C1)
    static let order = RecordID(high: 0x0199_C82C_C000_7000, low: 0x8000_0000_0000_00D1)

    static func version(_ milliseconds: UInt64, _ replica: UInt32, _ sequence: UInt64) -> Version {
        Version(stamp: Stamp(milliseconds: milliseconds, counter: 0, replica: ReplicaID(rawValue: replica)), sequence: sequence)
    }

    /// An hour of work on an order.
    static func labour() -> ChangeSet {
        func id(_ last: UInt64) -> RecordID { RecordID(high: 0x0199_C82C_C000_7000, low: 0x8000_0000_0000_0000 + last) }
        let key = RecordKey(type: EntityType(rawValue: 25), id: id(0xE1))
        let writes: [(UInt32, Value)] = [
            (1, .reference(order)), (2, .reference(user)), (3, .text("work")), (4, .integer(3600)), (5, .text("2025-10-09T10:00:00+02:00")),
        ]
        return ChangeSet(
            protocolVersion: 1, schemaVersion: 1, tenant: tenant, device: device, writeID: WriteID(replica: ReplicaID(rawValue: 7), sequence: 1),
            previous: .none,
            base: Checkpoint(
                epoch: Epoch(rawValue: 0x1122_3344_5566_7788), position: Position(rawValue: 41), historyPrefix: (1...8).map { UInt8($0) },
                viewVersion: 6),
            claimed: Stamp(milliseconds: 1_760_000_000_000, counter: 0, replica: ReplicaID(rawValue: 7)), user: user, intent: "labour",
            ops: [Op(kind: .create, key: key, writes: writes.map { FieldWrite(field: FieldID(rawValue: $0.0), value: $0.1) })])
    }

    /// Everything a set can hold.
    static func rich() -> ChangeSet {
        let taskKey = RecordKey(type: EntityType(rawValue: 22), id: RecordID(high: 4, low: 4))
        let orderKey = RecordKey(type: EntityType(rawValue: 20), id: order)
        func field(_ number: UInt32) -> FieldID { FieldID(rawValue: number) }
        var set = labour()
        set.writeID = WriteID(replica: ReplicaID(rawValue: 7), sequence: 2)
        set.previous = SetHash(bytes: [UInt8](repeating: 0xAB, count: 32))
        set.claimed = Stamp(milliseconds: 1_760_000_000_500, counter: 3, replica: ReplicaID(rawValue: 7))
        set.intent = "Grüße"
        set.guards = [
            Guard(key: orderKey, field: field(12), seen: [version(1_759_000_000_000, 3, 9)]), Guard(key: orderKey, field: field(14), seen: []),
        ]
        set.ops = [
            Op(
                kind: .patch, key: orderKey,
                writes: [
                    FieldWrite(field: field(8), value: .text("high"), bases: [version(1_759_000_000_000, 3, 9), version(1_759_000_000_001, 4, 2)]),
                    FieldWrite(field: field(17), op: .add, value: .text("night")),
                    FieldWrite(field: field(17), op: .remove, value: .text("day"), bases: [version(1, 3, 1)]),
                    FieldWrite(field: field(7), value: .null, bases: [version(1, 3, 1)]),
                ]),
            Op(
                kind: .patch, key: RecordKey(type: EntityType(rawValue: 4), id: RecordID(high: 6, low: 6)),
                writes: [
                    FieldWrite(field: field(3), op: .raise, value: .text("1")),
                    FieldWrite(field: field(5), op: .release, value: .text("no"), bases: [version(1, 3, 1)]),
                ]),
            Op(kind: .delete, key: taskKey, seen: [version(1, 3, 1), version(2, 4, 1)]),
        ]
        set.origin = Origin(
            writeID: WriteID(replica: ReplicaID(rawValue: 6), sequence: 12), hash: SetHash(bytes: [UInt8](repeating: 0xCD, count: 32)))
        return set
    }

    private static func accepted(_ name: String, _ set: ChangeSet, _ body: [UInt8]? = nil) throws -> ChangeSetCase {
        let body = try body ?? set.encodedBody()
        let signature = try SignatureBook.shared.signature(of: SetHash.signedBytes(body: body), by: .device)
        return ChangeSetCase(
            name: name, body: Hex(body), setHash: Hex(SetHash(body: body).bytes), fields: Fields(try ChangeSet(decodingBody: body)),
            key: FixedKey.device.name,
            signature: Hex(signature))
    }

    private static func refused(_ name: String, _ change: (inout PBChangeSetBody) -> Void) throws -> ChangeSetCase {
        var message = try Wire.decode(PBChangeSetBody.self, try labour().encodedBody())
        change(&message)
        return refused(name, bytes: try Wire.encode(message))
    }

    private static func refused(_ name: String, bytes: [UInt8]) -> ChangeSetCase {
        let problem = refusal(bytes)
        return ChangeSetCase(name: name, body: Hex(bytes), setHash: Hex(SetHash(body: bytes).bytes), refused: problem?.code, refusedOp: problem?.op)
    }

    static func make() throws -> [ChangeSetCase] {
        let labourBody = try labour().encodedBody()
        let unknownField: [UInt8] = [0xF8, 0x07, 0x01]
        return [
            try accepted("an hour of labour", labour()), try accepted("everything a set can hold", rich()),
            try accepted("a field of a newer protocol is kept under the hash and skipped", labour(), labourBody + unknownField),
            try refused("15 bytes of tenant") { $0.tenant = data([UInt8](repeating: 1, count: 15)) },
            try refused("no device") { $0.device = data([]) }, try refused("17 bytes of user") { $0.user = data([UInt8](repeating: 1, count: 17)) },
            try refused("replica zero") { $0.replica = 0 }, try refused("sequence zero") { $0.sequence = 0 },
            try refused("31 bytes of previous hash") { $0.previousHash = data([UInt8](repeating: 0, count: 31)) },
            try refused("11 bytes of stamp") { $0.stamp = $0.stamp.dropLast() },
            try refused("a stamp of replica zero") { $0.stamp = data([UInt8](repeating: 0, count: 12)) },
            try refused("another replica's stamp") { $0.stamp = data(Stamp(milliseconds: 1, counter: 0, replica: ReplicaID(rawValue: 8)).encoded) },
            try refused("101 bytes of intent") { $0.intent = String(repeating: "x", count: 101) },
            try refused("NUL in the intent") { $0.intent = "a\u{0}b" },
            try refused("501 ops") { message in message.ops = [PBOp](repeating: PBOp(), count: 501) },
            try refused("an op without kind") { $0.ops[0].kind = .unspecified },
            try refused("an op of an unknown kind") { $0.ops[0].kind = .UNRECOGNIZED(9) },
            try refused("a key of 18 bytes in the second op") { message in
                var op = message.ops[0]
                op.key = op.key.dropLast()
                message.ops.append(op)
            },
            try refused("facet 9") { $0.ops[0].key = $0.ops[0].key.dropLast() + [9] },
            try refused("a write without merge op") { $0.ops[0].writes[0].op = .unspecified },
            try refused("a value that is not canonical") { $0.ops[0].writes[3].value = data([0x18, 0x01]) },
            try refused("a value with something behind it") { $0.ops[0].writes[3].value = data([0x01, 0x01]) },
            try refused("no value") { $0.ops[0].writes[3].value = data([]) },
            try refused("a base of 12 bytes") { $0.ops[0].writes[0].bases = [data([UInt8](repeating: 1, count: 12))] },
            try refused("65 bases") { $0.ops[0].writes[0].bases = [[UInt8]](repeating: version(1, 2, 3).encoded, count: 65).map { data($0) } },
            try refused("a guard's key of 3 bytes") { message in
                var condition = PBGuard()
                condition.key = data([1, 2, 3])
                message.guards = [condition]
            },
            try refused("an origin without hash") { message in
                message.origin.replica = 6
                message.origin.sequence = 1
            },
            refused("no bytes", bytes: []), refused("cut in the middle", bytes: Array(labourBody.prefix(labourBody.count / 2))),
            refused("a field that runs past the end", bytes: [0x1A, 0x7F]), refused("wire type 7", bytes: [0x0F]),
            refused("field number zero", bytes: [0x00, 0x01]),
        ]
    }
}

/// Signatures over one body: valid ones and all that must be refused.
struct SetSignatureCase: VectorCase {
    static let file = "set-signatures"
    var name: String
    var algorithm: UInt8
    var publicKey: Hex
    var body: Hex
    var signature: Hex
    var valid: Bool

    var isValid: Bool {
        SignatureAlgorithm(rawValue: algorithm).map {
            Signatures.isValid(signature.bytes, of: SetHash.signedBytes(body: body.bytes), algorithm: $0, publicKey: publicKey.bytes)
        } ?? false
    }

    static func make() throws -> [SetSignatureCase] {
        let labourBody = try ChangeSetCase.labour().encodedBody()
        let body = labourBody
        let key = FixedKey.device
        let publicKey = try key.publicKey()
        let good = try SignatureBook.shared.signature(of: SetHash.signedBytes(body: body), by: key)
        // 32 bytes of private key and a signature that RFC 8032 makes the same every time.
        let edwards = try Curve25519.Signing.PrivateKey(rawRepresentation: key.privateKey)
        let edwardsSignature = try SignatureCaseEd25519.signature(body, edwards)
        func made(_ name: String, _ signature: [UInt8], body: [UInt8]? = nil, key: [UInt8]? = nil, algorithm: UInt8 = 1) throws -> SetSignatureCase {
            var made = SetSignatureCase(
                name: name, algorithm: algorithm, publicKey: Hex(key ?? publicKey), body: Hex(body ?? labourBody),
                signature: Hex(signature), valid: false)
            made.valid = made.isValid
            return made
        }
        return [
            try made("P-256", good), try made("Ed25519", edwardsSignature, key: Array(edwards.publicKey.rawRepresentation), algorithm: 2),
            try made("high s: the twin of the valid one", HighS.twin(of: good)),
            try made("over the body without its context", SignatureBook.shared.signature(of: body, by: key)),
            try made("under another context", SignatureBook.shared.signature(of: text("truckroll/certificate/1") + [0] + body, by: key)),
            try made("another key's", SignatureBook.shared.signature(of: SetHash.signedBytes(body: body), by: .second)),
            try made("another body's", good, body: body + [0xF8, 0x07, 0x01]), try made("a byte short", Array(good.dropLast())),
            try made("a byte long", good + [0]), try made("empty", []), try made("all zero", [UInt8](repeating: 0, count: 64)),
            try made("r and s swapped", Array(good.suffix(32)) + Array(good.prefix(32))),
            try made("the key compressed", good, key: [2 + (publicKey[64] & 1)] + Array(publicKey[1...32])),
            try made("a key that is no point", good, key: Array(publicKey.dropLast()) + [publicKey[64] ^ 1]),
            try made("P-256 taken for Ed25519", good, algorithm: 2), try made("an algorithm this version does not know", good, algorithm: 3),
        ]
    }
}

/// CryptoKit's Ed25519 signatures may be randomised; this one is kept.
enum SignatureCaseEd25519 {
    static func signature(_ body: [UInt8], _ key: Curve25519.Signing.PrivateKey) throws -> [UInt8] {
        let message = SetHash.signedBytes(body: body)
        let kept: [SetSignatureCase] = (try? VectorFile.read(SetSignatureCase.file)) ?? []
        if let known = kept.first(where: { $0.name == "Ed25519" })?.signature.bytes, key.publicKey.isValidSignature(known, for: message) {
            return known
        }
        return Array(try key.signature(for: message))
    }
}

enum HighS {
    private static let order: [UInt8] = [
        0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
    ]

    /// (r, n − s) of (r, s).
    static func twin(of signature: [UInt8]) -> [UInt8] {
        var (result, borrow) = (signature, 0)
        for index in (0..<32).reversed() {
            let difference = Int(order[index]) - Int(signature[32 + index]) - borrow
            borrow = difference < 0 ? 1 : 0
            result[32 + index] = UInt8(truncatingIfNeeded: difference)
        }
        return result
    }
}

struct ReceiptCase: VectorCase {
    static let file = "receipts"
    var name: String
    var replica: UInt32
    var sequence: UInt64
    var setHash: Hex
    var epoch: String
    var position: UInt64
    var stamp: Hex
    var outcome: UInt8
    var receiptKey: Hex
    var authenticated: Hex
    var mac: Hex

    func receipt() throws -> Receipt {
        let epoch = try #require(UInt64(epoch, radix: 16))
        return Receipt(
            writeID: WriteID(replica: ReplicaID(rawValue: replica), sequence: sequence), setHash: SetHash(bytes: setHash.bytes),
            epoch: Epoch(rawValue: epoch),
            position: Position(rawValue: position), stamp: try Stamp(decoding: stamp.bytes), outcome: try #require(Outcome(rawValue: outcome)),
            remarks: [])
    }

    static func make() throws -> [ReceiptCase] {
        try Outcome.allCases.map { outcome in
            var made = ReceiptCase(
                name: outcome.name, replica: 7, sequence: UInt64(outcome.rawValue), setHash: Hex(SetHash(body: [outcome.rawValue]).bytes),
                epoch: "1122334455667788",
                position: 40 + UInt64(outcome.rawValue),
                stamp: Hex(Stamp(milliseconds: 1_760_000_000_000, counter: 1, replica: ReplicaID(rawValue: 7)).encoded),
                outcome: outcome.rawValue, receiptKey: Hex((0x80..<0xA0).map { UInt8($0) }), authenticated: Hex([]), mac: Hex([]))
            made.authenticated = Hex(try made.receipt().authenticated)
            made.mac = Hex(MessageAuthentication.code(for: made.authenticated.bytes, key: made.receiptKey.bytes))
            return made
        }
    }
}

struct CheckpointCase: VectorCase {
    static let file = "checkpoints"
    var name: String
    var device: Hex
    var epoch: String
    var position: UInt64
    var history: Hex
    var viewVersion: UInt64
    var receiptKey: Hex
    var authenticated: Hex
    var mac: Hex

    func checkpoint() throws -> Checkpoint {
        Checkpoint(
            epoch: Epoch(rawValue: try #require(UInt64(epoch, radix: 16))), position: Position(rawValue: position), historyPrefix: history.bytes,
            viewVersion: viewVersion)
    }

    static func make() throws -> [CheckpointCase] {
        let devices: [(String, DeviceID)] = [("one device", ChangeSetCase.device), ("the same, another device's", DeviceID(high: 1, low: 2))]
        return try devices.map { name, device in
            var made = CheckpointCase(
                name: name, device: Hex(device.bytes), epoch: "1122334455667788", position: 41, history: Hex((1...8).map { UInt8($0) }),
                viewVersion: 3, receiptKey: Hex((0x80..<0xA0).map { UInt8($0) }), authenticated: Hex([]), mac: Hex([]))
            made.authenticated = Hex(try made.checkpoint().authenticated(for: device))
            made.mac = Hex(MessageAuthentication.code(for: made.authenticated.bytes, key: made.receiptKey.bytes))
            return made
        }
    }
}

@Suite("Vectors: change sets and receipts")
struct ChangeSetVectorTests {
    @Test("bodies", arguments: try VectorFile.load(ChangeSetCase.self))
    func body(_ vector: ChangeSetCase) throws {
        #expect(SetHash(body: vector.body.bytes).bytes == vector.setHash.bytes)
        let problem = ChangeSetCase.refusal(vector.body.bytes)
        #expect(problem?.code == vector.refused && problem?.op == vector.refusedOp)
        #expect((vector.fields == nil) != (vector.refused == nil))
        guard vector.refused == nil else { return }
        #expect(ChangeSetCase.Fields(try ChangeSet(decodingBody: vector.body.bytes)) == vector.fields)
        let key = try #require(FixedKey.all.first { $0.name == vector.key })
        #expect(
            Signatures.isValid(
                try #require(vector.signature).bytes, of: SetHash.signedBytes(body: vector.body.bytes), algorithm: .p256,
                publicKey: try key.publicKey()))
    }

    @Test("signatures of sets", arguments: try VectorFile.load(SetSignatureCase.self))
    func setSignature(_ vector: SetSignatureCase) { #expect(vector.isValid == vector.valid) }

    @Test("only the two signatures made as they should are valid")
    func valid() throws {
        #expect(try VectorFile.load(SetSignatureCase.self).filter(\.valid).map(\.name) == ["P-256", "Ed25519"])
    }

    @Test("kept signatures", arguments: try VectorFile.load(SignatureCase.self))
    func signature(_ vector: SignatureCase) throws {
        let key = try #require(FixedKey.all.first { $0.name == vector.key })
        #expect(key.privateKey == vector.privateKey.bytes)
        #expect(try key.publicKey() == vector.publicKey.bytes)
        #expect(Signatures.isValid(vector.signature.bytes, of: vector.message.bytes, algorithm: .p256, publicKey: vector.publicKey.bytes))
    }

    @Test("receipts", arguments: try VectorFile.load(ReceiptCase.self))
    func receipt(_ vector: ReceiptCase) throws {
        let authenticated = try vector.receipt().authenticated
        #expect(authenticated == vector.authenticated.bytes)
        #expect(MessageAuthentication.code(for: authenticated, key: vector.receiptKey.bytes) == vector.mac.bytes)
    }

    @Test("checkpoints", arguments: try VectorFile.load(CheckpointCase.self))
    func checkpoint(_ vector: CheckpointCase) throws {
        let device = try #require(DeviceID(bytes: vector.device.bytes))
        let authenticated = try vector.checkpoint().authenticated(for: device)
        #expect(authenticated == vector.authenticated.bytes)
        #expect(MessageAuthentication.code(for: authenticated, key: vector.receiptKey.bytes) == vector.mac.bytes)
    }

    @Test("the files are as this code makes them")
    func made() throws {
        #expect(try CheckpointCase.make() == VectorFile.load(CheckpointCase.self))
        #expect(try ChangeSetCase.make() == VectorFile.load(ChangeSetCase.self))
        #expect(try SetSignatureCase.make() == VectorFile.load(SetSignatureCase.self))
        #expect(try ReceiptCase.make() == VectorFile.load(ReceiptCase.self))
    }
}
