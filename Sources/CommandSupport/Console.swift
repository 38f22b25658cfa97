import ArgumentParser
import TruckrollClient
import TruckrollSync
import TruckrollTerminal

/// Where a command prints: results to standard output, everything else to standard error.
public struct Console: Sendable {
    /// Where results go; a test binds its own.
    @TaskLocal public static var output: Terminal = .standardOutput()
    /// Where problems and progress go; a test binds its own.
    @TaskLocal public static var errors: Terminal = .standardError()
    /// The way to the server; `nil` is HTTP. A test binds its own.
    @TaskLocal public static var connect: (@Sendable (String, DeviceIdentity?) throws -> any SyncTransport)? = nil

    /// Where this command's results go.
    public let output: Terminal
    /// Where this command's problems and progress go.
    public let errors: Terminal
    /// Whether results are printed as JSON.
    public let isJSON: Bool
    /// Whether problems are told with their technical details.
    public let isVerbose: Bool
    private let advice: ProblemAdvice

    /// The console of a command that starts now.
    public init(isJSON: Bool, isVerbose: Bool = false, advice: ProblemAdvice) {
        (output, errors) = (Self.output, Self.errors)
        self.isJSON = isJSON
        self.isVerbose = isVerbose
        self.advice = advice
    }

    /// Prints a result: JSON where it was asked for, else what a person reads.
    public func result(_ json: @autoclosure () -> JSONValue, _ content: @autoclosure () -> [any TerminalContent]) {
        if isJSON { return output.print(json()) }
        for (index, part) in content().enumerated() {
            if index > 0 { output.write("\n") }
            output.write(part.rendered(for: output) + "\n")
        }
    }

    /// Prints what is worth knowing beside the result.
    public func note(_ text: String) { errors.print(StyledText(text, .dim)) }

    /// Prints what does not stop the command and must not be missed.
    public func warn(_ text: String) { errors.print(StyledText("note: ", [.bold, .yellow]) + StyledText(text)) }

    /// Prints what went wrong and what to do about it.
    public func problem(_ whatHappened: String, next: String?) { ProblemPrinter(on: errors).print(whatHappened, next: next) }

    /// Prints an error in words.
    public func problem(_ error: any Error) {
        ProblemPrinter(on: errors).print(ProblemWords(error, advice: advice))
        guard isVerbose else { return }
        note("  " + ((error as? TransportProblem)?.technicalDescription ?? "\(error)"))
    }

    /// Prints an error that a command ends with: in words, and as an object in place of the result where JSON was asked for.
    public func fail(_ error: any Error) {
        problem(error)
        if isJSON { output.print(ProblemWords(error, advice: advice).json) }
    }

    /// A problem of the network as it belongs into a sentence, with as much detail as was asked for.
    public func words(_ problem: TransportProblem) -> String { isVerbose ? problem.technicalDescription : problem.description }

    /// Runs a command, prints what goes wrong, and ends with its exit status.
    ///
    /// - Parameter status: how the command ends after an error that was printed.
    public func run(status: (any Error) -> ExitStatus = { _ in .failed }, _ body: () async throws -> ExitStatus) async throws {
        var exit: ExitStatus
        do {
            exit = try await body()
            if !output.isIntact {
                problem("Not all of the output could be written.", next: "Free disk space, or look at where the output goes.")
                exit = .failed
            }
        } catch let code as ExitCode {
            throw code
        } catch let error as ValidationError {
            throw error
        } catch {
            fail(error)
            exit = status(error)
        }
        if exit != .done { throw exit.code }
    }
}
