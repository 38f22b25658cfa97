import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct RestoreCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Write back a value that lost.",
        discussion: Teach.text(
            "Name the ruling `why` shows, or a record and field for the newest one. Of a text it is an earlier wording, of those this device has shown; "
                + "`why` lists them.", "restore 0199c82c-c000-8000-8000-00000000beef", "restore SO-2026-000001 title",
            "restore SO-2026-000001 problem --wording 2", exits: Teach.recorded))

    @Argument(help: "The ruling, or the record.") var subject: String
    @Argument(help: "The field, when a record is named.") var field: String?
    @Option(help: "For a text: which earlier wording, by its number in `why`; the newest when not given.") var wording: Int?
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let ruling: RecordID
        if let field {
            let (entity, id) = try desk.client.findRecord(subject)
            if let kind = JointTextKind(rawValue: field), kind.subjectEntity == entity.name {
                let recorded = try desk.client.restoreWording(kind, of: id, number: wording ?? 1)
                return desk.report(recorded, "The text reads now: \(try desk.client.jointText(kind, of: id) ?? "")")
            }
            ruling = try desk.client.newestRuling(field, of: entity, id)
        } else {
            ruling = try desk.client.findRuling(subject)
        }
        desk.report(try desk.client.restore(ruling), "The value stands again.")
    }
}
