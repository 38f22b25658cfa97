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
/// would shift all that is recorded until the next one. So the clock's reading is noted at each sync together with the machine's
/// uptime, and goes on from there by the uptime when it has been set since. After a restart of the machine the clock counts as it is.
public final class SteadyClock: Sendable {
    private struct Mark: Hashable, Codable {
        let uptime: Uptime
        /// Unix milliseconds by the machine's clock.
        let clock: Int64
    }

    /// A clock that is less far from where it should be, in milliseconds, was not set; it was only adjusted.
    public static let tolerance: Int64 = 60_000

    /// What a mark may be off before it is made anew, in milliseconds.
    private static let drift: Int64 = 1000

    private let file: URL
    private let clock: @Sendable () -> Int64
    private let uptime: @Sendable () -> Uptime?
    private let mark: Mutex<Mark?>

    /// - Parameter file: where the last mark is kept.
    public init(file: URL, clock: @escaping @Sendable () -> Int64, uptime: @escaping @Sendable () -> Uptime?) {
        self.file = file
        self.clock = clock
        self.uptime = uptime
        mark = Mutex(FileManager.default.contents(atPath: file.path).flatMap { try? JSONDecoder().decode(Mark.self, from: $0) })
    }

    /// Unix milliseconds.
    public func now() -> Int64 { clock() - wasSetBy() }

    /// By how much the clock was set since the last mark, in milliseconds; 0 when it was not, or when that cannot be told.
    public func wasSetBy() -> Int64 {
        guard let mark = mark.withLock({ $0 }), let uptime = uptime(), uptime.run == mark.uptime.run else { return 0 }
        let shift = clock() - (mark.clock + uptime.milliseconds - mark.uptime.milliseconds)
        return shift.magnitude < Self.tolerance ? 0 : shift
    }

    /// Notes that the clock's offset was measured now, against the clock as it is. A full disk only loses the note.
    ///
    /// Nothing is written while the clock goes on as the last mark says, so a sync of many replies writes once.
    public func note() {
        let fresh = uptime().map { Mark(uptime: $0, clock: clock()) }
        if let fresh, let last = mark.withLock({ $0 }), last.uptime.run == fresh.uptime.run,
            (fresh.clock - last.clock - (fresh.uptime.milliseconds - last.uptime.milliseconds)).magnitude < Self.drift
        {
            return
        }
        mark.withLock { $0 = fresh }
        if let fresh { try? JSONEncoder().encode(fresh).write(to: file, options: .atomic) } else { try? FileManager.default.removeItem(at: file) }
    }
}
