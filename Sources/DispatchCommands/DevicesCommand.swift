import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct DevicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices", abstract: "How old what each device has is, and what of its work has not come.",
        discussion: """
            “Data of” is the moment up to which the device has everything, if the last answer has reached it; “holds” is what it told when it asked last that it has not \
            brought: change sets, and photos whose bytes are missing. What is recorded on it since nobody can know. The server is asked; there is \
            no answer offline.

            EXAMPLE
              truckroll-dispatch devices
              truckroll-dispatch devices --silent 8
              truckroll-dispatch devices --holding --json

            EXIT STATUS: 0 shown; 3 offline; 64 bad usage; 1 anything else.
            JSON: as_of, as_of_position, devices (person, name, replica, revoked, heard_at, data_of, confirmed, current, unsent, held_since, oldest_unsent, \
            files, file_bytes, clock_ahead_seconds, orders, software).
            """)

    @OptionGroup var options: DispatchOptions
    @Option(help: ArgumentHelp("Only those that have not asked for so long, or never.", valueName: "hours")) var silent: Double?
    @Flag(help: "Only those that hold work.") var holding = false
    @Flag(help: "Those that were shut out, too.") var revoked = false

    func validate() throws {
        if let silent, !(0...87_600).contains(silent) { throw ValidationError("--silent is 0 to 87600 hours.") }
    }

    func run() async throws {
        try await options.run { session in
            let reach = try await session.sync()
            guard reach.isReached else { return .pending }
            let fleet = try await session.client.fleet()
            let shown = fleet.devices.filter { device in
                (revoked || !device.isRevoked) && (!holding || device.holdsWork)
                    && (silent.map { (fleet.hoursSilent(device) ?? .infinity) >= $0 } ?? true)
            }
            let calendar = try session.calendar()
            session.console.result(
                .object([
                    ("as_of", .time(fleet.at)), ("as_of_position", .position(fleet.position)), ("devices", .array(shown.map(\.json))),
                ]), [Self.table(shown, fleet, calendar)])
            return .done
        }
    }

    private static func table(_ devices: [DeviceStatus], _ fleet: Fleet, _ calendar: DispatchCalendar) -> Table {
        var table = Table(
            [
                .init("Person", .left, .truncates(minimum: 10)), .init("Device", .left, .truncates(minimum: 6)), .init("Heard"), .init("Data of"),
                .init("Holds", .left, .wraps(minimum: 14)), .init("Jobs", .right), .init("Clock", .right), .init("Runs"),
            ], emptyText: "No device is like that.")
        for device in devices {
            let hours = fleet.hoursSilent(device)
            let heardStyle: Style = device.isRevoked ? .dim : hours.map { $0 >= 24 ? .red : $0 >= 8 ? .yellow : .plain } ?? .red
            table.addRow(
                StyledText(device.person), StyledText(device.name + (device.isRevoked ? " (shut out)" : "")),
                StyledText(device.heardAt.map { calendar.spoken($0.description) } ?? "never", heardStyle),
                StyledText(device.isCurrent ? "up to date" : device.dataOf.map { calendar.spoken($0.description) } ?? "not known"),
                StyledText(device.held(calendar), device.holdsWork ? .yellow : .dim), "\(device.orders)",
                StyledText(device.clockWords, abs(device.clockAheadSeconds) >= 300 ? .yellow : .plain), StyledText(device.software))
        }
        return table
    }
}

extension DeviceStatus {
    /// What it holds, in words.
    func held(_ calendar: DispatchCalendar) -> String {
        var words: [String] = []
        if unsent > 0 {
            let since = (oldestUnsent ?? heldSince).map { " since \(calendar.spoken($0.description))" } ?? ""
            words.append(unsent.counted("change set", "change sets") + since)
        }
        if files > 0 { words.append("\(files.counted("file", "files")) (\((fileBytes + 1023) / 1024) KiB)") }
        return words.isEmpty ? "nothing" : words.joined(separator: "; ")
    }

    fileprivate var clockWords: String {
        let seconds = abs(clockAheadSeconds)
        guard seconds >= 60 else { return "right" }
        return "\(seconds >= 7200 ? "\(seconds / 3600) h" : "\(seconds / 60) min") \(clockAheadSeconds > 0 ? "ahead" : "behind")"
    }

    /// The device.
    var json: JSONValue {
        [
            "person": .string(person), "name": .string(name), "replica": .int(Int(replica.rawValue)), "revoked": .bool(isRevoked),
            "heard_at": .time(heardAt), "data_of": .time(dataOf), "confirmed": .bool(isConfirmed), "current": .bool(isCurrent),
            "unsent": .int(unsent),
            "held_since": .time(heldSince), "oldest_unsent": .time(oldestUnsent), "files": .int(files), "file_bytes": .int(fileBytes),
            "clock_ahead_seconds": .int(clockAheadSeconds), "orders": .int(orders), "software": .string(software),
        ]
    }
}
