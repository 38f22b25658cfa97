import Foundation
import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// The device's clock, luck and time zone, handed in so that a test can hold them.
public struct DeviceEnvironment: Sendable {
    /// Unix time in milliseconds by the device's own clock.
    public var now: @Sendable () -> Int64
    /// Offset of the user's time zone at an instant, in minutes.
    public var offsetMinutes: @Sendable (Int64) -> Int
    /// Random bytes.
    public var random: @Sendable (Int) -> [UInt8]
    /// How long the machine has been running; by it a device notices that its clock was set. `nil` where nothing tells.
    public var uptime: @Sendable () -> Uptime?

    public init(
        now: @escaping @Sendable () -> Int64, offsetMinutes: @escaping @Sendable (Int64) -> Int, random: @escaping @Sendable (Int) -> [UInt8],
        uptime: @escaping @Sendable () -> Uptime? = { nil }
    ) {
        self.now = now
        self.uptime = uptime
        self.offsetMinutes = offsetMinutes
        self.random = random
    }

    /// The machine's clock, zone and random source. A clock given as an RFC 3339 text runs on from there, for demonstrations.
    public static func system(clockOffsetMilliseconds: Int64 = 0) -> DeviceEnvironment {
        DeviceEnvironment(
            now: { Int64(Date().timeIntervalSince1970 * 1000) + clockOffsetMilliseconds },
            offsetMinutes: { TimeZone.current.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0) / 1000)) / 60 },
            random: { count in
                var generator = SystemRandomNumberGenerator()
                return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            },
            // A clock that is made up for a demonstration goes as it is told.
            uptime: { clockOffsetMilliseconds == 0 ? Uptime.ofMachine() : nil })
    }

    /// The same clock and luck in a company's zone: people read and write times of the place they work for, not of the machine.
    func working(in calendar: TenantCalendar) -> DeviceEnvironment {
        var environment = self
        environment.offsetMinutes = { calendar.offsetMinutes(at: $0) }
        return environment
    }

    /// An instant, whoever wrote it down where, in the zone of the device.
    public func local(_ time: DeviceTime) -> DeviceTime {
        DeviceTime(milliseconds: time.milliseconds, offsetMinutes: offsetMinutes(time.milliseconds))
    }

    /// A new record id, dated by the clock.
    func newID() -> RecordID {
        var generator = ByteGenerator(random)
        return RecordID.version7(milliseconds: UInt64(max(0, now())), using: &generator)
    }

    func newDeviceID() -> DeviceID {
        var generator = ByteGenerator(random)
        return DeviceID.version7(milliseconds: UInt64(max(0, now())), using: &generator)
    }
}

/// Draws numbers from a source of bytes.
struct ByteGenerator: RandomNumberGenerator {
    private let bytes: @Sendable (Int) -> [UInt8]

    init(_ bytes: @escaping @Sendable (Int) -> [UInt8]) { self.bytes = bytes }

    mutating func next() -> UInt64 { bytes(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
