import Foundation
import TruckrollProtocol

/// Where and how the server listens.
public struct HTTPConfiguration: Sendable {
    /// The address to bind.
    public var host: String
    /// The port to bind; 0 takes a free one.
    public var port: Int
    /// Connections the system holds until they are accepted: a depot comes online all at once.
    public var backlog = 4096
    /// Connections open at once; more wait in the backlog.
    public var maximumConnections = 12_000
    /// The file with the operator's token; without it there are no operator's commands.
    public var adminTokenFile: String?
    /// The protocol versions that are spoken: devices of older ones are only listened to, newer ones are told the newest of these.
    public var protocols = Limits.oldestProtocol...Limits.protocolVersion
    /// How long a message's body may take to arrive, beside what the bytes it announces take on the slowest line that is waited for.
    public var bodyTime: Duration = .seconds(30)
    /// How often a stream looks whether its token and device still hold.
    public var streamCheck: Duration = .seconds(2)
    /// The time between two heartbeats of a stream.
    public var heartbeat: Duration = .seconds(Limits.heartbeatSeconds)
    /// Threads for the service's blocking calls. Most of them wait for a commit, which those that write at a time share.
    public var serviceThreads = 64
    /// Calls that may wait for such a thread; more are told to come back.
    public var waitingCalls = 512
    /// Bytes of messages' bodies in memory at once, from their arrival to their answer: 120 of the largest. More are told to come back.
    public var messageBytes = 128 << 20
    /// The same of parts of attachments, which may take long to arrive.
    public var partBytes = 64 << 20
    /// The same of bodies that nobody has vouched for yet.
    public var unsignedBytes = 16 << 20
    /// Unix milliseconds.
    public var now: @Sendable () -> UInt64
    /// Milliseconds of a clock that nobody sets: where ``now`` falls behind it, the clock was set back.
    public var uptime: @Sendable () -> UInt64
    /// That many bytes nobody can guess.
    public var random: @Sendable (Int) -> [UInt8]

    public init(
        host: String, port: Int, backlog: Int = 4096, adminTokenFile: String? = nil,
        now: @escaping @Sendable () -> UInt64 = { UInt64(max(0, Date().timeIntervalSince1970 * 1000)) },
        uptime: @escaping @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds / 1_000_000 },
        random: @escaping @Sendable (Int) -> [UInt8] = { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }
    ) {
        self.host = host
        self.port = port
        self.backlog = backlog
        self.adminTokenFile = adminTokenFile
        self.now = now
        self.uptime = uptime
        self.random = random
    }

    /// The most bytes of bodies that are in memory at once, each counted once.
    public var bodyMemory: Int { messageBytes + partBytes + unsignedBytes + maximumConnections * HTTPLimits.freeBodyBytes }

    /// How long a message's body may take that says it has so many bytes, or does not say it.
    public func bodyTime(announcing bytes: Int?) -> Duration {
        bodyTime + .seconds(Double(max(0, bytes ?? 0)) / Double(Limits.slowestBytesPerSecond))
    }
}
