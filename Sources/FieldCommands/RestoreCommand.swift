import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollTerminal

struct RestoreCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Write back a value that lost.",
        discussion: Teach.text(
            "Name the ruling `why` shows, or a record and field for the newest one.", "restore 0199c82c-c000-8000-8000-00000000beef",
            "restore 2026-0042 title", exits: Teach.recorded))

    @Argument(help: "The ruling, or the record.") var subject: String
    @Argument(help: "The field, when a record is named.") var field: String?
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let ruling: RecordID
        if let field {
            let (entity, id) = try desk.client.findRecord(subject)
            ruling = try desk.client.newestRuling(field, of: entity, id)
        } else {
            ruling = try desk.client.findRuling(subject)
        }
        desk.report(try desk.client.restore(ruling), "The value stands again.")
    }
}
