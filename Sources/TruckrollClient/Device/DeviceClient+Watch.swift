import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

extension DeviceClient {
    /// The company's signed statement about a device, from this device's own records.
    ///
    /// - Throws: ``DeviceProblem`` `device-unknown` when no such record is held.
    public func enrolment(of device: DeviceID) async throws -> PBEnrolment {
        let found: PBEnrolment? = try read { reader in
            if let identity = try reader.identity(), identity.device == device { return try Wire.decode(PBEnrolment.self, identity.enrolment) }
            guard let view = try reader.views("device", where: "device", equals: .bytes(device.bytes)).last else { return nil }
            var enrolment = PBEnrolment()
            enrolment.device = data(device.bytes)
            enrolment.user = data(view.reference("user")?.bytes ?? [])
            enrolment.statement = data(view["statement"].bytes ?? [])
            enrolment.signature = data(view["signature"].bytes ?? [])
            return enrolment
        }
        guard let found else {
            throw DeviceProblem("device-unknown", "This replica holds no enrolment of device \(device).", next: "Sync as a user of the office.")
        }
        return found
    }

    /// Syncs now, and again whenever the server says that something in the view moved, until the task is cancelled.
    ///
    /// The store is open only while a sync runs, so that other commands work on it meanwhile; this client's own is closed. Losing
    /// the stream loses nothing: every `poll` seconds it syncs anyway. Where the server is not reached it tries again after pauses that
    /// grow, see ``WatchPace``.
    ///
    /// - Parameters:
    ///   - clock: by which it waits.
    ///   - onSync: is handed the device as long as its store is open.
    public func watch(
        poll: Duration = .seconds(60), clock: any Clock<Duration> = ContinuousClock(),
        onSync: @Sendable (DeviceClient, Result<SyncReport, any Error>) async -> Void
    ) async throws {
        try close()
        var pace = WatchPace(poll: poll)
        while !Task.isCancelled {
            let device = try reopened()
            var failure: (any Error)?
            do { await onSync(device, .success(try await device.sync())) } catch {
                failure = error
                await onSync(device, .failure(error))
            }
            let source = try device.wakeUpSource()
            try device.close()
            if failure == nil, await Self.isWokenUp(source.transport, after: source.position, atMost: poll, clock) {
                pace.goOn()
                continue
            }
            try? await clock.sleep(for: pace.pause(after: failure, luck: Double(environment.random(1).first ?? 0) / 255))
        }
    }

    /// Whether the server told something, or `poll` went by; not when the stream ended before.
    private static func isWokenUp(
        _ transport: any SyncTransport, after position: Position, atMost poll: Duration, _ clock: any Clock<Duration>
    ) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do { for try await _ in transport.stream(after: position) { return true } } catch {
                    // A lost stream is no news; the poll stands behind it.
                }
                return false
            }
            group.addTask {
                try? await clock.sleep(for: poll)
                return true
            }
            defer { group.cancelAll() }
            return await group.next() ?? true
        }
    }
}
