import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// Why a field shows what it shows: every value that competes for it, and what decided.
public struct Explanation: Sendable {
    /// A value that stands.
    public struct Candidate: Sendable {
        /// For a set: the element, and whether it is in.
        public let value: String
        /// The value itself, for a set the element; `nil` for an element that is out.
        public let raw: Value?
        public let version: Version
        public let by: String
        /// The device it was written on, as far as this device can tell.
        public let device: String?
        public let at: DeviceTime
        public let place: Whereabouts
        /// Whether this device made the set it is in.
        public let isMadeHere: Bool
        /// Whether it is what is shown.
        public let isShown: Bool
        /// What its author said about it, of a safety value: the notes of the same change set.
        public let reasons: [String]
    }

    /// A piece of a text, as one person wrote it.
    public struct TextPart: Sendable {
        public let text: String
        public let by: String
        public let device: String?
        /// Whether it stands, or waits for what it was written into.
        public let isShown: Bool
    }

    /// A decision about the field or its record.
    public struct RulingLine: Sendable {
        public let id: RecordID
        public let rule: String
        public let text: String
        public let winner: String?
        public let winnerBy: String?
        public let loser: String?
        /// The value itself that lost.
        public let rawLoser: Value
        public let loserBy: String?
        public let loserVersion: Version?
        /// Whether `restore` can write the loser back.
        public let isRestorable: Bool
    }

    /// A write of this device that the server has not taken as it was meant.
    public struct PendingWrite: Sendable {
        public let value: String
        public let operation: String
        public let set: WriteID
        public let intent: String
        public let madeAt: DeviceTime
        public let place: Whereabouts
        public let remarks: [String]
    }

    public let entity: String
    public let id: RecordID
    public let label: String
    /// What the explanation is headed by: record and field, or what a text is of.
    public let heading: String
    public let field: String
    public let type: FieldType
    public let summary: String
    public let rule: MergeRule
    public let shown: String
    /// The value itself that is shown.
    public let rawShown: Value
    public let candidates: [Candidate]
    /// Of a text: who wrote which part, in reading order.
    public let parts: [TextPart]
    public let rulings: [RulingLine]
    public let pending: [PendingWrite]
}

extension DeviceClient {
    /// Explains a field of a record.
    public func why(_ entity: Entity, _ id: RecordID, _ name: String) throws -> Explanation {
        let offset = try moment().offsetMinutes
        return try read { try $0.why(entity, id, name, offsetMinutes: offset) }
    }
}

extension LocalReader {
    /// Explains a field of a record.
    ///
    /// - Parameter offsetMinutes: of the time zone in which its times are told.
    public func why(_ entity: Entity, _ id: RecordID, _ name: String, offsetMinutes: Int) throws -> Explanation {
        if let kind = JointTextKind(rawValue: name), kind.subjectEntity == entity.name, entity[name] == nil {
            return try why(try schema.entity("text"), kind.id(of: id), "text", offsetMinutes: offsetMinutes)
        }
        let field = try DeviceClient.field(name, of: entity)
        let screen = try ScreenReader(self)
        // A facet nobody has written to is not stored.
        let facet = try record(RecordKey(type: entity.type, id: id, facet: field.facet))
        guard let record = try facet ?? view(entity.name, id)?.record else { throw DeviceProblem.unknown(entity.title.lowercased(), id.description) }
        return try Explainer(screen: screen, authors: ReplicaAuthors(screen), view: RecordView(record, entity), field: field, offset: offsetMinutes)
            .explanation()
    }
}

private struct Explainer {
    let screen: ScreenReader
    let authors: ReplicaAuthors
    let view: RecordView
    let field: Field
    let offset: Int

    func explanation() throws -> Explanation {
        let label = try screen.label(view.entity, view.id)
        return Explanation(
            entity: view.entity.name, id: view.id, label: label,
            heading: view.entity.name == "text" && field.rule == .text ? label : "\(label) · \(field.name)", field: field.name, type: field.type,
            summary: field.summary, rule: field.rule, shown: try screen.words(view[field.name], of: field), rawShown: view[field.name],
            candidates: try candidates(), parts: try parts(), rulings: try rulings(), pending: try pending())
    }

