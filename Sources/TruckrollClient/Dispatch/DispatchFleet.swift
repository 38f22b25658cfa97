import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// How a device stands, as the server knows it.
public struct DeviceStatus: Sendable {
    /// Whose it is.
    public let user: RecordID
    /// That person's name.
    public let person: String
    /// What it is called.
    public let name: String
    /// The number of its enrolment.
    public let replica: ReplicaID
    /// Whether it was shut out.
    public let isRevoked: Bool
    /// When it asked last; `nil` for never.
    public let heardAt: DeviceTime?
    /// The moment of the company's history up to which it had everything then; `nil` where that is not known.
    public let dataOf: DeviceTime?
    /// Whether it has told that it has that, and not only been sent it.
    public let isConfirmed: Bool
    /// Whether nothing that it shows has changed since.
    public let isCurrent: Bool
    /// How many change sets of its own it still held.
    public let unsent: Int
    /// Since when it has always held some; `nil` when it held none.
    public let heldSince: DeviceTime?
    /// When the oldest of them was made, by its own clock.
    public let oldestUnsent: DeviceTime?
    /// How many photos and other files it holds that have not arrived.
    public let files: Int
    /// Of how many bytes they are.
    public let fileBytes: Int
    /// How many seconds its clock is ahead.
    public let clockAheadSeconds: Int
    /// What it runs, as it says itself.
    public let software: String
    /// How many orders it has with it.
    public let orders: Int

    /// Whether it holds work that has not come.
    public var holdsWork: Bool { unsent > 0 || files > 0 }
}

/// How all devices stand at one moment.
public struct Fleet: Sendable {
    /// The server's clock.
    public let at: DeviceTime
    /// The position of the log.
    public let position: Position
    /// By person, then by device.
    public let devices: [DeviceStatus]

    /// Hours since a device asked last; `nil` when it never has.
    public func hoursSilent(_ device: DeviceStatus) -> Double? {
        device.heardAt.map { Double(at.milliseconds - $0.milliseconds) / 3_600_000 }
    }

    /// The devices of a person that are not shut out, the one heard of last first.
    public func devices(of user: RecordID) -> [DeviceStatus] {
        devices.filter { $0.user == user && !$0.isRevoked }.sorted { ($0.heardAt?.milliseconds ?? 0) > ($1.heardAt?.milliseconds ?? 0) }
    }
}

extension DeviceClient {
    /// Asks the server how all devices stand.
    ///
    /// - Throws: ``TransportProblem``, `not-allowed` for a technician among them.
    public func fleet() async throws -> Fleet {
        let reply = try await withTransport { transport, _ in try await transport.devices(PBDevicesRequest()) }
        return try read { reader in
            let calendar = TenantCalendar(timeZone: try reader.companyZone() ?? "UTC")
            let time = { (milliseconds: UInt64) in milliseconds == 0 ? nil : calendar.local(Int64(clamping: milliseconds)) }
            let devices = try reply.devices.compactMap { standing -> DeviceStatus? in
                guard let user = RecordID(bytes: Array(standing.user)) else { return nil }
                return DeviceStatus(
                    user: user, person: try reader.view("user", user)?.text("name") ?? user.short, name: standing.name,
                    replica: ReplicaID(rawValue: standing.replica), isRevoked: standing.revoked, heardAt: time(standing.heardAt),
                    dataOf: time(standing.asOf), isConfirmed: standing.confirmed == standing.position, isCurrent: standing.current,
                    unsent: Int(standing.unsent), heldSince: time(standing.heldSince),
                    oldestUnsent: time(standing.oldestUnsent), files: Int(standing.files), fileBytes: Int(clamping: standing.fileBytes),
                    clockAheadSeconds: Int(standing.skew / 1000), software: standing.software, orders: Int(standing.orders))
            }
            return Fleet(
                at: calendar.local(Int64(clamping: reply.time)), position: Position(rawValue: reply.position),
                devices: devices.sorted { ($0.person, $0.replica.rawValue) < ($1.person, $1.replica.rawValue) })
        }
    }
}
