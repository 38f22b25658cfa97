import ArgumentParser
import CommandSupport
import Foundation
import TruckrollClient
import TruckrollSync
import TruckrollTerminal

struct OutboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "Carry what waits on a device to the server as a file.",
        discussion: Teach.text(
            "For a device that gets no network: export here, import on any enrolled device that has one. The sets stay in the outbox until they are answered.",
            "outbox export work.chg", "outbox import work.chg", exits: Teach.network), subcommands: [Export.self, Import.self])

    struct Export: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Write the outbox to a file.",
            discussion: Teach.text("An existing file is not overwritten.", "outbox export work.chg", exits: "0 written, 1 failed, 64 bad usage."))
        @Argument(help: "The file.") var file: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let export = try desk.client.exportOutbox()
            try export.write(to: file)
            desk.print(
                "\(export.waiting.counted("set")) written to \(file)."
                    + (export.answered == 0
                        ? ""
                        : " \(export.answered) that \(export.answered == 1 ? "is" : "are") stored already go\(export.answered == 1 ? "es" : "") along, for a server put back to an older copy.")
            )
            desk.print(
                json: [
                    "file": .string(file), "sets": .int(export.waiting), "answered_sets": .int(export.answered), "bytes": .int(export.bytes.count),
                ])
        }
    }

    struct Import: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Bring another device's outbox file to the server.",
            discussion: Teach.text(
                "Each set is checked there by its own device's signature; one it has already is not taken twice.", "outbox import work.chg",
                exits: Teach.network))
        @Argument(help: "The file.") var file: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw DeviceProblem("file-unreadable", "\(file) cannot be read.", next: "Check the path.")
            }
            let (answered, known) = try await desk.client.carryOutbox(Array(data))
            desk.print("\(answered) set\(answered == 1 ? "" : "s") answered, \(known) of them known before.")
            desk.print(json: ["answered": .int(answered), "known": .int(known)])
        }
    }
}
