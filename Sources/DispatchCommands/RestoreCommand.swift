import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Write back a value that lost.",
        discussion: """
            Name a record and its field for the value that lost last, or the ruling that `why` names. Of a text it is an earlier \
            wording, of those this device has shown; the newest when --wording is left out.

            EXAMPLE
              truckroll-dispatch restore SO-2026-000001 title
              truckroll-dispatch restore 0199c82c-c000-8000-8000-00000000beef
              truckroll-dispatch restore SO-2026-000001 problem --wording 2

            EXIT STATUS: 0 written, or it was so already; 2 refused or kept aside, the reason is printed; 3 recorded, and told to the \
            server when this device syncs; 64 bad usage; 1 anything else, nothing that lost included.
            JSON: answer (granted, refused, pending), text, record, field, value.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The record (an order's number, its end, or entity/id), or the ruling.") var subject: String
    @Argument(help: "The field, when a record is named.") var field: String?
    @Option(help: "For a text: which earlier wording, 1 being the newest.") var wording: Int?

    func run() async throws {
        try await options.run { session in
            let client = session.client
            let reach = try await session.sync()
            let named = try field.map { _ in
                try client.read { reader in
                    let view = try WhyCommand.find(subject, reader)
                    return (entity: view.entity, id: view.id)
                }
            }
            let recorded: Recorded
            do { recorded = try restore(client, named) } catch let problem as DeviceProblem where problem.isRefusal {
                session.console.fail(problem)
                return .refused
            }
            try await session.deliver(after: reach)
            let value = try named.flatMap { named in try field.map { try client.why(named.entity, named.id, $0).shown } }
            let about = [subject, field].compactMap(\.self).joined(separator: " ") + (value.map { " reads “\($0)”" } ?? "")
            return session.report(
                try client.dispatchReception(of: recorded), about: about,
                json: [("record", .string(subject)), ("field", .text(field)), ("value", .text(value))])
        }
    }

    private func restore(_ client: DeviceClient, _ named: (entity: Entity, id: RecordID)?) throws -> Recorded {
        guard let named, let field else { return try client.restore(try client.findRuling(subject)) }
        if let kind = JointTextKind(rawValue: field), kind.subjectEntity == named.entity.name {
            return try client.restoreWording(kind, of: named.id, number: wording ?? 1)
        }
        return try client.restore(try client.newestRuling(field, of: named.entity, named.id))
    }
}
