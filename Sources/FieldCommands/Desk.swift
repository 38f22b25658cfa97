import ArgumentParser
import Foundation
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

/// Options every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Folder of this device's store (TRUCKROLL_STORE, else ~/.truckroll/field).", valueName: "dir"))
    var store: String?

    @Flag(help: "Print JSON on standard output.")
    var json = false

    @Option(help: .init("Let the device's clock run from this time.", visibility: .hidden))
    var clock: String?

    func validate() throws {
        if let clock, DeviceTime(clock) == nil { throw ValidationError("--clock is a time such as 2026-11-23T07:30:00+01:00.") }
    }

    var directory: URL {
        let environment = ProcessInfo.processInfo.environment
        let path = store ?? environment["TRUCKROLL_STORE"] ?? ((environment["HOME"] ?? ".") + "/.truckroll/field")
        return URL(fileURLWithPath: path, isDirectory: true)
    }

    var environment: DeviceEnvironment {
        let system = DeviceEnvironment.system()
        guard let clock, let wanted = DeviceTime(clock) else { return system }
        var shifted = DeviceEnvironment.system(clockOffsetMilliseconds: wanted.milliseconds - system.now())
        // The times people read are then those of the place the clock was given for.
        shifted.offsetMinutes = { _ in wanted.offsetMinutes }
        return shifted
    }
}

/// A command of the field app.
protocol FieldVerb: AsyncParsableCommand {
    var global: GlobalOptions { get }
    func perform(_ desk: Desk) async throws
}

extension FieldVerb {
    mutating func run() async throws { try await Desk.run(global) { [self] desk in try await perform(desk) } }
}

/// A command at work: the device, and where results go.
struct Desk {
    let client: DeviceClient
    let isJSON: Bool
    let output: Terminal
    let errors: Terminal

    /// Opens the device's store, runs the command, and turns problems into words and an exit status.
    static func run(_ options: GlobalOptions, _ body: (Desk) async throws -> Void) async throws {
        let errors = Console.errors
        do {
            let client = try DeviceClient(directory: options.directory, environment: options.environment, connect: Console.connect)
            let desk = Desk(client: client, isJSON: options.json, output: Console.output, errors: errors)
            try await body(desk)
            guard desk.output.isIntact else {
                throw DeviceProblem("output-lost", "The output could not be written.", next: "Check the disk it goes to.")
            }
        } catch let code as ExitCode {
            throw code
        } catch let error as ValidationError {
            throw error
        } catch let error as CleanExit {
            throw error
        } catch {
            ProblemPrinter(on: errors).print(ProblemWords(error))
            throw ExitStatus.of(error).code
        }
    }

    // MARK: Output

    func print(_ content: some TerminalContent) { if !isJSON { output.print(content) } }
    func print(_ text: String) { if !isJSON { output.print(text) } }
    func print(json: @autoclosure () -> JSONValue) { if isJSON { output.print(json()) } }

    /// Something that does not stop the command, on standard error.
    func warn(_ text: String) { errors.print(StyledText("note: ", [.bold, .yellow]) + StyledText(text)) }

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
