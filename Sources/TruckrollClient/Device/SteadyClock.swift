import Foundation
import Synchronization

/// How long a machine has been running, sleep included; it says nothing over a restart of the machine.
public struct Uptime: Hashable, Sendable, Codable {
    /// This run of the machine; another one after a restart.
    public let run: String
    public let milliseconds: Int64

    public init(run: String, milliseconds: Int64) {
        self.run = run
        self.milliseconds = milliseconds
    }

    /// That of this machine; `nil` where it cannot be read.
    public static func ofMachine() -> Uptime? {
        guard let run = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id"),
            let text = FileManager.default.contents(atPath: "/proc/uptime"),
            let seconds = String(decoding: text, as: UTF8.self).split(separator: " ").first.flatMap({ Double($0) })
        else { return nil }
        return Uptime(run: String(decoding: run, as: UTF8.self).filter { !$0.isWhitespace }, milliseconds: Int64(seconds * 1000))
    }
}

/// The machine's clock as it would go on if nobody set it.
///
/// A device corrects its clock by the offset it measured at its last sync. Who sets the clock in between, be it right or wrong,
/// would shift all that is recorded until the next one. So the clock's reading is noted with each offset, together with the machine's
/// uptime, and goes on from there by the uptime when it has been set since. After a restart of the machine the clock counts as it is.
public final class SteadyClock: Sendable {
    /// A reading of the clock.
    private struct Reading: Hashable, Codable {
        let uptime: Uptime
        /// Unix milliseconds by the machine's clock.
        let clock: Int64
    }

    /// A clock that is less far from where it should be, in milliseconds, was not set; it was only adjusted.
    public static let tolerance: Int64 = 60_000

    private let clock: @Sendable () -> Int64
    private let uptime: @Sendable () -> Uptime?
    private let last = Mutex<Reading?>(nil)

    /// A clock that counts as it is.
    public init(clock: @escaping @Sendable () -> Int64, uptime: @escaping @Sendable () -> Uptime?) {
        self.clock = clock
        self.uptime = uptime
    }

    /// Goes on from a reading; from none where the bytes are none.
    public func goOn(from reading: [UInt8]) {
        let read = try? JSONDecoder().decode(Reading.self, from: Data(reading))
        last.withLock { $0 = read }
    }

    /// The clock as it is now, to be kept with the offset that is measured against it; empty where nothing tells the uptime.
    public func reading() -> [UInt8] {
        uptime().flatMap { try? JSONEncoder().encode(Reading(uptime: $0, clock: clock())) }.map { Array($0) } ?? []
    }

    /// Unix milliseconds.
    public func now() -> Int64 { clock() - wasSetBy() }

    /// By how much the clock was set since the reading, in milliseconds; 0 when it was not, or when that cannot be told.
    public func wasSetBy() -> Int64 {
        guard let last = last.withLock({ $0 }), let uptime = uptime(), uptime.run == last.uptime.run, uptime.milliseconds >= last.uptime.milliseconds
        else { return 0 }
        let (passed, isBeyond) = uptime.milliseconds.subtractingReportingOverflow(last.uptime.milliseconds)
        let (expected, isTooLate) = last.clock.addingReportingOverflow(passed)
        let (shift, isTooFar) = clock().subtractingReportingOverflow(expected)
        return isBeyond || isTooLate || isTooFar || shift.magnitude < UInt64(Self.tolerance) ? 0 : shift
    }
}
