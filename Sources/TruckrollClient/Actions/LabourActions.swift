import Foundation
import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What time is spent on.
public enum LabourKind: String, Sendable, CaseIterable {
    case travel, work, wait
}

/// A clock that runs until it is stopped; then it becomes a labour entry.
///
/// It is a file beside the store and not a fact yet: it survives a restart of the device and is told to nobody.
public struct RunningLabour: Sendable, Hashable {
    public let order: RecordID
    public let kind: String
    public let startedAt: DeviceTime
}

extension DeviceClient {
    private var clockFile: URL { attachments.directory.deletingLastPathComponent().appendingPathComponent("labour-clock") }

    /// The clock that runs, if one does.
    public func runningLabour() throws -> RunningLabour? {
        guard let bytes = FileManager.default.contents(atPath: clockFile.path) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ").map { String($0) }
        guard parts.count == 3, let order = RecordID(parts[0]), let kind = LabourKind(rawValue: parts[1]), let started = DeviceTime(parts[2]) else {
            return nil
        }
        return RunningLabour(order: order, kind: kind.rawValue, startedAt: started)
    }

    /// Starts the clock. One runs at a time, because a person does one thing at a time.
    @discardableResult
    public func startLabour(_ kind: LabourKind, on order: RecordID) throws -> RunningLabour {
        if let running = try runningLabour() {
            throw DeviceProblem(
                .labourRunning, "The clock of \(running.kind) has been running since \(running.startedAt.clock).",
                next: "Stop it first with `labour stop`.")
        }
        _ = try read { try $0.require("service_order", order) }
        let now = try now()
        try Data("\(order) \(kind.rawValue) \(now)".utf8).write(to: clockFile, options: .atomic)
        return RunningLabour(order: order, kind: kind.rawValue, startedAt: now)
    }

    /// Stops the clock and records what it measured.
    public func stopLabour(remark: String? = nil) throws -> Recorded {
        guard let running = try runningLabour(), let kind = LabourKind(rawValue: running.kind) else {
            throw DeviceProblem("no-clock", "No clock of labour is running.", next: "Start one, or give the minutes: `labour add JOB --minutes 45`.")
        }
        let seconds = max(1, (try now().milliseconds - running.startedAt.milliseconds) / 1000)
        let recorded = try addLabour(kind, on: running.order, seconds: Int(clamping: seconds), startedAt: running.startedAt, remark: remark)
        try FileManager.default.removeItem(at: clockFile)
        return recorded
    }

    /// Records time that was spent.
    ///
    /// - Parameters:
    ///   - startedAt: when it began; when it is not given, as what it corrects, else it ended just now.
    ///   - corrects: the entry this one replaces.
    public func addLabour(
        _ kind: LabourKind, on order: RecordID, seconds: Int, startedAt: DeviceTime? = nil, remark: String? = nil, corrects: RecordID? = nil
    ) throws -> Recorded {
        guard (1...604_800).contains(seconds) else {
            throw DeviceProblem(.valueUnfit, "Labour is from one second to a week, not \(seconds) s.", next: "Record each day by itself.")
        }
        return try act("labour") { editor in
            _ = try editor.require("service_order", order)
            let former = try editor.corrected("labour_entry", corrects, on: order)
            let start =
                startedAt ?? former?.time("started_at")
                ?? DeviceTime(milliseconds: editor.now.milliseconds - Int64(seconds) * 1000, offsetMinutes: editor.now.offsetMinutes)
            let notices = try editor.overlap(start, seconds, besides: corrects) + Self.doubts(start, seconds, now: editor.now)
            let id = try editor.create(
                "labour_entry",
                [
                    "order": .reference(order), "person": .reference(editor.user), "kind": .text(kind.rawValue), "seconds": .integer(Int64(seconds)),
                    "started_at": .time(start), "remark": .optional(remark), "corrects": .optional(corrects),
                ])
            return (id, notices)
        }
    }
}

extension DeviceClient {
    /// A time that looks like a slip is told, and stands.
    private static func doubts(_ start: DeviceTime, _ seconds: Int, now: DeviceTime) -> [String] {
        let (day, how): (Int64, String) = (86_400_000, "If that is a slip, correct it with --corrects.")
        if start.milliseconds + Int64(seconds) * 1000 > now.milliseconds + 60_000 { return ["It ends in the future. \(how)"] }
        if now.milliseconds - start.milliseconds > 31 * day { return ["It began more than a month ago, on \(start.date). \(how)"] }
        return []
    }
}

extension LocalEditor {
    /// A person does one thing at a time: an overlap is told, and stands.
    fileprivate func overlap(_ start: DeviceTime, _ seconds: Int, besides: RecordID?) throws -> [String] {
        let entries = try views("labour_entry", where: "person", equals: .reference(user))
        let corrected = entries.corrected
        let end = start.milliseconds + Int64(seconds) * 1000
        for entry in entries where entry.id != besides && !corrected.contains(entry.id) {
            guard let other = entry.time("started_at"), let length = entry.integer("seconds") else { continue }
            if other.milliseconds < end, start.milliseconds < other.milliseconds + min(max(length, 0), 604_800) * 1000 {
                return ["It overlaps your \(entry.text("kind") ?? "labour") from \(other.clock) on; correct one of them."]
            }
        }
        return []
    }
}
