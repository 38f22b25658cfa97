import CommandSupport
import Foundation
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@testable import DispatchCommands

struct StoreLocationTests {
    @Test(
        "a named folder wins over TRUCKROLL_STORE, which wins over the home folder",
        arguments: [
            ("/named", ["TRUCKROLL_STORE": "/variable", "HOME": "/home/ana"], "/named"),
            (nil, ["TRUCKROLL_STORE": "/variable", "HOME": "/home/ana"], "/variable"),
            (nil, ["TRUCKROLL_STORE": "", "HOME": "/home/ana"], "/home/ana/.truckroll/dispatch"),
            (nil, ["HOME": "/home/ana"], "/home/ana/.truckroll/dispatch"),
        ] as [(String?, [String: String], String)])
    func folder(named: String?, environment: [String: String], expected: String) {
        #expect(StoreLocation.folder(named: named, program: DispatchProgram.folder, environment: environment).path == expected)
    }

    @Test("a clock that is set runs on from its start, in the zone it was written in")
    func clock() throws {
        let start = try #require(DeviceTime("2026-11-23T08:00:00+05:00"))
        let environment = DeviceEnvironment.starting(at: start)
        #expect((start.milliseconds..<start.milliseconds + 60_000).contains(environment.now()))
        #expect(environment.offsetMinutes(0) == 300)
    }

    @Test("a folder without a store is refused with what to check, and not made", arguments: ["list", "status", "sync"])
    func missing(command: String) async {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("desk-\(UInt64.random(in: 0 ... .max))/mistyped")
        let result = await Desk.run([command], store: folder)
        #expect(result.code == 1)
        #expect(result.errors.contains("not enrolled there") && result.errors.contains("Check --store"))
        #expect(!FileManager.default.fileExists(atPath: folder.deletingLastPathComponent().path))
    }

    @Test("every problem is told in words and with what to do next, or says it itself")
    func words() {
        let problems: [(any Error, String, String?)] = [
            (DeviceProblem("code", "It is so.", next: "Do this."), "It is so.", "Do this."),
            (TransportProblem.offline("no network"), TransportProblem.offline("no network").description, DispatchProgram.advice.unreachable),
            (SchemaProblem(entity: "site", detail: "no name"), "Site: no name.", DispatchProgram.advice.misfit),
            (
                SchemaProblem(entity: "service_order", detail: "po_reference “x” is none of in_service, due"),
                "Service order: po reference “x” is none of in_service, due.", DispatchProgram.advice.misfit
            ),
        ]
        for (error, what, next) in problems {
            let words = ProblemWords(error, advice: DispatchProgram.advice)
            #expect(words.whatHappened == what)
            #expect(words.whatToDoNext == next)
        }
    }
}
