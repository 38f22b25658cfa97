import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// The technician's program over its store.
enum FieldProgram: DeviceProgram {
    static let command = "truckroll-field"
    static let folder = "field"
    static let advice = ProblemAdvice(
        unreachable: "Nothing is lost. Try again when there is a network.", misfit: "Nothing was recorded. Correct the value and try again.",
        folder: "Check the folder given with --store and its permissions.", namesCodes: true)
}

/// Options every command takes.
typealias GlobalOptions = StoreOptions<FieldProgram>

/// A command of the field app.
protocol FieldVerb: AsyncParsableCommand {
    /// Whether it makes a store that is not there; only enrolling does.
    static var makesStore: Bool { get }
    var global: GlobalOptions { get }
    func perform(_ desk: Desk) async throws
}

extension FieldVerb {
    static var makesStore: Bool { false }

    mutating func run() async throws {
        try await global.run(makesStore: Self.makesStore, status: ExitStatus.of) { [self] client, console in
            try await perform(Desk(client: client, console: console))
            return .done
        }
    }
}

extension ExitStatus {
    /// What to end with after an error that was printed: rules and the lack of a network are told from failures.
    static func of(_ error: any Error) -> ExitStatus {
        switch error {
        case let problem as DeviceProblem: problem.isRefusal ? .refused : .failed
        case is SchemaProblem: .refused
        case TransportProblem.problem: .failed
        case is TransportProblem: .pending
        default: .failed
        }
    }
}

/// A command at work: the device, and where results go.
struct Desk {
    let client: DeviceClient
    let console: Console
    /// Up to where this device had everything when the command began: what it reads afterwards is no older (198). `nil` where no JSON is told.
    private let position: Position?

    init(client: DeviceClient, console: Console) {
        (self.client, self.console) = (client, console)
        position = console.isJSON ? try? client.read { try $0.state().checkpoint?.position ?? .start } : nil
    }

    // MARK: Output

    func print(_ content: some TerminalContent) { if !console.isJSON { console.output.print(content) } }
    func print(_ text: String) { if !console.isJSON { console.output.print(text) } }
    func print(json: @autoclosure () -> JSONValue) {
        guard console.isJSON else { return }
        var value = json()
        if case .object(let members) = value, let position { value = .object(members + [("as_of_position", .position(position))]) }
        console.output.print(value)
    }

    /// Something that does not stop the command, on standard error.
    func warn(_ text: String) { console.warn(text) }

    /// Names the zone of the times that are shown, on standard error, where the machine keeps another one.
    func nameZone() throws {
        guard !console.isJSON, let zone = try client.foreignZone() else { return }
        console.note("Times are those of \(zone).")
    }

    /// A time as a person typed it.
    func instant(_ time: Time?) throws -> DeviceTime? {
        guard let time else { return nil }
        let now = try client.now()
        return try client.read { try DispatchCalendar($0, now: now) }.time(time.text, day: nil)
    }

    /// Tells that an action was recorded, and where it is.
    func report(_ recorded: Recorded, _ text: String, _ more: [(String, JSONValue)] = []) {
        print(Sign.text(.onDevice) + "  \(text)" + StyledText(recorded.set.map { "  (set \($0))" } ?? "", .dim))
        for notice in recorded.notices { warn(notice) }
        print(
            json: .object(
                [
                    ("recorded", .bool(recorded.set != nil)), ("intent", .string(recorded.intent)), ("set", .text(recorded.set?.description)),
                    ("record", .text(recorded.record?.description)), ("where", .string(Whereabouts.onDevice.rawValue)),
                    ("notices", .array(recorded.notices.map { .string($0) })),
                ] + more))
    }
}
