import TruckrollCore
import TruckrollDomain
import TruckrollSync

extension LocalEditor {
    /// The entry that a new one replaces; `nil` when it replaces none. Both stay.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit` when it is one of another order, or was replaced already.
    func corrected(_ entity: String, _ id: RecordID?, on order: RecordID) throws -> RecordView? {
        guard let id else { return nil }
        let former = try require(entity, id)
        let what = try schema.entity(entity).title.lowercased()
        guard former.reference("order") == order else {
            throw DeviceProblem(
                .valueUnfit, "The \(what) …\(id.short) is one of another job.", next: "`show` lists those of this job with their ids.")
        }
        if let later = try children(entity, of: order).first(where: { $0.reference("corrects") == id }) {
            throw DeviceProblem(
                .valueUnfit, "The \(what) …\(id.short) was corrected already, by …\(later.id.short).",
                next: "Correct that one: --corrects \(later.id.short)")
        }
        return former
    }
}
