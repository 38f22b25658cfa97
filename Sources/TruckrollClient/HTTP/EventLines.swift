import Foundation
import TruckrollCore

/// Reads the server's wake-up stream (`text/event-stream`) as it arrives, in pieces of any size.
struct EventLines {
    private var line: [UInt8] = []
    private var name = ""
    private var content: [UInt8] = []
    /// A line beyond this is none of ours.
    private static let lineBytes = 4096

    /// The events that end within `bytes`. Comments and events of other names are skipped.
    mutating func events(in bytes: some Sequence<UInt8>) throws -> [HeadEvent] {
        var events: [HeadEvent] = []
        for byte in bytes {
            guard byte == 0x0A else {
                guard line.count < Self.lineBytes else { throw TransportProblem.notTruckroll("an event that does not end") }
                line.append(byte)
                continue
            }
            if line.isEmpty {
                if name == "head", let event = HeadEvent(eventData: content) { events.append(event) }
                (name, content) = ("", [])
            } else if let value = value(of: "event: ") {
                name = String(decoding: value, as: UTF8.self)
            } else if let value = value(of: "data: ") {
                content = Array(value)
            }
            line.removeAll(keepingCapacity: true)
        }
        return events
    }

    private func value(of field: String) -> ArraySlice<UInt8>? {
        line.starts(with: field.utf8) ? line.dropFirst(field.utf8.count) : nil
    }
}

extension HeadEvent {
    private struct Wire: Decodable {
        let epoch: String
        let position: UInt64
    }

    init?(eventData bytes: [UInt8]) {
        guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(bytes)), let epoch = [UInt8](hexadecimal: wire.epoch),
            epoch.count == 8
        else { return nil }
        self.init(
            epoch: Epoch(rawValue: epoch.reduce(0) { $0 << 8 | UInt64($1) }), position: Position(rawValue: wire.position))
    }
}
