import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

struct ResolveCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Pick a value where several stand side by side.",
        discussion: Teach.text(
            "What you write replaces the values this device shows; one it has not seen stays beside it.", "resolve SO-2026-000001 priority high",
            exits: Teach.recorded))

    @Argument(help: "The record: entity/id, an order number, a tag, or the end of an id.") var record: String
    @Argument(help: "The field.") var field: String
    @Argument(help: "The value.") var value: String
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let (entity, id) = try desk.client.findRecord(record)
        let recorded = try desk.client.write(value, to: field, of: entity, id)
        desk.report(recorded, "\(field) is \(try desk.client.why(entity, id, field).shown)")
    }
}
