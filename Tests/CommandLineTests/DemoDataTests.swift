import ArgumentParser
import CommandEntry
import Foundation
import ServerCommands
import Testing
import TruckrollTerminal

@Suite("Making the demonstration company")
struct DemoDataTests {
    @Test("one whose making was cut short is known as such, and made anew when asked to; a complete one stays")
    func cutShort() async throws {
        let data = FileManager.default.temporaryDirectory.appendingPathComponent("truckroll-demo-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: data) }
        func make(_ more: String...) async -> Int32 {
            await Program.run(ServerCommand.self, ["demo-data", "--data", data.path, "--day", "2026-11-23", "--json", "--quiet"] + more).status
        }
        #expect(await make() == 0)
        #expect(await make("--start-over") == 1, "a complete company is not taken away")
        let tenants = data.appendingPathComponent("tenants")
        let tenant = try #require(try FileManager.default.contentsOfDirectory(atPath: tenants.path).first)
        let mark = tenants.appendingPathComponent(tenant).appendingPathComponent("demo-data.unfinished")
        #expect(!FileManager.default.fileExists(atPath: mark.path))
        try Data().write(to: mark)
        #expect(await make() == 1)
        #expect(FileManager.default.fileExists(atPath: mark.path))
        #expect(await make("--start-over") == 0)
        #expect(!FileManager.default.fileExists(atPath: mark.path))
    }
}
