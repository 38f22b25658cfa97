import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A field in which several values stand.
public struct SiblingsLine: Sendable {
    public let entity: String
    public let id: RecordID
    public let label: String
    public let field: String
    public let values: [Standing]
}

/// What a person has to work through.
public struct AttentionList: Sendable {
    /// Own sets that were set aside or quarantined.
    public let sets: [SetLine]
    public let siblings: [SiblingsLine]
    /// Open cases about the user.
    public let exceptions: [ExceptionLine]

    public var isEmpty: Bool { count == 0 }
    public var count: Int { sets.count + siblings.count + exceptions.count }
}

extension DeviceClient {
    /// What waits for a person on this device.
    public func attention() throws -> AttentionList {
        let offset = try moment().offsetMinutes
        return try screen { screen in
            let reader = screen.reader
            var siblings: [SiblingsLine] = []
            for entity in reader.schema.entities {
                let fields = entity.fields.filter { $0.rule == .multiValue && $0.facet == .common }
                guard !fields.isEmpty else { continue }
                for view in try reader.views(entity.name) {
                    for field in fields where view.standing(field.name).count > 1 {
                        siblings.append(
                            SiblingsLine(
                                entity: entity.name, id: view.id, label: try screen.label(entity, view.id), field: field.name,
                                values: view.standing(field.name)))
                    }
                }
            }
            let exceptions = try reader.views("exception", where: "about", equals: .reference(screen.user)).inTime("raised_at")
                .map { try ExceptionLine($0, screen) }.filter(\.isOpen)
            return AttentionList(
                sets: try reader.unresolved().map { try SetLine($0, screen, offset: offset) }, siblings: siblings, exceptions: exceptions)
        }
    }

    /// Notes that a person has dealt with a set that was set aside or quarantined. The set itself is kept.
    ///
    /// - Parameter sequence: its number, with or without the replica before it: `7/12` or `12`.
    public func resolveAttention(_ sequence: String) throws -> WriteID {
        let numbers = sequence.split(separator: "/").compactMap { UInt64($0) }
        return try engine.store.write { transaction in
            let found = try transaction.unresolved().filter { own in
                let id = own.set.writeID
                return numbers.count == 2 ? UInt64(id.replica.rawValue) == numbers[0] && id.sequence == numbers[1] : numbers == [id.sequence]
            }
            guard var own = found.first, found.count == 1 else {
                throw DeviceProblem("not-found", "No set “\(sequence)” needs attention.", next: "Look at the list: `attention`.")
            }
            own.isResolved = true
            try transaction.update(own)
            return own.set.writeID
        }
    }
}
