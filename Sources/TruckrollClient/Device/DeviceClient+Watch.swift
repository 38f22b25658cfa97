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
    /// the stream loses nothing: every `poll` seconds it syncs anyway.
    ///
    /// - Parameter onSync: is handed the device as long as its store is open.
    public func watch(
        poll: Duration = .seconds(60), onSync: @Sendable (DeviceClient, Result<SyncReport, any Error>) async -> Void
    ) async throws {
        try close()
        while !Task.isCancelled {
            let device = try reopened()
            do { await onSync(device, .success(try await device.sync())) } catch { await onSync(device, .failure(error)) }
            let source = try device.wakeUpSource()
            try device.close()
            await Self.waitForWakeUp(source.transport, after: source.position, atMost: poll)
        }
    }

    private static func waitForWakeUp(_ transport: any SyncTransport, after position: Position, atMost poll: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do { for try await _ in transport.stream(after: position) { return } } catch {
                    // A lost stream is no news; the poll stands behind it.
                }
                // A stream that ends at once must not turn the loop into a storm.
                try? await Task.sleep(for: .seconds(2))
            }
            group.addTask { try? await Task.sleep(for: poll) }
            await group.next()
            group.cancelAll()
        }
    }
}