    private func candidates() throws -> [Explanation.Candidate] {
        guard let entry = view.record[field.id], let state = view.state(field) else { return [] }
        switch state {
        case .single(let value, _): return [try candidate(try screen.words(value, of: field), value, entry.version, isShown: true)]
        case .text(let text): return [try candidate(text.shown, .text(text.shown), entry.version, isShown: true)]
        case .siblings(let set):
            let shown = view[field.name]
            return try set.siblings.map { try candidate(try screen.words($0.value, of: field), $0.value, $0.version, isShown: $0.value == shown) }
        case .elements(let elements):
            let present = view[field.name].list ?? []
            return try elements.flatMap { element in
                try element.presence.siblings.map { sibling in
                    let isIn = sibling.value.boolean ?? false
                    let words = try screen.words(.list([element.element]), of: field)
                    let isShown = present.contains(element.element) == isIn
                    return try candidate("\(words): \(isIn ? "in" : "out")", isIn ? element.element : nil, sibling.version, isShown: isShown)
                }
            }
        }
    }

    private func parts() throws -> [Explanation.TextPart] {
        guard case .text(let text)? = view.state(field) else { return [] }
        func part(_ part: JointText.Part, isShown: Bool) throws -> Explanation.TextPart {
            Explanation.TextPart(
                text: part.text.opened, by: try authors.name(of: part.replica), device: authors.device(of: part.replica), isShown: isShown)
        }
        return try text.shownParts.map { try part($0, isShown: true) } + text.waitingParts.map { try part($0, isShown: false) }
    }

    private func candidate(_ value: String, _ raw: Value?, _ version: Version, isShown: Bool) throws -> Explanation.Candidate {
        let place = try screen.reader.whereabouts(version)
        return Explanation.Candidate(
            value: value, raw: raw, version: version, by: try authors.name(version), device: authors.device(version),
            at: DeviceTime(milliseconds: Int64(clamping: version.stamp.milliseconds), offsetMinutes: offset), place: place ?? .stored,
            isMadeHere: place != nil, isShown: isShown, reasons: field.rule == .safety ? try reasons(version) : [])
    }

    private func reasons(_ version: Version) throws -> [String] {
        try screen.reader.views("note").filter { $0.firstVersion.writeID == version.writeID }.compactMap { $0.text("text") }
    }

    private func rulings() throws -> [Explanation.RulingLine] {
        try screen.reader.views("ruling", where: "subject", equals: .reference(view.id))
            .filter { ruling in
                let number = ruling.integer("field")
                return ruling.integer("subject_type") == Int64(view.entity.type.rawValue) && (number == nil || number == Int64(field.id.rawValue))
            }
            .map { ruling in
                let isAboutField = ruling.integer("field") != nil
                func words(_ name: String) throws -> String? {
                    isAboutField ? try screen.words(field.isSet ? .list([ruling[name]]) : ruling[name], of: field) : nil
                }
                return Explanation.RulingLine(
                    id: ruling.id, rule: ruling.text("rule") ?? "", text: ruling.text("text") ?? "", winner: try words("winner_value"),
                    winnerBy: try ruling.reference("winner_user").map { try screen.userName($0) }, loser: try words("loser_value"),
                    rawLoser: ruling["loser_value"],
                    loserBy: try ruling.reference("loser_user").map { try screen.userName($0) },
                    loserVersion: ruling["loser"].bytes.flatMap { try? Version(decoding: $0) }, isRestorable: isAboutField && field.rule.isPatchable)
            }
            .sorted { a, b in (a.loserVersion.map { $0.encoded } ?? []).lexicographicallyPrecedes(b.loserVersion.map { $0.encoded } ?? []) }
    }

    private func words(_ write: FieldWrite) throws -> String {
        guard field.rule == .text else { return try screen.words(field.isSet ? .list([write.value]) : write.value, of: field) }
        switch try? TextOp(write.op, write.value) {
        case .insert(let insertion): return insertion.text
        case .erase(let ranges): return "\(ranges.reduce(0) { $0 + $1.count }) characters"
        case nil: return "unreadable"
        }
    }

    /// Writes in the outbox, and those in sets that wait for a person.
    private func pending() throws -> [Explanation.PendingWrite] {
        try (screen.reader.outbox() + screen.reader.unresolved()).flatMap { own -> [Explanation.PendingWrite] in
            guard let set = screen.reader.content(of: own) else { return [] }
            return try set.ops.enumerated().filter { $0.element.key == view.record.key }.flatMap { index, op in
                try op.writes.filter { $0.field == field.id }.map { write in
                    let remarks = (own.receipt?.remarks ?? []).filter { $0.op == index || $0.op < 0 }.map(\.text)
                    return Explanation.PendingWrite(
                        value: try words(write), operation: "\(write.op)",
                        set: own.set.writeID,
                        intent: own.intent, madeAt: DeviceTime(milliseconds: own.madeAt, offsetMinutes: offset), place: LocalReader.whereabouts(own),
                        remarks: remarks)
                }
            }
        }
    }
}
