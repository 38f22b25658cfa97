import Foundation
import Testing
import TruckrollCore
import TruckrollCryptography
import TruckrollProtocol

/// A client of protocol 1 and schema 1 as it was first released, frozen: it reads and writes the messages by the field numbers
/// of that day, byte by byte, and knows nothing of any that came later. Keep it as it is when the protocol grows.
///
/// Unchecked: a test uses it from one task at a time.
final class OlderClient: @unchecked Sendable {
    private let port: Int
    private let tenant: String
    private let tenantBytes: [UInt8]
    private let now: @Sendable () -> UInt64
    private let key = P256.Signing.PrivateKey()
    private let device: [UInt8]
    private(set) var replica: UInt64 = 0
    private var user: [UInt8] = []
    private var token = ""
    private var macKey: [UInt8] = []

    /// Entries of a record by field, each version and value as they came.
    private(set) var records: [[UInt8]: [UInt64: (version: [UInt8], value: [UInt8])]] = [:]
    private(set) var scopes: [String: Set<[UInt8]>] = [:]
    private var checkpoint: [UInt8]?
    private var checkpointMAC: [UInt8] = []
    private var outbox: [(sequence: UInt64, body: [UInt8], signature: [UInt8])] = []
    private var sequence: UInt64 = 0
    private var previous = [UInt8](repeating: 0, count: 32)
    var waiting: Int { outbox.count }

    init(port: Int, tenant: TenantID, now: @escaping @Sendable () -> UInt64) {
        (self.port, self.tenant, tenantBytes, self.now) = (port, "\(tenant)", tenant.bytes, now)
        device = [1, 0x99, 0xC8, 0x2C, 0xC0, 0, 0x70, 0, 0x80] + (0..<7).map { _ in UInt8.random(in: 0...255) }
    }

    /// The same device at a server that was started anew.
    init(_ other: OlderClient, port: Int) {
        (self.port, tenant, tenantBytes, now, device, replica, user) =
            (port, other.tenant, other.tenantBytes, other.now, other.device, other.replica, other.user)
        (records, scopes, checkpoint, checkpointMAC, outbox, sequence, previous) =
            (other.records, other.scopes, other.checkpoint, other.checkpointMAC, other.outbox, other.sequence, other.previous)
        borrowed = other.borrowed ?? other.key
    }

    private var borrowed: P256.Signing.PrivateKey?
    private func sign(_ bytes: [UInt8]) throws -> [UInt8] { try LowS.sign(bytes, with: borrowed ?? key) }

    // MARK: Protobuf, as far as a first release needs it

    private enum Field {
        case number(UInt64)
        case bytes([UInt8])
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func number(_ field: UInt64, _ value: UInt64) -> [UInt8] { value == 0 ? [] : varint(field << 3) + varint(value) }
    private static func bytes(_ field: UInt64, _ value: [UInt8]) -> [UInt8] { varint(field << 3 | 2) + varint(UInt64(value.count)) + value }

    /// The fields it knows how to skip, by number; of one that stands several times, all in order.
    private static func fields(_ message: [UInt8]) throws -> [UInt64: [Field]] {
        var (index, fields) = (0, [UInt64: [Field]]())
        func varint() throws -> UInt64 {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while true {
                try #require(index < message.count && shift < 64)
                value |= UInt64(message[index] & 0x7F) << shift
                index += 1
                if message[index - 1] < 0x80 { return value }
                shift += 7
            }
        }
        func run(_ count: Int) throws -> [UInt8] {
            try #require(count >= 0 && index + count <= message.count)
            defer { index += count }
            return Array(message[index..<index + count])
        }
        while index < message.count {
            let tag = try varint()
            let field: Field =
                switch tag & 7 {
                case 0: .number(try varint())
                case 1: .number(try run(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })
                case 2: .bytes(try run(Int(try varint())))
                default: .bytes(try run(4))
                }
            fields[tag >> 3, default: []].append(field)
        }
        return fields
    }

    private static func all(_ fields: [UInt64: [Field]], _ number: UInt64) -> [[UInt8]] {
        (fields[number] ?? []).compactMap { if case .bytes(let bytes) = $0 { bytes } else { nil } }
    }

    private static func one(_ fields: [UInt64: [Field]], _ number: UInt64) -> [UInt8] { all(fields, number).last ?? [] }

    private static func value(_ fields: [UInt64: [Field]], _ number: UInt64) -> UInt64 {
        if case .number(let value) = fields[number]?.last { value } else { 0 }
    }

    // MARK: Requests

    struct Refused: Error {
        let status: Int
        let code: String
    }

    private func post(_ endpoint: String, _ body: [UInt8], isSigned: Bool = false) async throws -> [UInt8] {
        var request = RawRequest("POST", "/v1/\(tenant)/\(endpoint)", body: body)
        if isSigned {
            var session = PBSignIn()
            session.token = token
            session.macKey = data(macKey)
            request = request.signed(session, at: now())
        }
        let answer = try await RawAnswer.exchange(request.bytes, port: port)
        guard answer.status == 200 else { throw Refused(status: answer.status, code: answer.problem?.code ?? "") }
        return answer.body
    }

    func enrol(_ code: String) async throws {
        let publicKey = Array(key.publicKey.x963Representation)
        let proof = try sign(Array("truckroll/enrol/1".utf8) + [0] + Array(code.utf8) + device + publicKey)
        let reply = try Self.fields(
            await post(
                "enrol",
                Self.bytes(1, Array(code.utf8)) + Self.bytes(2, device) + Self.number(3, 1) + Self.bytes(4, publicKey)
                    + Self.bytes(5, Array("old".utf8)) + Self.bytes(6, proof) + Self.number(7, 1)))
        (user, replica) = (Self.one(reply, 3), Self.value(reply, 4))
        try #require(replica > 0 && user.count == 16)
    }

