import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct PermitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permit", abstract: "Record permits and isolations, and see which hold.",
        discussion: Teach.text(
            "A site can ask for permits; without one that holds, `start` asks for a reason.", "permit list SO-2026-000001",
            "permit add SO-2026-000001 hot_work HW-77 --issuer \"Shift leader\" --until 16:00", exits: Teach.recorded),
        subcommands: [List.self, Add.self, Suspend.self])

    struct List: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The permits that count for a job, and whether each holds now.",
            discussion: Teach.text("", "permit list SO-2026-000001", exits: Teach.read))
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let order = try desk.client.findJob(job)
            let needed = try desk.client.job(order).site?.permitsNeeded ?? []
            let lines = try desk.client.permits(of: order)
            var table = Table(
                [.init("Kind"), .init("Number"), .init("Issuer", .left, .truncates(minimum: 8)), .init("Until"), .init("Holds"), .init("Id")],
                emptyText: needed.isEmpty ? "None is recorded, and none is asked for." : "None is recorded.",
                footer: StyledText(
                    needed.isEmpty ? "The site asks for none." : "Asked for: \(needed.map { Words.spaced($0) }.joined(separator: ", "))"))
            for line in lines {
                table.addRow(
                    StyledText(Words.spaced(line.view.text("kind") ?? ""), .bold), StyledText(line.view.text("number") ?? ""),
                    StyledText(line.view.text("issuer") ?? ""), StyledText(line.view.time("valid_to").map { "\($0.date) \($0.clock)" } ?? "no end"),
                    StyledText(line.problem ?? "yes", line.problem == nil ? .green : [.bold, .red]), StyledText("…\(line.view.id.short)", .dim))
            }
            desk.print(table)
            desk.print(json: ["needed": .texts(needed), "permits": .array(lines.map(\.json))])
        }
    }

    struct Add: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Record a permit that you were shown.",
            discussion: Teach.text(
                "It is for this job unless --site says that it is for the whole site, or it is an induction, which is yours.",
                "permit add SO-2026-000001 hot_work HW-77 --issuer \"Shift leader\" --until 16:00",
                "permit add SO-2026-000001 electrical_isolation LOTO-3 --issuer \"Control room\" --lock \"MCC 4, breaker 12\"",
                exits: Teach.recorded))
        @Argument(help: "The job: order number, id, or the end of either.") var job: String
        @Argument(help: "What it allows.") var kind: PermitKind
        @Argument(help: "Its number.", transform: Wording.read) var number: String
        @Option(help: "Who issued it.", transform: Wording.read) var issuer: String
        @Option(help: "From when it holds: HH:MM of today, or in full as 2026-11-23T07:30:00+01:00; now when left out.") var from: Time?
        @Option(help: "Until when it holds; left out, it has no end.") var until: Time?
        @Option(help: ArgumentHelp("Where something is locked off; may be given several times.", valueName: "place"), transform: Wording.read)
        var lock: [String] = []
        @Flag(help: "It is for the whole site.") var site = false
        @Option(help: "A remark.", transform: Wording.read) var note: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            var entry = PermitEntry(kind: kind, number: number, issuer: issuer)
            (entry.from, entry.to) = (try desk.instant(from), try desk.instant(until))
            (entry.lockPoints, entry.note) = (lock, note)
            entry.isPersonal = kind == .induction
            entry.isForSite = site || kind == .induction
            desk.report(try desk.client.addPermit(entry, on: try desk.client.findJob(job)), "Permit \(number) (\(Words.spaced(kind.rawValue)))")
        }
    }

    struct Suspend: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "suspend", abstract: "Say that a permit does not hold any more.",
            discussion: Teach.text(
                "Suspended stands against whoever says otherwise at the same time.", "permit suspend 1f2e3d4c --note \"Gas alarm\"",
                exits: Teach.recorded))
        @Argument(help: "The permit, by its id or the end of it.") var permit: String
        @Option(help: "Why.", transform: Wording.read) var note: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let id = try desk.client.findRecord("permit/\(permit)").id
            desk.report(try desk.client.suspendPermit(id, note: note), "Permit …\(id.short) suspended")
        }
    }
}

extension PermitLine {
    var json: JSONValue {
        [
            "id": .string(view.id.description), "kind": .text(view.text("kind")), "number": .text(view.text("number")),
            "issuer": .text(view.text("issuer")), "valid_from": .text(view.text("valid_from")), "valid_to": .text(view.text("valid_to")),
            "state": .text(view.text("state")), "holds": .bool(problem == nil), "problem": .text(problem),
        ]
    }
}
