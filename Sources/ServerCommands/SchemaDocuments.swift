import ArgumentParser
import TruckrollDomain
import TruckrollStoreSQLite
import TruckrollTerminal

/// Prints what follows from the schemas.
struct SchemaDocuments: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the field documentation or the tables that follow from the schemas.",
        discussion: """
            docs/fields.md and Schemas/tables.sql are this command's output; a test fails when they differ.

              truckroll-server schema --documentation > docs/fields.md
              truckroll-server schema --tables > Schemas/tables.sql

            EXIT STATUS: 0 printed, 1 failed, 64 bad usage.
            """)
    @Flag(help: "Markdown: every entity with its fields and merge rules.") var documentation = false
    @Flag(help: "SQL: the tables of typed columns.") var tables = false

    func run() async throws {
        try await reporting {
            guard documentation != tables else { throw Failure("One of --documentation and --tables is needed.", next: "Add one.") }
            let schema = try Schema.load()
            let out = Terminal.standardOutput()
            out.write(documentation ? FieldDocumentation(schema).text : EntityTables.statements(for: schema).map { $0 + ";\n" }.joined())
        }
    }
}
