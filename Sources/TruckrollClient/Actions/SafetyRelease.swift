import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension LocalEditor {
    /// Gives a safety field a value: a stricter one raises it, a milder one releases it.
    ///
    /// - Returns: whether it is stricter.
    /// - Throws: ``DeviceProblem`` `role` for a release that the server would set aside by the same rule, ``Field/mayRelease(_:from:)``.
    func setSafety(_ value: Value, of field: Field, _ entity: String, _ id: RecordID) throws -> Bool {
        let view = try require(entity, id)
        let present = view[field.name]
        let isStricter = Lattice.rank(value, in: field.lattice) > Lattice.rank(present, in: field.lattice)
        // A device that does not hold its user's record leaves the judgement to the server.
        if !isStricter, let role = try self.view("user", user)?.text("role").flatMap({ Role(rawValue: $0) }), !field.mayRelease(role, from: present) {
            let others = Role.allCases.filter { $0 != .importer && field.mayRelease($0, from: present) }.map(\.rawValue)
            let word = (present.text ?? "").replacing("_", with: " ")
            throw DeviceProblem(
                .role, "A \(role.rawValue) may not lift “\(word)” from \(view.text("tag") ?? view.text("serial") ?? "this record").",
                next:
                    "Who may: \(others.isEmpty ? "nobody but the operator" : others.joined(separator: ", ")). Tell them why with `note`; a stricter word you may always set."
            )
        }
        try change(entity, id, field.name, element: value, op: isStricter ? .raise : .release)
        return isStricter
    }
}
