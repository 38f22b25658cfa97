import ArgumentParser
import TruckrollTerminal

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How a program begins and ends: its arguments are read, its command runs, and what was used wrongly is told with the usage of
/// that command, under `--json` as an object on standard output too.
public enum Program {
    /// How a program ends, and what is left to print.
    public struct Ending: Hashable, Sendable {
        public let status: Int32
        /// For standard output.
        public var output = ""
        /// For standard error.
        public var errors = ""
    }

    /// Runs the program that the process was started as, and ends the process.
    public static func main<Root: ParsableCommand>(_ root: Root.Type) async -> Never {
        let ending: Ending
        switch arguments() {
        case .success(let arguments): ending = await run(root, arguments)
        case .failure(let problem): ending = problem.ending
        }
        if !ending.output.isEmpty { Terminal.standardOutput().write(ending.output) }
        if !ending.errors.isEmpty { Terminal.standardError().write(ending.errors) }
        exit(ending.status)
    }

    /// Runs a command line.
    public static func run<Root: ParsableCommand>(_ root: Root.Type, _ arguments: [String]) async -> Ending {
        var running: (any ParsableCommand.Type)?
        do {
            var command = try root.parseAsRoot(arguments)
            running = type(of: command)
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
            return Ending(status: 0)
        } catch { return ending(error, of: root, in: running, isJSON: arguments.prefix { $0 != "--" }.contains("--json")) }
    }

    /// - Parameter command: the command that was running; `nil` while arguments were still read.
    private static func ending<Root: ParsableCommand>(
        _ error: any Error, of root: Root.Type, in command: (any ParsableCommand.Type)?, isJSON: Bool
    ) -> Ending {
        let code = root.exitCode(for: error)
        // A command that ends so has said why.
        if error is ExitCode { return Ending(status: code.rawValue) }
        let whole = root.fullMessage(for: error).foldingUsage() + "\n"
        if code.isSuccess { return Ending(status: code.rawValue, output: whole) }
        var ending = Ending(status: code.rawValue, errors: whole)
        let message = root.message(for: error)
        // What only the running command could find wrong is still about its usage, and not about the program's.
        if let command { ending.errors = "error: \(message)\n\(usage(of: command, in: root))\n" }
        if isJSON { ending.output = JSONValue.problem(code: "usage", message, next: "See --help of the command.").pretty + "\n" }
        return ending
    }

    private static func usage<Root: ParsableCommand>(of command: any ParsableCommand.Type, in root: Root.Type) -> String {
        let usage = root.usageString(for: command)
        // The command's name is what stands before its options and arguments.
        let name = usage.split(separator: " ").prefix { !$0.hasPrefix("-") && !$0.hasPrefix("<") && !$0.hasPrefix("[") && !$0.hasPrefix("Usage:") }
        return "Usage: \(usage)".foldingUsage() + "\n  See '\(name.joined(separator: " ")) --help' for more information."
    }

    // MARK: Arguments

    /// An argument that cannot be taken as it is.
    private struct ArgumentProblem: Error {
        let place: Int
        let shown: String
        let isJSON: Bool

        var ending: Ending {
            let message = "Argument \(place) is no UTF-8 text: \(shown)"
            let next = "Write it in UTF-8, or rename the file it names; it would be altered otherwise."
            return Ending(
                status: ExitCode.validationFailure.rawValue,
                output: isJSON ? JSONValue.problem(code: "usage", message, next: next).pretty + "\n" : "",
                errors: "error: \(message)\n  \(next)\n")
        }
    }

    private static func arguments() -> Result<[String], ArgumentProblem> {
        var all: [[UInt8]] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let pointer = CommandLine.unsafeArgv[index] else { break }
            all.append(UnsafeBufferPointer(start: pointer, count: strlen(pointer)).map { UInt8(bitPattern: $0) })
        }
        return read(all)
    }

    /// How a program ends that is given an argument that is no UTF-8; `nil` when all are.
    public static func refusal(of arguments: [[UInt8]]) -> Ending? {
        if case .failure(let problem) = read(arguments) { problem.ending } else { nil }
    }

    /// Arguments as bytes, which the standard library would mend silently where they are no UTF-8.
    private static func read(_ arguments: [[UInt8]]) -> Result<[String], ArgumentProblem> {
        var read: [String] = []
        for (index, bytes) in arguments.enumerated() {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                return .failure(
                    ArgumentProblem(
                        place: index + 1, shown: String(decoding: bytes, as: UTF8.self).withVisibleControls,
                        isJSON: arguments.contains(Array("--json".utf8))))
            }
            read.append(text)
        }
        return .success(read)
    }
}
