import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Who wrote in a job's texts when, as far as the texts tell: each person's first writing, and the latest change.
struct TextHistory {
    let reader: PlanningReader

    func lines(of order: RecordID) throws -> [(fact: Fact, text: String)] {
        let screen = reader.screen
        return try screen.reader.children("text", of: order).flatMap { view -> [(fact: Fact, text: String)] in
            guard let field = view.entity["text"], case .text(let text)? = view.state(field) else { return [] }
            let name = try screen.textName(view)
            let begun = Self.firstWritings(view)
            var lines = try begun.sorted { $0.value < $1.value }.map { replica, version in
                let standing = text.shownParts.filter { $0.replica == replica }.map(\.text.opened).joined(separator: " … ")
                return (
                    fact: try reader.fact(view.id, version),
                    text: "\(name): " + (standing.isEmpty ? "wrote what was taken out since" : "“\(standing)”")
                )
            }
            if let last = view.version("text"), last > begun[last.stamp.replica] ?? last {
                lines.append((try reader.fact(view.id, last), "\(name): changed last"))
            }
            return lines
        }
    }

    /// The version with which each device said first that its user writes in the text.
    private static func firstWritings(_ view: RecordView) -> [ReplicaID: Version] {
        guard let field = view.entity["authors"], case .elements(let elements)? = view.state(field) else { return [:] }
        let versions = elements.flatMap { $0.presence.siblings.map(\.version) }
        return Dictionary(versions.map { ($0.stamp.replica, $0) }, uniquingKeysWith: { min($0, $1) })
    }
}

extension ScreenReader {
    /// What a text is of, such as `problem` or `notes on Sign in`.
    func textName(_ view: RecordView) throws -> String {
        guard let task = view.reference("task") else { return view.text("of") ?? "text" }
        return "\(view.text("of") ?? "notes") on \(try name("task", task) { $0.text("title") })"
    }
}
