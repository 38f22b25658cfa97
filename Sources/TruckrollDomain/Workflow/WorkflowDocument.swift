/// The workflows as people read them, made from the machines that are enforced: a diagram (Mermaid) and a table of each.
public enum WorkflowDocument {
    /// The whole page, in Markdown.
    public static var text: String {
        ([
            "# Workflows", "",
            "Made from the definition that server and devices enforce (`truckroll-server schema --workflows`); a test fails when they differ.",
        ] + orders + reservations + exceptions + assets).joined(separator: "\n") + "\n"
    }

    private static var orders: [String] {
        let rows = OrderWorkflow.transitions.flatMap { transition in
            OrderState.allCases.filter { transition.from.contains($0) }.map { ($0.rawValue, transition.event.rawValue, transition.to.rawValue) }
        }
        let table = OrderWorkflow.transitions.map { transition in
            let from = OrderState.allCases.filter { transition.from.contains($0) }.map(\.rawValue).joined(separator: ", ")
            let roles = transition.event.roles.map(\.rawValue).sorted().joined(separator: ", ")
            return [transition.event.rawValue, from, transition.to.rawValue, roles.isEmpty ? "the server" : roles]
        }
        return section(
            "Service order", start: OrderState.draft.rawValue, rows, ["Event", "From", "To", "Who records it"],
            [[OrderEvent.create.rawValue, "–", OrderState.draft.rawValue, OrderEvent.create.roles.map(\.rawValue).sorted().joined(separator: ", ")]]
                + table)
    }

    private static var reservations: [String] {
        let rows = ReservationWorkflow.transitions.map { ($0.from.rawValue, $0.event.rawValue, $0.to.rawValue) }
        return section(
            "Reservation", start: ReservationState.requested.rawValue, rows, ["Step", "From", "To"], rows.map { [$0.1, $0.0, $0.2] })
    }

    private static var exceptions: [String] {
        let rows = ExceptionWorkflow.transitions.map { ($0.from.rawValue, $0.event.rawValue, $0.to.rawValue) }
        return section("Exception", start: ExceptionStage.raised.rawValue, rows, ["Event", "From", "To"], rows.map { [$0.1, $0.0, $0.2] })
    }

    private static var assets: [String] {
        let rows = AssetLifecycle.transitions.map { ($0.from.rawValue, $0.event.rawValue, $0.to.rawValue) }
        let beginnings = AssetEvent.allCases.compactMap { event in AssetLifecycle.beginnings[event].map { ["\(event.rawValue)", "–", $0.rawValue] } }
        return section(
            "Asset", start: AssetStage.active.rawValue, rows, ["Event", "From", "To"], beginnings + rows.map { [$0.1, $0.0, $0.2] })
    }

    private static func section(
        _ title: String, start: String, _ rows: [(from: String, event: String, to: String)], _ head: [String], _ table: [[String]]
    ) -> [String] {
        ["", "## \(title)", "", "```mermaid", "stateDiagram-v2", "    [*] --> \(start)"]
            + rows.map { "    \($0.from) --> \($0.to): \($0.event)" } + ["```", ""]
            + [head, head.map { _ in "---" }].map(line) + table.map(line)
    }

    private static func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
}
