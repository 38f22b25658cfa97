import ArgumentParser
import TruckrollClient
import TruckrollDomain
import TruckrollSync

/// Days and times as they are typed, looked at before anything is opened.
enum CalendarText {
    static func day(_ text: String) throws -> String { try read(text) { try $0.day(text) } }
    static func time(_ text: String) throws -> String { try read(text) { try $0.time(text, day: nil) } }
    static func due(_ text: String) throws -> String { try read(text) { try $0.due(text) } }

    /// What is no day or time in any zone is bad usage. What only the company's own clocks skip is found later.
    private static func read(_ text: String, _ body: (DispatchCalendar) throws -> some Any) throws -> String {
        do { _ = try body(DispatchCalendar(timeZone: "UTC", now: 0)) } catch let problem as DeviceProblem {
            throw ValidationError("\(problem.detail) \(problem.next)")
        }
        return text
    }
}

/// How far from the present a planned time may be before it can only be a slip of the finger.
enum Plausible {
    /// Later than that somebody notes what has long happened.
    private static let daysBack: Int64 = 31

    /// - Parameters:
    ///   - option: what the time was given with.
    ///   - daysAhead: how far ahead it makes sense.
    /// - Throws: `ValidationError`, so that the command ends with 64.
    static func check(_ time: DeviceTime, _ option: String, daysAhead: Int64, _ calendar: DispatchCalendar) throws {
        let days = (time.milliseconds - calendar.now.milliseconds) / 86_400_000
        guard -daysBack...daysAhead ~= days else {
            let distance = days < 0 ? "\(-days) days ago" : "\(days) days ahead"
            throw ValidationError(
                "\(option) names \(calendar.spoken(time.description)), which is \(distance). Give a time from \(daysBack) days ago to \(daysAhead) days ahead."
            )
        }
    }
}
