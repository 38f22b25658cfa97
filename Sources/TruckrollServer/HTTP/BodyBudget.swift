import Synchronization

/// The bytes of bodies that are in memory at once, over all connections: however many come, and however slowly, they do not fill it.
///
/// The first ``HTTPLimits/freeBodyBytes`` of each are free, so that a crowd of large bodies does not keep out a small one.
final class BodyBudget: Sendable {
    private let limit: Int
    private let held = Mutex(0)

    init(bytes: Int) { limit = bytes }

    func share() -> Share { Share(self) }

    /// What one body takes.
    final class Share: Sendable {
        private let budget: BodyBudget
        private let arrived = Mutex(0)

        fileprivate init(_ budget: BodyBudget) { self.budget = budget }

        /// Takes what arrived of the body.
        ///
        /// - Throws: ``ServiceProblem/overloaded`` when the others leave no room for it.
        func take(_ count: Int) throws(ServiceProblem) {
            let isThereRoom = arrived.withLock { arrived in
                let before = Self.counted(arrived)
                arrived += count
                return budget.take(Self.counted(arrived) - before)
            }
            guard isThereRoom else { throw .overloaded }
        }

        /// The body is not in memory any more. Nothing may be taken after it.
        func giveBack() {
            let count = arrived.withLock { arrived in
                defer { arrived = 0 }
                return Self.counted(arrived)
            }
            budget.giveBack(count)
        }

        private static func counted(_ bytes: Int) -> Int { max(0, bytes - HTTPLimits.freeBodyBytes) }
    }

    /// What is refused is counted all the same, until its share is given back.
    private func take(_ count: Int) -> Bool {
        held.withLock { held in
            held += count
            return held <= limit
        }
    }

    private func giveBack(_ count: Int) { held.withLock { $0 -= count } }
}
