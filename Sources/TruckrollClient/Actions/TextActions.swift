import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension DeviceClient {
    /// Gives a text of a job a new wording. What colleagues write in it meanwhile stays, and so does what is written here.
    ///
    /// - Parameter wording: makes the new wording of the present one.
    public func reword(_ kind: JointTextKind, of order: RecordID, task: RecordID? = nil, _ wording: (String) -> String) throws -> Recorded {
        let shown = try textsShown()
        let recorded = try act("text") { editor in
            _ = try editor.require("service_order", order)
            let subject = task ?? order
            let present = try editor.text(kind, of: subject) ?? ""
            let isChanged = try editor.reword(kind, of: order, task: task, as: wording(present))
            return (kind.id(of: subject), isChanged ? [] : ["It was so already."])
        }
        remember(shown)
        return recorded
    }

    /// What a text reads; `nil` when nobody has written in it.
    public func jointText(_ kind: JointTextKind, of subject: RecordID) throws -> String? { try read { try $0.text(kind, of: subject) } }

    /// Whether the server took a change of a text.
    public func dispatchReception(of recorded: Recorded) throws -> DispatchAnswer {
        guard let set = recorded.set, let record = recorded.record else { return .granted("It was so already.") }
        return try read { reader in
            if let refusal = try setAside(DispatchTicket(record: record, set: set), reader) { return refusal }
            return try reader.own(set)?.standing == .answered ? .granted("It is written.") : .pending
        }
    }
}

extension LocalEditor {
    /// Gives a text of an order or of one of its tasks a new wording, and notes who wrote.
    @discardableResult
    func reword(_ kind: JointTextKind, of order: RecordID, task: RecordID? = nil, as wording: String) throws -> Bool {
        let id = kind.id(of: task ?? order)
        var fields = kind.fields(order: order, task: task)
        if try !hasWritten(in: id) { fields["authors"] = .list([.reference(user)]) }
        return try reword("text", id, "text", as: try wording.closed(over: view("text", id)?.text("text") ?? ""), within: fields)
    }

    /// Whether the text says already that this number is the user's.
    private func hasWritten(in id: RecordID) throws -> Bool {
        guard let view = try view("text", id), let field = view.entity["authors"], case .elements(let elements)? = view.state(field) else {
            return false
        }
        return elements.contains { element in
            element.element == .reference(user) && element.presence.siblings.contains { $0.version.stamp.replica == replica }
        }
    }
}

extension RecordSource {
    /// A text of an order or a task; `nil` when nobody has written in it.
    func text(_ kind: JointTextKind, of subject: RecordID) throws -> String? {
        try view("text", kind.id(of: subject))?.wording
    }
}

extension RecordView {
    /// What a text reads, without the line feed that ends it; `nil` when nothing stands there.
    var wording: String? { text("text").map(\.opened).flatMap { $0.isEmpty ? nil : $0 } }
}

extension String {
    /// A wording as a text holds it: ended by a line feed, so that what two people write where nothing stood, neither knowing of
    /// the other, stands in lines of its own. One that stands without is left so.
    fileprivate func closed(over standing: String) -> String {
        // Read and written again, a text is as it was, with however many line feeds it ends.
        if hasBytes(of: standing.opened) { return standing }
        return isEmpty || hasSuffix("\n") || !standing.isEmpty && !standing.hasSuffix("\n") ? self : self + "\n"
    }

    /// What ``closed(over:)`` was made of.
    var opened: String { hasSuffix("\n") ? String(dropLast()) : self }
}
