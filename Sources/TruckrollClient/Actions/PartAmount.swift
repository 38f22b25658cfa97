import TruckrollDomain
import TruckrollSync

extension RecordView {
    /// Whether that much of this part can be taken: more than nothing, and of what is counted in pieces whole ones.
    ///
    /// - Throws: ``DeviceProblem`` `value-unfit`.
    func checkAmount(_ amount: Quantity) throws {
        guard amount > .zero else { throw DeviceProblem(.valueUnfit, "A quantity is above zero.", next: "Say how many.") }
        guard text("unit") != "pcs" || amount.millionths % 1_000_000 == 0 else {
            throw DeviceProblem(
                .valueUnfit, "\(text("number") ?? "The part") is counted in pieces, and \(amount) is no number of pieces.",
                next: "Say how many whole ones.")
        }
    }
}
