import ArgumentParser
import TruckrollServer
import TruckrollTerminal

/// Looks for what the disk has changed.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read the whole database and say what is not as it was written.",
        discussion: """
            Compares every change set and record with its hash, each device's sets with its key, the log with its chain, and each scope \
            with the sum of its records. What is damaged is served to nobody meanwhile: whoever needs it is answered 503 and keeps what \
            they have recorded. Put the newest sound copy back with `restore`; the devices bring what it lacks. Answers, lookup tables and \
            the log of scopes are not looked at. Lists the first 1,000 things. Works beside a running server; takes as long as reading all \
            of the database does, and a signature check for each set.

              truckroll-server check --data ./data

            EXIT STATUS: 0 all is as it was written, 1 something is damaged, or the check failed; 64 bad usage.
            """)
    @OptionGroup var options: DataOptions

    func run() async throws {
        try await reporting(json: options.json) {
            let answer = try await AdminAccess(directory: options.directory).run("check", options: options, within: 3_600, locally: .check)
            let out = Terminal.standardOutput()
            let (damage, count) = (answer["damage"]?.arrayValue ?? [], answer["damaged"]?.intValue ?? 0)
            if options.json {
                out.print(answer)
            } else if damage.isEmpty {
                let read = [("sets", "change set"), ("records", "record"), ("scopes", "scope")].map { (answer[$0]?.intValue ?? 0).counted($1) }
                out.print("\(read.joined(separator: ", ")): all as they were written.")
            } else {
                var table = Table([.init("What"), .init("Which"), .init("What is wrong", .left, .wraps(minimum: 30))], emptyText: "")
                for item in damage {
                    let words = ["kind", "name", "words"].map { StyledText(item[$0]?.stringValue ?? "") }
                    table.addRow(words[0], words[1], words[2])
                }
                out.print(table)
            }
            guard damage.isEmpty else {
                if options.json { throw ExitCode(1) }
                throw Failure(
                    "\(count.counted("thing")) in the database \(count == 1 ? "is" : "are") not as written.",
                    next: "Check the disk, then put the newest sound copy back: `truckroll-server restore`. Devices bring what it lacks.",
                    code: "store-corrupt")
            }
        }
    }
}
