import Synchronization
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// What the office is told of devices: how old what each has is, and what of its own work has not come.
extension ServerEngine {
    /// Notes how a device stands after an answer. It is stored within a minute: what asks often makes no writes of its own.
    func note(_ request: PBSyncRequest, _ reply: PBSyncReply, of id: ReplicaID, at moment: ServerMoment) throws {
        // Another process may have heard of it since.
        let former = try reports.recent(of: id, at: moment.milliseconds) ?? store.read { try $0.report(of: id) }
        reports.note(Self.report(request, reply, of: id, former, at: moment))
    }

    /// Stores what was noted. Called once a minute, and before the store is closed.
    public func saveReports() throws {
        let unsaved = reports.takeUnsaved()
        guard !unsaved.isEmpty else { return }
        do {
            try store.write { transaction in
                for report in unsaved where try transaction.report(of: report.replica).map({ $0.heardAt <= report.heardAt }) ?? true {
                    try transaction.save(report)
                }
            }
        } catch {
            reports.giveBack(unsaved)
            throw error
        }
    }

    private static func report(
        _ request: PBSyncRequest, _ reply: PBSyncReply, of id: ReplicaID, _ former: DeviceReportRow?, at moment: ServerMoment
    ) -> DeviceReportRow {
        let unsent = UInt32(clamping: Int(request.unsent) + max(0, request.push.count - reply.receipts.count))
        let clock = Int64(clamping: request.report.clock)
        let oldest = Int64(clamping: request.report.oldestUnsent)
        let position = { (position: UInt64) in Position(rawValue: min(position, UInt64(Int64.max))) }
        // A view that comes in parts is whole with the last one.
        let isWhole = reply.hasCommit && !reply.hasFilling
        // What a hostile device says of itself is shown to people, and stored.
        let software = request.report.software.unicodeScalars.filter { (0x20..<0x7F).contains($0.value) }.prefix(Limits.softwareCharacters)
        return DeviceReportRow(
            replica: id, heardAt: moment.milliseconds, epoch: Epoch(rawValue: isWhole ? reply.commit.checkpoint.epoch : request.checkpoint.epoch),
            position: position(request.checkpoint.position),
            offered: position(isWhole ? reply.commit.checkpoint.position : request.checkpoint.position), unsent: unsent,
            heldSince: unsent == 0 ? nil : former?.heldSince ?? moment.milliseconds,
            oldestUnsent: unsent == 0 || !Limits.plausibleTimes.contains(oldest) ? nil : oldest,
            files: request.report.files, fileBytes: min(request.report.fileBytes, 1 << 50),
            skew: Limits.plausibleTimes.contains(clock) ? clock - moment.milliseconds : 0, software: String(String.UnicodeScalarView(software)))
    }

    /// Of each device what was told last, stored or not.
    public func newestReports(_ transaction: any ServerTransaction) throws -> [ReplicaID: DeviceReportRow] {
        reports.newest(besides: try transaction.reports())
    }

    /// How all enrolled devices stand, for the office.
    ///
    /// - Throws: ``EngineProblem`` `not-allowed` for a technician, `replica-unknown`.
    public func devices(for id: ReplicaID, at moment: ServerMoment) throws -> PBDevicesReply {
        try store.read { transaction in
            guard let tenant = try transaction.tenant(), let asking = try transaction.replica(id) else {
                throw EngineProblem("replica-unknown", "This server has not enrolled the replica.", next: "Enrol again; the outbox stays.")
            }
            guard try sequencer(transaction, moment).presentRole(of: asking) != .technician else {
                throw EngineProblem("not-allowed", "How devices stand is for the office.", next: "Ask the dispatcher.")
            }
            var reply = PBDevicesReply()
            (reply.epoch, reply.position, reply.time) = (tenant.epoch.rawValue, tenant.head.rawValue, UInt64(max(0, moment.milliseconds)))
            let reports = try newestReports(transaction)
            for row in try transaction.replicas() where !row.publicKey.isEmpty && row.role != .importer {
                reply.devices.append(try standing(of: row, reports[row.replica], tenant, transaction))
            }
            return reply
        }
    }

    private func standing(
        of row: ReplicaRow, _ report: DeviceReportRow?, _ tenant: TenantState, _ transaction: any ServerTransaction
    ) throws -> PBDeviceStanding {
        var standing = PBDeviceStanding()
        (standing.replica, standing.device, standing.user) = (row.replica.rawValue, data(row.device.bytes), data(row.user.bytes))
        (standing.name, standing.revoked) = (row.name, row.revokedAt != nil)
        standing.heardAt = UInt64(clamping: report?.heardAt ?? row.lastSeen)
        standing.orders = UInt32(clamping: try transaction.viewScopes(row.replica).count { $0.scope.kind == "order" })
        guard let report else { return standing }
        (standing.unsent, standing.skew, standing.software) = (report.unsent, report.skew, report.software)
        (standing.heldSince, standing.oldestUnsent) = (UInt64(clamping: report.heldSince ?? 0), UInt64(clamping: report.oldestUnsent ?? 0))
        (standing.files, standing.fileBytes) = (report.files, report.fileBytes)
        // A place in another history says nothing of this one.
        guard report.epoch == tenant.epoch, report.offered <= tenant.head else { return standing }
        (standing.position, standing.confirmed) = (report.offered.rawValue, report.position.rawValue)
        standing.current = try row.revokedAt == nil && report.offered > .start && !transaction.hasChanges(in: row.replica, after: report.offered)
        standing.asOf = try transaction.admitted(at: report.offered).map { UInt64(clamping: $0.admittedAt) } ?? 0
        return standing
    }

    /// An attachment's bytes have come since its device told of what it holds.
    func noteArrived(_ bytes: Int, from id: ReplicaID, at moment: ServerMoment) throws {
        guard var report = try reports.recent(of: id, at: moment.milliseconds) ?? store.read({ try $0.report(of: id) }), report.files > 0 else {
            return
        }
        report.files -= 1
        report.fileBytes -= min(report.fileBytes, UInt64(max(0, bytes)))
        reports.note(report)
    }
}

/// What devices told lately.
final class DeviceReports: Sendable {
    private struct State {
        var known: [ReplicaID: DeviceReportRow] = [:]
        var unsaved: Set<ReplicaID> = []
    }

    private let state = Mutex(State())

    /// What was noted of a device less than a minute ago.
    func recent(of id: ReplicaID, at milliseconds: Int64) -> DeviceReportRow? {
        state.withLock { state in
            state.known[id].flatMap { abs(milliseconds - $0.heardAt) < Int64(Limits.reportSeconds) * 1000 || state.unsaved.contains(id) ? $0 : nil }
        }
    }

    func note(_ report: DeviceReportRow) {
        state.withLock {
            $0.known[report.replica] = report
            $0.unsaved.insert(report.replica)
        }
    }

    func takeUnsaved() -> [DeviceReportRow] {
        state.withLock { state in
            let rows = state.unsaved.sorted { $0.rawValue < $1.rawValue }.compactMap { state.known[$0] }
            state.unsaved = []
            return rows
        }
    }

    /// They could not be stored, and are next time, unless something newer has come.
    func giveBack(_ rows: [DeviceReportRow]) { state.withLock { $0.unsaved.formUnion(rows.map(\.replica)) } }

    /// Of each device what was told last, here or in the store.
    func newest(besides stored: [DeviceReportRow]) -> [ReplicaID: DeviceReportRow] {
        state.withLock { state in
            var newest = state.known
            for row in stored where newest[row.replica].map({ $0.heardAt < row.heardAt }) ?? true { newest[row.replica] = row }
            return newest
        }
    }
}
