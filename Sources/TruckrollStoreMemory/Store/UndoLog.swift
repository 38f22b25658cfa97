/// What one writing transaction changed, as the steps that change it back, and whether its process still lives.
///
/// A step holds one former row, so beginning, committing and setting a savepoint cost nothing, whatever the store holds.
struct UndoLog<Step> {
    private var steps: [Step] = []
    private let isWriting: Bool
    /// What the fault hook threw. A killed process writes nothing more and never commits, whoever caught the error.
    private(set) var death: (any Error)?

    init(isWriting: Bool) { self.isWriting = isWriting }

    /// Stands before every write of the port.
    mutating func begin(_ call: StoreCall, _ fault: StoreFault?) throws {
        guard isWriting else { throw MemoryStoreProblem.readOnly }
        if let death { throw death }
        guard let fault else { return }
        do { try fault(call) } catch {
            death = error
            throw error
        }
    }

    mutating func append(_ step: Step) { steps.append(step) }

    /// Where a savepoint lies.
    var mark: Int { steps.count }

    /// Takes the newest step back out, down to the mark.
    mutating func popStep(above mark: Int) -> Step? { steps.count > mark ? steps.removeLast() : nil }
}