    func signIn() async throws {
        let nonce = Self.one(try Self.fields(await post("session/challenge", Self.bytes(1, device))), 1)
        let number = (0..<4).map { UInt8(truncatingIfNeeded: replica >> (24 - 8 * UInt64($0))) }
        let proof = try sign(Array("truckroll/sign-in/1".utf8) + [0] + nonce + device + number)
        let reply = try Self.fields(
            await post("session", Self.bytes(1, device) + Self.number(2, replica) + Self.bytes(3, nonce) + Self.bytes(4, proof)))
        (token, macKey) = (String(decoding: Self.one(reply, 1), as: UTF8.self), Self.one(reply, 2))
        try #require(macKey.count == 32)
    }

    /// Puts a text into a field of a record that it holds.
    func write(_ text: String, to field: UInt64, of key: [UInt8]) throws {
        sequence += 1
        let milliseconds = now()
        let stamp =
            (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * UInt64($0))) } + [0, 0]
            + (0..<4).map { UInt8(truncatingIfNeeded: replica >> (24 - 8 * UInt64($0))) }
        let cbor = [0x60 | UInt8(text.utf8.count)] + Array(text.utf8)
        let base = records[key]?[field].map { Self.bytes(4, $0.version) } ?? []
        let op = Self.number(1, 2) + Self.bytes(2, key) + Self.bytes(3, Self.number(1, field) + Self.number(2, 1) + Self.bytes(3, cbor) + base)
        let checkpoint = checkpoint.map { Self.bytes(8, $0) } ?? []
        let mac = checkpointMAC.isEmpty ? [] : Self.bytes(15, checkpointMAC)
        let body =
            Self.number(1, 1) + Self.number(2, 1) + Self.bytes(3, tenantBytes) + Self.bytes(4, device) + Self.number(5, replica)
            + Self.number(6, sequence) + Self.bytes(7, previous) + checkpoint + Self.bytes(9, stamp) + Self.bytes(10, user)
            + Self.bytes(11, Array("write".utf8)) + Self.bytes(13, op) + mac
        let context = Array("truckroll/change-set/1".utf8) + [0]
        previous = Array(SHA256.hash(data: context + body))
        outbox.append((sequence, body, try sign(context + body)))
    }

    /// One round trip.
    ///
    /// - Returns: the outcomes of what was sent.
    @discardableResult
    func sync() async throws -> [UInt64] {
        let sets = outbox.flatMap { set in
            Self.bytes(
                2,
                Self.number(1, replica) + Self.number(2, set.sequence) + Self.bytes(3, set.body) + Self.number(4, 1) + Self.bytes(5, set.signature)
                    + Self.bytes(6, device))
        }
        let request =
            (checkpoint.map { Self.bytes(1, $0) } ?? []) + sets + Self.number(3, 1)
            + (checkpointMAC.isEmpty ? [] : Self.bytes(6, checkpointMAC))
        let reply = try Self.fields(await post("sync", request, isSigned: true))
        let receipts = try Self.all(reply, 1).map { try Self.fields($0) }
        let answered = Set(receipts.map { Self.value($0, 2) })
        outbox.removeAll { answered.contains($0.sequence) }
        for chunk in Self.all(reply, 2) { try take(chunk) }
        if let commit = Self.all(reply, 3).last { try close(commit) }
        return receipts.map { Self.value($0, 7) }
    }

    private func take(_ chunk: [UInt8]) throws {
        let fields = try Self.fields(chunk)
        let (versions, names) = (Self.all(fields, 1), Self.all(fields, 2).map { String(decoding: $0, as: UTF8.self) })
        for change in Self.all(fields, 3) {
            let change = try Self.fields(change)
            let key = Self.one(change, 1)
            if Self.value(change, 2) == 1 { records[key] = [:] }
            for entry in Self.all(change, 3) {
                let entry = try Self.fields(entry)
                records[key, default: [:]][Self.value(entry, 1)] = (versions[Int(Self.value(entry, 2))], Self.one(entry, 3))
            }
            // Repeated numbers are packed.
            var (packed, holding) = (Self.one(change, 4)[...], Set<String>())
            while let byte = packed.popFirst() { holding.insert(names[Int(byte)]) }
            for name in Set(scopes.keys).union(holding) {
                if holding.contains(name) { scopes[name, default: []].insert(key) } else { scopes[name]?.remove(key) }
            }
        }
    }

    /// Compares what it holds with the server's digests: they are equal only when every byte was kept, also of what it does not know.
    private func close(_ commit: [UInt8]) throws {
        let fields = try Self.fields(commit)
        for state in Self.all(fields, 2) {
            let state = try Self.fields(state)
            var (count, sum): (UInt64, UInt128) = (0, 0)
            for key in scopes[String(decoding: Self.one(state, 1), as: UTF8.self)] ?? [] {
                count += 1
                sum &+= hash(key)
            }
            #expect(count == Self.value(state, 2))
            #expect(sum == Self.one(state, 3).reduce(0) { $0 << 8 | UInt128($1) }, "\(String(decoding: Self.one(state, 1), as: UTF8.self))")
        }
        (checkpoint, checkpointMAC) = (Self.one(fields, 1), Self.one(fields, 5))
    }

    private func hash(_ key: [UInt8]) -> UInt128 {
        func u32(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        var bytes = Array("truckroll/record/1".utf8) + [0] + key
        for (field, entry) in (records[key] ?? [:]).sorted(by: { $0.key < $1.key }) {
            bytes += u32(Int(field)) + entry.version + u32(entry.value.count) + entry.value
        }
        return SHA256.hash(data: bytes).prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }
}
