import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// What is still shown of a change set that a restored server lacks.
public struct RecoveredWork: Sendable {
    public enum Standing: String, Sendable {
        /// Nobody has looked at it, and its author has not brought it.
        case open
        /// The set itself has come.
        case arrived
        /// A person wrote it anew.
        case taken
        /// A person decided that it is not needed.
        case dismissed
    }

    /// One field as the set left it.
    public struct Line: Hashable, Sendable {
        /// The record in words.
        public let record: String
        public let field: String
        /// The value in words.
        public let value: String
        /// What stands there now, in words; `nil` where the record is not here.
        public let present: String?
    }

    public let id: RecordID
    public let set: WriteID
    /// Who made it; empty when that is not known.
    public let author: String
    public let foundAt: DeviceTime?
    public let standing: Standing
    public let lines: [Line]
}

extension DeviceClient {
    /// What the restored server lacks and others showed, oldest first.
    public func recoveredWork() throws -> [RecoveredWork] {
        try screen { screen in
            try screen.reader.views("recovered_state").map { try RecoveredWork($0, screen) }
                .sorted { ($0.foundAt?.milliseconds ?? 0, $0.set) < ($1.foundAt?.milliseconds ?? 0, $1.set) }
        }
    }

    /// The item a person means by its id or the end of it.
    ///
    /// - Throws: ``DeviceProblem`` `not-found` or `ambiguous`.
    public func findRecovered(_ text: String) throws -> RecoveredWork {
        try screen { screen in
            let view = try RecordFinder(reader: screen.reader).find(
                "recovered_state", text, by: [], what: "recovered work", next: "Look with `recovered --all`."
            ) { $0.id.short }
            return try RecoveredWork(view, screen)
        }
    }

    /// Closes an item without writing anything.
    public func dismissRecovered(_ id: RecordID) throws { try decideRecovered(id, "dismissed") { _, _ in } }

    /// Writes anew what an item shows, as this user's own work and in this user's name: fields of records that are here, and whole records that are not.
    /// Fields that only the server writes follow by themselves; one that is set once and stands otherwise stays as it is.
    ///
    /// - Returns: how many fields were written.
    @discardableResult
    public func takeRecovered(_ id: RecordID) throws -> Int {
        var written = 0
        try decideRecovered(id, "taken") { editor, content in
            for (key, entries) in Dictionary(grouping: content.entries, by: \.key).sorted(by: {
                Array($0.key).lexicographicallyPrecedes(Array($1.key))
            }) {
                guard let key = try? RecordKey(decoding: Array(key)), let entity = editor.schema[key.type] else { continue }
                let isThere = try editor.view(entity.name, key.id) != nil
                var fields: [String: Value] = [:]
                for entry in entries {
                    guard let field = entity[FieldID(rawValue: entry.field)], !field.rule.isServerOnly, field.rule != .text,
                        !isThere || field.rule.isPatchable,
                        let state = try? FieldState(decoding: Array(entry.value), rule: field.rule)
                    else { continue }
                    var value = state.shown(rule: field.rule, lattice: field.lattice)
                    // Nobody writes in another's name.
                    if !isThere, field.name == "by" || field.name == "requested_by" { value = .reference(editor.user) }
                    if isThere, field.isSet || !field.lattice.isEmpty {
                        for element in value.list ?? [value] {
                            try editor.change(entity.name, key.id, field.name, element: element, op: field.creationOp)
                        }
                        written += 1
                    } else {
                        fields[field.name] = value
                    }
                }
                guard !fields.isEmpty else { continue }
                written += fields.count
                if isThere { try editor.patch(entity.name, key.id, fields) } else { try editor.create(entity.name, id: key.id, fields) }
            }
        }
        return written
    }

    private func decideRecovered(_ id: RecordID, _ review: String, _ body: @escaping (LocalEditor, PBRecoveredState) throws -> Void) throws {
        _ = try commit("review-recovered") { editor in
            guard let view = try editor.view("recovered_state", id) else {
                throw DeviceProblem("recovered-unknown", "There is no such item here.", next: "Look with `recovered --all`.")
            }
            guard RecoveredWork.standing(view) == .open else {
                throw DeviceProblem(
                    "recovered-closed", "It is closed: \(RecoveredWork.standing(view).rawValue).", next: "Look with `recovered --all`.")
            }
            try body(editor, try Wire.decode(PBRecoveredState.self, view["content"].bytes ?? []))
            try editor.patch("recovered_state", id, ["review": .text(review)])
        }
    }
}

extension RecoveredWork {
    static func standing(_ view: RecordView) -> Standing {
        if view.boolean("arrived") { return .arrived }
        return view.text("review").flatMap { Standing(rawValue: $0) } ?? .open
    }

    init(_ view: RecordView, _ screen: ScreenReader) throws {
        id = view.id
        set = WriteID(
            replica: ReplicaID(rawValue: UInt32(clamping: view.integer("author_replica") ?? 0)),
            sequence: UInt64(clamping: view.integer("author_sequence") ?? 0))
        author = try view.reference("author").map { try screen.userName($0) } ?? ""
        foundAt = view.time("found_at")
        standing = Self.standing(view)
        let content = try Wire.decode(PBRecoveredState.self, view["content"].bytes ?? [])
        lines = try content.entries.compactMap { try Self.line($0, screen) }
    }

    private static func line(_ entry: PBRecoveredEntry, _ screen: ScreenReader) throws -> Line? {
        guard let key = try? RecordKey(decoding: Array(entry.key)), let entity = screen.reader.schema[key.type] else { return nil }
        let record = try screen.label(entity, key.id)
        let id = FieldID(rawValue: entry.field)
        guard let field = entity[id] else {
            return Line(
                record: record, field: id == .tombstone ? "deleted" : "field \(entry.field)", value: id == .tombstone ? "yes" : "?", present: nil)
        }
        let value = (try? FieldState(decoding: Array(entry.value), rule: field.rule))?.shown(rule: field.rule, lattice: field.lattice) ?? .null
        let present = try screen.reader.view(entity.name, key.id).map { try screen.words($0[field.name], of: field) }
        return Line(record: record, field: field.name.replacing("_", with: " "), value: try screen.words(value, of: field), present: present)
    }
}
