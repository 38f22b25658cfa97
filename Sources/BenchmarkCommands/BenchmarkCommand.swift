import ArgumentParser
import Foundation
import TruckrollDomain
import TruckrollServer
import TruckrollSync

/// `truckroll-benchmark`: how fast the server and a device do what they do, measured in this process.
public struct BenchmarkCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "truckroll-benchmark",
        abstract: "Measure the server, or a device. Compare only what was measured in the same run: limits are measured beside it.",
        version: SoftwareRelease.version, subcommands: [Ingest.self, DeviceReading.self])

    public init() {}
}

struct Ingest: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Admit sets of many devices, each waiting for its answer before it sends the next one.",
        discussion: """
            A set records two notes on the device's own order: eight fields of two records, signed. The service is \
            called as the HTTP side calls it, from so many threads; what the network costs is not in it. Its data is made anew in a \
            temporary directory, or in the PostgreSQL database named, in a schema benchmark_… of its own, which stays there.

              truckroll-benchmark ingest
              truckroll-benchmark ingest --postgres postgres://bench@localhost/bench

            EXIT STATUS: 0 all sets were admitted, 1 some were not, 64 bad usage.
            """)

    @Option(help: "Devices, each with an order of its own.") var devices = 64
    @Option(help: "Sets of each device.") var sets = 100
    @Option(help: "Threads that call the service.") var callers = 64
    @Option(help: "Nodes that serve the company; more than one only with --postgres.") var nodes = 1
    @Option(help: "The PostgreSQL database; files when left out.") var postgres: String?
    @Option(help: "Connections of a node.") var connections = 12
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        for (name, value) in [("--devices", devices), ("--sets", sets), ("--callers", callers), ("--nodes", nodes), ("--connections", connections)]
        where !(1...10_000).contains(value) { throw ValidationError("\(name) is from 1 to 10000.") }
        guard nodes == 1 || postgres != nil else { throw ValidationError("A file is served by one node. Name a database with --postgres.") }
    }

    func run() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let schema = "benchmark_\(UInt64.random(in: 0...(.max)))"
        let storages: [any Storage] =
            try postgres.map { url in
                try (0..<nodes).map { _ in try PostgresStorage(url: url, name: schema, directory: directory, connections: connections) }
            } ?? [SQLiteStorage()]
        defer { for storage in storages { storage.close() } }
        let company = try IngestCompany(directory: directory, in: storages, devices: devices, sets: sets)
        defer { try? company.close() }
        let result = try company.play(callers: callers)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            print(String(decoding: try encoder.encode(result), as: UTF8.self))
        } else {
            print(result.description)
        }
        guard result.admitted == devices * sets else { throw ExitCode(1) }
    }
}
