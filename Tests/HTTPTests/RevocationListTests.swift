import Dispatch
import Foundation
import Testing
import TruckrollCore
import TruckrollServer

@Suite("Revocations kept outside the database")
struct RevocationListTests {
    private let directory: URL
    private let home: TenantHome
    private var file: URL { home.keys.appendingPathComponent("revocations") }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-revocations-\(UInt64.random(in: 0 ... .max))")
        home = TenantHome(directory: directory, tenant: TenantID(high: 1, low: 2))
        try home.found()
    }

    @Test("a line that a crash or a full disk cut short, at any byte, swallows none that comes after it", arguments: [0, 1, 20, 35, 36, 37, 45, 50])
    func torn(_ kept: Int) throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let (first, lost, next) = (DeviceID(high: 1, low: 1), DeviceID(high: 2, low: 2), DeviceID(high: 3, low: 3))
        try home.appendRevocation(first, at: 1_795_420_800_000)
        let whole = try Data(contentsOf: file)
        try (whole + Data("\(lost) 1795420800000\n".utf8).prefix(kept)).write(to: file)
        try home.appendRevocation(next, at: 1_795_420_800_001)
        #expect(try home.revokedDevices().isSuperset(of: [first, next]))
        #expect(try home.revokedDevices().isSubset(of: [first, lost, next]))
    }

    @Test("lines that name no device are counted, those that do and empty ones are not")
    func damaged() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try home.appendRevocation(DeviceID(high: 1, low: 1), at: 1_795_420_800_000)
        #expect(try home.unreadableRevocations() == 0)
        try (try Data(contentsOf: file) + Data("\nrubbish\n00ff 12\n\n".utf8)).write(to: file)
        #expect(try home.unreadableRevocations() == 2)
        #expect(try home.revokedDevices() == [DeviceID(high: 1, low: 1)])
    }

    @Test("several calls at a time lose no line")
    func concurrent() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let home = home
        DispatchQueue.concurrentPerform(iterations: 40) { number in
            try? home.appendRevocation(DeviceID(high: 9, low: UInt64(number)), at: 1_795_420_800_000)
        }
        #expect(try home.revokedDevices().count == 40)
    }

    @Test("a list that is not there is not begun anew")
    func unreadable() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.removeItem(at: file)
        #expect(throws: (any Error).self) { try home.appendRevocation(DeviceID(high: 1, low: 1), at: 1) }
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }
}
