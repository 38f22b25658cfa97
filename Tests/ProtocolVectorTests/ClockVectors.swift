import Testing
import TruckrollCore

struct StampCase: VectorCase {
    static let file = "stamps"
    var name: String
    var bytes: Hex
    var milliseconds: UInt64?
    var counter: UInt16?
    var replica: UInt32?
    var refused: String?

    static func make() throws -> [StampCase] {
        func stamp(_ name: String, _ milliseconds: UInt64, _ counter: UInt16, _ replica: UInt32) -> StampCase {
            let stamp = Stamp(milliseconds: milliseconds, counter: counter, replica: ReplicaID(rawValue: replica))
            return StampCase(name: name, bytes: Hex(stamp.encoded), milliseconds: milliseconds, counter: counter, replica: replica)
        }
        func refused(_ name: String, _ bytes: [UInt8]) -> StampCase {
            StampCase(name: name, bytes: Hex(bytes), refused: refusal { _ = try Stamp(decoding: bytes) })
        }
        let ordinary = Stamp(milliseconds: 1_760_000_000_000, counter: 7, replica: ReplicaID(rawValue: 0xA1B2_C3D4)).encoded
        return [
            stamp("ordinary", 1_760_000_000_000, 7, 0xA1B2_C3D4), stamp("smallest", 0, 0, 1),
            stamp("largest", Stamp.maximumMilliseconds, .max, .max), stamp("counter full", 1_760_000_000_000, .max, 2),
            refused("replica zero", Array(ordinary.prefix(8)) + [0, 0, 0, 0]), refused("empty", []),
            refused("a byte short", Array(ordinary.dropLast())), refused("a byte long", ordinary + [0]),
        ]
    }
}

struct VersionCase: VectorCase {
    static let file = "versions"
    var name: String
    var bytes: Hex
    var milliseconds: UInt64?
    var counter: UInt16?
    var replica: UInt32?
    var sequence: UInt64?
    var refused: String?

    static func make() throws -> [VersionCase] {
        func version(_ name: String, _ milliseconds: UInt64, _ counter: UInt16, _ replica: UInt32, _ sequence: UInt64) -> VersionCase {
            let version = Version(
                stamp: Stamp(milliseconds: milliseconds, counter: counter, replica: ReplicaID(rawValue: replica)), sequence: sequence)
            return VersionCase(
                name: name, bytes: Hex(version.encoded), milliseconds: milliseconds, counter: counter, replica: replica, sequence: sequence)
        }
        func refused(_ name: String, _ bytes: [UInt8]) -> VersionCase {
            VersionCase(name: name, bytes: Hex(bytes), refused: refusal { _ = try Version(decoding: bytes) })
        }
        let good = Version(stamp: Stamp(milliseconds: 1_760_000_000_000, counter: 0, replica: ReplicaID(rawValue: 3)), sequence: 9).encoded
        return [
            version("ordinary", 1_760_000_000_000, 7, 0xA1B2_C3D4, 42), version("first", 1, 0, 1, 1), version("largest", 1 << 47, 1, 2, .max),
            refused("sequence zero", Array(good.prefix(12)) + [UInt8](repeating: 0, count: 8)),
            refused("replica zero", Array(good.prefix(8)) + [0, 0, 0, 0] + Array(good.suffix(8))), refused("a stamp alone", Array(good.prefix(12))),
            refused("a byte long", good + [1]), refused("empty", []),
        ]
    }
}

/// How the server fixes a stamp.
struct StampFixingCase: VectorCase {
    static let file = "stamp-fixing"
    struct Base: Codable, Hashable, Sendable {
        /// Of a known base the stamp the server gave it, of an unknown one the stamp the set names.
        var stamp: Hex
        var known: Bool
    }
    var name: String
    var claimed: Hex
    var last: Hex?
    /// In the order in which the set names them.
    var bases: [Base]
    var nowMilliseconds: UInt64
    var fixed: Hex

    func computed() throws -> [UInt8] {
        let stamps = try bases.map { base in
            let stamp = try Stamp(decoding: base.stamp.bytes)
            return base.known ? stamp : StampRule.clampedBase(stamp, nowMilliseconds: nowMilliseconds)
        }
        return StampRule.fixed(
            claimed: try Stamp(decoding: claimed.bytes), last: try last.map { try Stamp(decoding: $0.bytes) }, bases: stamps,
            nowMilliseconds: nowMilliseconds
        ).encoded
    }

