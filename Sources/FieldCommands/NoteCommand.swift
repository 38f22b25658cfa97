import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

struct NoteCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Add a remark to a job.",
        discussion: Teach.text(
            "Colleagues and the office see it after their next sync.", "note SO-2026-000001 \"Key is with the porter\"", exits: Teach.recorded))

    @Argument(help: "The job: order number, id, or the end of either.") var job: String
    @Argument(help: "The remark.", transform: Wording.read) var text: String
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        desk.report(try desk.client.addNote(text, to: try desk.client.findJob(job)), "The note is recorded.")
    }
}
