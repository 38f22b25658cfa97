import Foundation
import Testing
import TruckrollCore
import TruckrollServer
import TruckrollSync

@Suite("Replica numbers kept outside the database")
struct ReplicaNumberFileTests {
    private let directory: URL
    private let home: TenantHome
    private var file: URL { home.keys.appendingPathComponent("replicas") }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-numbers-\(UInt64.random(in: 0 ... .max))")
        home = TenantHome(directory: directory, tenant: TenantID(high: 1, low: 2))
        try home.found()
    }

    @Test("a number is given once, whatever an older copy of the database would give; who got it is known")
    func once() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        #expect(try home.replicaNumbers().next(atLeast: 2, for: .device) == 2)
        #expect(try home.replicaNumbers().next(atLeast: 2, for: .device) == 3)
        #expect(try home.replicaNumbers().next(atLeast: 1_000_002, for: .server) == 1_000_002)
        #expect(try home.replicaNumbers().next(atLeast: 3, for: .device) == 1_000_003)
        #expect(try home.replicaNumbers().given(from: 3).map(\.number) == [3, 1_000_002, 1_000_003])
        #expect(try home.replicaNumbers().given(from: 3).map(\.holder) == [.device, .server, .device])
    }

    @Test("a line that a crash cut short, at any byte, costs no number and spoils none", arguments: 0...8)
    func torn(_ kept: Int) throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let numbers = home.replicaNumbers()
        #expect(try numbers.next(atLeast: 41, for: .device) == 41)
        let whole = try Data(contentsOf: file)
        try (whole + Data("42 device\n".utf8).prefix(kept)).write(to: file)
        let next = try numbers.next(atLeast: 1, for: .device)
        #expect((42...43).contains(next))
        #expect(try numbers.next(atLeast: 1, for: .device) == next + 1)
        #expect(try numbers.given(from: 41).map(\.number).suffix(2) == [next, next + 1])
    }

    @Test("a file that cannot be read stops the giving")
    func unreadable() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
        #expect(throws: (any Error).self) { try home.replicaNumbers().next(atLeast: 1, for: .device) }
    }
}