    static func make() throws -> [StampFixingCase] {
        let now: UInt64 = 1_760_000_000_000
        func stamp(_ offset: Int64, _ counter: UInt16 = 0, _ replica: UInt32 = 5) -> Hex {
            Hex(Stamp(milliseconds: UInt64(Int64(now) + offset), counter: counter, replica: ReplicaID(rawValue: replica)).encoded)
        }
        func fixing(_ name: String, _ claimed: Hex, last: Hex? = nil, _ bases: [Base] = []) throws -> StampFixingCase {
            var made = StampFixingCase(name: name, claimed: claimed, last: last, bases: bases, nowMilliseconds: now, fixed: Hex([]))
            made.fixed = Hex(try made.computed())
            return made
        }
        return [
            try fixing("an honest claim stands", stamp(-1000)),
            try fixing("five minutes ahead stand", stamp(300_000, 9)),
            try fixing("a millisecond more is clamped, its counter with it", stamp(300_001, 9)),
            try fixing("years ahead are clamped", stamp(100_000_000_000)),
            try fixing("years behind stand when nothing was seen", stamp(-1_000_000_000_000)),
            try fixing("above the replica's last stamp", stamp(-5000), last: stamp(-1000, 3)),
            try fixing("equal to the last stamp is not above it", stamp(-1000, 3), last: stamp(-1000, 3)),
            try fixing("above a known base", stamp(-9000), [Base(stamp: stamp(-2000, 0, 9), known: true)]),
            try fixing("a full counter goes to the next millisecond", stamp(-9000), [Base(stamp: stamp(-2000, .max, 9), known: true)]),
            try fixing("a base of the same time and a lower replica is already below", stamp(-2000), [Base(stamp: stamp(-2000, 0, 3), known: true)]),
            try fixing("a base of the same time and a higher replica is not", stamp(-2000), [Base(stamp: stamp(-2000, 0, 9), known: true)]),
            try fixing("an unknown base is clamped before it counts", stamp(-9000), [Base(stamp: stamp(900_000, 4, 9), known: false)]),
            try fixing("a known base counts as the server has it", stamp(-9000), [Base(stamp: stamp(290_000, 4, 9), known: true)]),
            try fixing(
                "above all of them", stamp(-9000), last: stamp(-100, 1),
                [
                    Base(stamp: stamp(-2000, 7, 9), known: true), Base(stamp: stamp(-50, 2, 3), known: true),
                    Base(stamp: stamp(-60, 2, 4), known: false),
                ]),
            try fixing(
                "the highest of them alone, whatever stands before it", stamp(-9000), last: stamp(-50, 2, 5),
                [Base(stamp: stamp(-60, 2, 9), known: true), Base(stamp: stamp(-50, 2, 9), known: true), Base(stamp: stamp(-50, 3, 3), known: true)]),
            try fixing(
                "two of the same time, one counter apart by their replicas", stamp(-9000),
                [Base(stamp: stamp(-50, 2, 9), known: true), Base(stamp: stamp(-50, 2, 8), known: true)]),
            try fixing("a claim clamped and then raised", stamp(100_000_000_000), last: stamp(300_000, 2)),
        ]
    }
}

@Suite("Vectors: clocks")
struct ClockVectorTests {
    @Test("stamps", arguments: try VectorFile.load(StampCase.self))
    func stamp(_ vector: StampCase) throws {
        #expect(refusal { _ = try Stamp(decoding: vector.bytes.bytes) } == vector.refused)
        guard vector.refused == nil else { return }
        let stamp = try Stamp(decoding: vector.bytes.bytes)
        #expect(stamp.milliseconds == vector.milliseconds && stamp.counter == vector.counter && stamp.replica.rawValue == vector.replica)
        #expect(stamp.encoded == vector.bytes.bytes)
    }

    @Test("versions", arguments: try VectorFile.load(VersionCase.self))
    func version(_ vector: VersionCase) throws {
        #expect(refusal { _ = try Version(decoding: vector.bytes.bytes) } == vector.refused)
        guard vector.refused == nil else { return }
        let version = try Version(decoding: vector.bytes.bytes)
        #expect(version.stamp.milliseconds == vector.milliseconds && version.stamp.counter == vector.counter)
        #expect(version.writeID.replica.rawValue == vector.replica && version.sequence == vector.sequence)
        #expect(version.encoded == vector.bytes.bytes)
    }

    @Test("fixing stamps", arguments: try VectorFile.load(StampFixingCase.self))
    func fixing(_ vector: StampFixingCase) throws { #expect(try vector.computed() == vector.fixed.bytes) }

    @Test("the files are as this code makes them")
    func made() throws {
        #expect(try StampCase.make() == VectorFile.load(StampCase.self))
        #expect(try VersionCase.make() == VectorFile.load(VersionCase.self))
        #expect(try StampFixingCase.make() == VectorFile.load(StampFixingCase.self))
    }
}
