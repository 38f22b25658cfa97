import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Tries the edits of a set on the texts as they stand, before anything is written: an op that would make one longer than a text
/// can be is kept aside whole, so that nothing typed is lost or torn.
struct TextTrial {
    private let writer: PositionWriter
    private let version: Version
    private var texts: [RecordKey: [FieldID: FieldEntry]] = [:]

    init(writer: PositionWriter, replica: ReplicaID) {
        self.writer = writer
        version = Version(stamp: Stamp(milliseconds: 0, counter: 0, replica: replica), sequence: 1)
    }

    /// Says so when an op makes a text too long, on top of those before it.
    ///
    /// - Throws: ``WireProblem`` for an edit the text does not take.
    mutating func problem(with op: Op, _ entity: Entity, _ index: Int) throws -> Remark? {
        for field in entity.fields where field.rule == .text {
            let edits = op.writes.filter { $0.field == field.id }
            guard !edits.isEmpty else { continue }
            let standing = try texts[op.key]?[field.id] ?? writer.record(op.key)?[field.id]
            do throws(DecodingProblem) {
                texts[op.key, default: [:]][field.id] = try Merge.apply(edits, version: version, toText: standing)
            } catch {
                guard error.code == "text-full" else { throw WireProblem(error.code, op: index, error.detail) }
                return Remark(
                    code: "text-full", op: index, field: field.id.rawValue,
                    text: "The text would be longer than a text can be. What was typed is kept with its set.",
                    remedies: ["write it as a note", "shorten the text and write it again"])
            }
        }
        return nil
    }
}
