import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct AuditCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Compare everything here with the server, and mend what differs.",
        discussion: Teach.text(
            "Compares digests scope by scope. With --repair what differs is fetched again, and what follows from it and the outbox is made anew; the outbox is never touched.",
            "audit", "audit --repair",
            exits: "0 both agree or were mended, 1 failed, 3 offline (nothing is lost), 4 they differ, 64 bad usage."))

    @Flag(help: "Fetch again what differs.") var repair = false
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let arrivals = Arrivals("Syncing, then comparing every record with the server.", on: desk.console.errors)
        defer { arrivals.finish() }
        let report = try await desk.client.audit(repairing: repair, onReply: { arrivals.show($0) })
        desk.print(json: report.json(repairing: repair))
        desk.print("\(report.scopes.counted("scope")) with \(report.records.counted("record")) compared at position \(report.position).")
        for line in report.madeAnew.lines(repairing: true) { desk.print(Sign.sign(.stored) + StyledText(" " + line)) }
        if report.isClean { return desk.print(Sign.sign(.stored) + " Both sides agree.") }
        let sign = Sign.sign(repair ? .stored : .needsAttention)
        for scope in report.differing { desk.print(sign + StyledText(" \(scope.name) \(repair ? "was mended" : "differs")")) }
        for line in report.derived.lines(repairing: repair) { desk.print(sign + StyledText(" " + line)) }
        guard repair else {
            desk.print(StyledText("Mend it: truckroll-field audit --repair", .cyan))
            throw ExitStatus.attention.code
        }
    }
}
