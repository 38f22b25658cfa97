import TruckrollCore
import TruckrollDomain

/// Exceptions that the server raises and ends by itself.
extension EffectBuilder {
    /// Raises an exception in the transaction of its cause, with its owner and its clock.
    ///
    /// - Parameters:
    ///   - name: tells apart those that one cause raises.
    ///   - subject: what it is about, beside its order.
    func raise(_ kind: ExceptionKind, _ name: String, order: RecordID?, about: RecordID?, subject: RecordID? = nil, text: String) throws {
        try raise(kind, id: try id("exception", Self.subject(name, order)), order: order, about: about, subject: subject, text: text)
    }

    func raise(_ kind: ExceptionKind, id: RecordID, order: RecordID?, about: RecordID?, subject: RecordID? = nil, text: String) throws {
        try create(
            "exception", id: id,
            [
                "kind": .text(kind.rawValue), "order": order.map { .reference($0) } ?? .null, "about": about.map { .reference($0) } ?? .null,
                "subject": subject.map { .reference($0) } ?? .null, "text": .text(text.unicodeScalars.prefix(1000).map(String.init).joined()),
                "raised_at": now,
            ])
        try ExceptionEffects(builder: self).begin(id)
    }

    /// Raises what rules found an error in, with the reason that was given; nothing where they found none.
    func raise(
        _ kind: ExceptionKind, _ name: String, order: RecordID?, about: RecordID?, subject: RecordID?, _ report: RuleReport, reason: String?
    ) throws {
        guard report.verdict == .error else { return }
        let found = report.findings.filter { $0.severity == .error }.map { "\($0.text) (\($0.code))" }.joined(separator: " ")
        let given = reason.map { "Reason given: \($0)" } ?? "No reason was given."
        try raise(kind, name, order: order, about: about, subject: subject, text: "\(found) \(given) Rules: \(report.rules).")
    }

    /// Ends the exception that another cause raised under the name, where it is of the kind and open.
    func resolve(_ kind: ExceptionKind, raisedBy cause: String, _ name: String, order: RecordID?, text: String) throws {
        let entity = try schema.entity("exception")
        let id = RecordID.derived(type: entity.type, key: [Array(cause.utf8), Array(Self.subject(name, order).utf8)])
        guard let view = try writer.view(entity, id), view.text("kind") == kind.rawValue else { return }
        try ExceptionEffects(builder: self).settle(view, text)
    }

    /// Ends the open exceptions of a kind about an order.
    ///
    /// - Parameter isMoot: whether nothing is left of it that a person would have to answer for.
    func resolve(_ kind: ExceptionKind, order: RecordID, text: String, isMoot: Bool = true) throws {
        for view in try writer.views(try schema.entity("exception"), where: "order", equals: .reference(order))
        where view.text("kind") == kind.rawValue {
            let effects = ExceptionEffects(builder: self)
            if try isMoot || effects.policy(of: view).asksNothing { try effects.settle(view, text) }
        }
    }

    /// Ends the open exceptions of a kind about a record.
    func resolve(_ kind: ExceptionKind, subject: RecordID, text: String) throws {
        for view in try writer.views(try schema.entity("exception"), where: "subject", equals: .reference(subject))
        where view.text("kind") == kind.rawValue {
            try ExceptionEffects(builder: self).settle(view, text)
        }
    }

    private static func subject(_ name: String, _ order: RecordID?) -> String { order.map { "\(name):\($0)" } ?? name }
}
