import ArgumentParser
import Foundation
import TruckrollClient
import TruckrollSync

struct DeviceReading: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "Ask a device with a large register what its screens ask, with nothing in its memory yet.",
        discussion: """
            The store is made anew in a temporary directory: a company's records are applied as pulls are. Each question is asked of a store \
            that was just opened; beside it stands what SQLite takes in the same run for the statement that asks the same of a table made for \
            nothing else. Files are in the memory of the system, as they are when an app was used a moment ago.

              truckroll-benchmark device
              truckroll-benchmark device --orders 1000 --assets 5000 --json

            EXIT STATUS: 0 measured, 64 bad usage, 1 anything else.
            JSON: records, fillSeconds, megabytes, openMilliseconds, questions (name, count, median, worst, limit, ratio; milliseconds).
            """)

    @Option(help: "Orders, each with an appointment, a note and three tasks.") var orders = 10_000
    @Option(help: "Assets.") var assets = 50_000
    @Option(help: "What happened to one of them.") var events = 1000
    @Option(help: "How often each question is asked.") var rounds = 15
    @Flag(help: "Print JSON.") var json = false

    /// What a screen may take, in milliseconds.
    static let mark = 50.0

    func validate() throws {
        for (name, value, range) in [
            ("--orders", orders, 1...1_000_000), ("--assets", assets, 1...1_000_000), ("--events", events, 0...100_000),
            ("--rounds", rounds, 1...1000),
        ] where !range.contains(value) { throw ValidationError("\(name) is from \(range.lowerBound) to \(range.upperBound).") }
    }

    func run() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let result = try DeviceResult(DeviceCompany(orders: orders, assets: assets, events: events), rounds: rounds, in: directory)
        guard json else { return print(result.description) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        print(String(decoding: try encoder.encode(result), as: UTF8.self))
    }
}

/// What a run measured, in milliseconds where nothing else is said.
struct DeviceResult: Encodable, CustomStringConvertible {
    struct Answer: Encodable {
        let name: String
        let count: Int
        let median: Double
        let worst: Double
        /// The median of the plain statement.
        let limit: Double
        let ratio: Double
    }

    let records: Int
    let fillSeconds: Double
    let megabytes: Double
    let openMilliseconds: Double
    let questions: [Answer]

    init(_ company: DeviceCompany, rounds: Int, in directory: URL) throws {
        let start = ContinuousClock.now
        records = try DeviceFilling(company, in: directory).records
        fillSeconds = (ContinuousClock.now - start) / .seconds(1)
        let size = try FileManager.default.attributesOfItem(atPath: directory.appendingPathComponent("device.sqlite").path)[.size] as? NSNumber
        megabytes = (size?.doubleValue ?? 0) / 1e6
        var (opening, answers): ([Double], [Answer]) = ([], [])
        for question in DeviceQuestion.all(company) {
            var (times, limits, count): ([Double], [Double], Int) = ([], [], 0)
            for _ in 0..<rounds {
                let begin = ContinuousClock.now
                let client = try DeviceClient(directory: directory)
                let asked = ContinuousClock.now
                count = try question.ask(client)
                times.append((ContinuousClock.now - asked) / .milliseconds(1))
                opening.append((asked - begin) / .milliseconds(1))
                try client.close()
                limits.append(try BareTables.time(question.sql, question.arguments, in: directory).milliseconds)
            }
            let (median, limit) = (Self.median(times), Self.median(limits))
            answers.append(
                Answer(name: question.name, count: count, median: median, worst: times.max() ?? 0, limit: limit, ratio: median / max(limit, 0.001)))
        }
        openMilliseconds = Self.median(opening)
        questions = answers
    }

    private static func median(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }

    var description: String {
        let head = String(
            format: "%d records in %.1f s, a file of %.0f MB; to open the store takes %.1f ms\n%@", records, fillSeconds, megabytes, openMilliseconds,
            "  median   worst   limit  ratio     in ms; the limit is SQLite's own statement, ! is over \(Int(DeviceReading.mark)) at worst")
        let lines = questions.map { answer in
            String(
                format: "%8.2f%8.2f%8.2f%7.1f  %@ ", answer.median, answer.worst, answer.limit, answer.ratio,
                answer.worst > DeviceReading.mark ? "!" : " ")
                + "\(answer.name) (\(answer.count))"
        }
        return ([head] + lines).joined(separator: "\n")
    }
}
