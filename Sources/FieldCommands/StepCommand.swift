import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollDomain
import TruckrollTerminal

/// A step of a job's course that is a command of its own.
protocol Step {
    static var event: OrderEvent { get }
    static var abstract: String { get }
    static var lesson: String { get }
    /// Of a step that needs a reason: one such as people give.
    static var reason: String? { get }
}

extension Step {
    static var reason: String? { nil }
}

/// Records one step of a job's course.
struct StepCommand<S: Step>: FieldVerb {
    static var configuration: CommandConfiguration {
        let name = S.event.rawValue.split(separator: "_").joined(separator: "-")
        return CommandConfiguration(
            commandName: name, abstract: S.abstract,
            discussion: Teach.text(
                S.lesson + " Refused before anything is recorded when it is not possible now; the message says what has to come first.",
                "\(name) SO-2026-000001" + (S.reason.map { " --reason \"\($0)\"" } ?? ""), exits: Teach.recorded))
    }

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @Option(help: "Why, in a few words.", transform: Wording.read) var reason: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Where you stand, as latitude,longitude in degrees.", valueName: "lat,lon")) var place: Place?
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let order = try desk.client.findJob(job)
        let recorded = try desk.client.record(S.event, on: order, reason: reason, place: place?.value)
        let line = try desk.client.job(order).line
        desk.report(recorded, "\(line.number): \(line.state?.title ?? S.event.verb)", [("job", line.json)])
    }
}

/// Degrees as a person types them, times 10^7.
struct Place: ExpressibleByArgument {
    let value: [Int64]

    init?(argument: String) {
        let parts = argument.split(separator: ",").map { String($0) }.compactMap { Quantity($0) }
        guard parts.count == 2, abs(parts[0].millionths) <= 90_000_000, abs(parts[1].millionths) <= 180_000_000 else { return nil }
        value = parts.map { $0.millionths * 10 }
    }
}

enum Accept: Step {
    static let event = OrderEvent.accept
    static let abstract = "Take a dispatched job on."
    static let lesson = "The dispatcher sees that you have it."
}
enum Decline: Step {
    static let event = OrderEvent.decline
    static let abstract = "Give a dispatched job back, with a reason."
    static let lesson = "It goes back to planning."
    static let reason: String? = "sick today"
}
enum Travel: Step {
    static let event = OrderEvent.travel
    static let abstract = "Set off."
    static let lesson = "From accepted to en route."
}
enum Arrive: Step {
    static let event = OrderEvent.arrive
    static let abstract = "Arrive at the site."
    static let lesson = "The time of this device counts, whenever it reaches the server."
}
enum Start: Step {
    static let event = OrderEvent.start
    static let abstract = "Start the work."
    static let lesson = "From here on the job is yours: a reassignment nobody told you of asks people, and does not undo your work."
}
enum Pause: Step {
    static let event = OrderEvent.pause
    static let abstract = "Interrupt the work, with a reason."
    static let lesson = "Go on with `resume`."
    static let reason: String? = "waiting for the permit"
}
enum Resume: Step {
    static let event = OrderEvent.resume
    static let abstract = "Go on after a pause."
    static let lesson = "From paused to in progress."
}
enum Complete: Step {
    static let event = OrderEvent.complete
    static let abstract = "Say that the work is complete."
    static let lesson = "Needs every mandatory task done or not applicable, and no running labour clock. Next: `sign`."
}
enum NoAccess: Step {
    static let event = OrderEvent.no_access
    static let abstract = "Stop because the place cannot be reached, with a reason."
    static let lesson = "The job goes back to planning; what you recorded stays."
    static let reason: String? = "gate locked, nobody answers"
}
enum Unsafe: Step {
    static let event = OrderEvent.unsafe
    static let abstract = "Stop because it is not safe, with a reason."
    static let lesson = "The job goes back to planning; what you recorded stays."
    static let reason: String? = "gas alarm in the pump house"
}
enum CannotComplete: Step {
    static let event = OrderEvent.cannot_complete
    static let abstract = "Stop because the work cannot be completed, with a reason."
    static let lesson = "The job goes back to planning; what you recorded stays."
    static let reason: String? = "sensor has to be ordered"
}
