import ArgumentParser
import TruckrollDomain
import TruckrollStoreSQLite
import TruckrollTerminal

/// Prints what follows from the schemas.
struct SchemaDocuments: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the field documentation, the tables or the workflows that follow from the definitions.",
        discussion: """
            docs/fields.md, Schemas/tables.sql and docs/workflows.md are this command's output; a test fails when they differ.

              truckroll-server schema --documentation > docs/fields.md
              truckroll-server schema --tables > Schemas/tables.sql
              truckroll-server schema --workflows > docs/workflows.md

            EXIT STATUS: 0 printed, 1 failed, 64 bad usage.
            """)
    @Flag(help: "Markdown: every entity with its fields and merge rules.") var documentation = false
    @Flag(help: "SQL: the tables of typed columns.") var tables = false
    @Flag(help: "Markdown: a diagram and a table of each workflow that is enforced.") var workflows = false

    func run() async throws {
        try await reporting {
            guard [documentation, tables, workflows].count(where: { $0 }) == 1 else {
                throw Failure("One of --documentation, --tables and --workflows is needed.", next: "Add one.")
            }
            let schema = try Schema.load()
            let out = Terminal.standardOutput()
            if workflows { return out.write(WorkflowDocument.text) }
            out.write(documentation ? FieldDocumentation(schema).text : EntityTables.statements(for: schema).map { $0 + ";\n" }.joined())
        }
    }
}
